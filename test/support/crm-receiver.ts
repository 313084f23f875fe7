// A CRM: a real HTTP server that checks every signature, keeps records by call, ignores keys it has seen, and refuses poison.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export const CRM_SECRET = `whsec_${Buffer.from("the-crm-shares-this-secret-with-us").toString("base64")}`;

export interface CrmRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Call ids of a batch, in order. */
  readonly calls: readonly string[];
  readonly status: number;
}

interface Upsert {
  readonly idempotency_key: string;
  readonly record: { readonly call_id: string; readonly disposition_code: string };
}

export interface Crm extends AsyncDisposable {
  readonly url: string;
  /** Requests with their answers, in order of arrival. */
  readonly requests: readonly CrmRequest[];
  /** The code of each call, as upserted. */
  readonly held: ReadonlyMap<string, string>;
  /** Keys of records that were applied, in order; a key is applied once. */
  readonly applied: readonly string[];
  /** Calls that a batch must not hold. */
  readonly poison: Set<string>;
  /** Answers instead of the CRM, when it returns a status; 0 leaves the request without an answer. */
  instead: (index: number) => number | undefined;
  /** The answer's body and headers when `instead` answered. */
  headers: Record<string, string>;
  text: string;
  /** Resolves when so many requests have arrived. */
  arrived(count: number): Promise<void>;
}

export async function startCrm(): Promise<Crm> {
  const webhook = new Webhook(CRM_SECRET);
  const requests: CrmRequest[] = [];
  const held = new Map<string, string>();
  const applied: string[] = [];
  const poison = new Set<string>();
  let watchers: (() => void)[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("utf8");
      const { headers } = request;
      const signed =
        webhook.sign(String(headers["webhook-id"]), new Date(Number(headers["webhook-timestamp"]) * 1000), body) ===
        headers["webhook-signature"];
      const batch: Upsert[] = signed ? (JSON.parse(body).records ?? []) : [];
      const calls = batch.map(({ record }) => record.call_id);
      const bad = calls.filter((call) => poison.has(call));
      const status = crm.instead(requests.length) ?? (signed ? (bad.length > 0 ? 422 : 200) : 401);
      if (status === 200) {
        for (const { idempotency_key, record } of batch) {
          if (applied.includes(idempotency_key)) continue;
          applied.push(idempotency_key);
          held.set(record.call_id, record.disposition_code);
        }
      }
      requests.push({ headers, body, calls, status });
      for (const watcher of watchers) watcher();
      answer(response, status, status === 422 ? `cannot take ${bad.join(" ")}` : crm.text, crm.headers);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const crm: Crm = {
    url: `http://127.0.0.1:${port}/records`,
    requests,
    held,
    applied,
    poison,
    instead: () => undefined,
    headers: {},
    text: "",
    arrived: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (requests.length < count) return;
          watchers = watchers.filter((one) => one !== look);
          resolve();
        };
        watchers.push(look);
        look();
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return crm;
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string>): void {
  if (status === 0) return;
  response.writeHead(status, headers).end(text);
}
