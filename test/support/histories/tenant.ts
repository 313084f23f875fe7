// The tenant of a simulated history behind a transport: calls and their dispositions, over the ACD API their tags, who changed them when, and what goes wrong
// on the way.

import type { RandomStream } from "../../../src/kernel/index.ts";
import {
  type Transport,
  TransportFailure,
  type TransportRequest,
  type TransportResponse,
} from "../../../src/tenant/transport.ts";
import type { SimulatedProcess } from "./process.ts";
import type { VirtualTime } from "./time.ts";

/** `error`: a 500 that changes nothing; `busy`: a 429; `cut`: the connection breaks before it arrives; `unheard`: after it was done; `hangs`: no answer. */
export type TenantFate = "answered" | "error" | "busy" | "cut" | "unheard" | "hangs";

/** A disposition that the tenant stored, or a tag; without a call the tag itself. */
export interface Accepted {
  readonly callId: string;
  readonly code: string;
  readonly by: string;
}

export interface TenantModelOptions {
  readonly time: VirtualTime;
  readonly random: RandomStream;
  readonly longestMs: number;
  readonly fate: () => TenantFate;
  /** Told of each write at the instant it leaves its process. */
  readonly onDeparture: (write: Accepted) => void;
}

const TAG_PREFIX = "outdial:";
const FIRST_TAG = 7001;

export class TenantModel {
  readonly #options: TenantModelOptions;
  readonly #codes = new Map<string, string>();
  /** Names of the tags that were made, in order: a tag's id follows from its place. */
  readonly #tags: string[] = [];
  /** Every write that was stored, in order. */
  readonly accepted: Accepted[] = [];

  constructor(options: TenantModelOptions) {
    this.#options = options;
  }

  code(callId: string): string | undefined {
    return this.#codes.get(callId);
  }

  /** How one process reaches it. */
  transport(process: SimulatedProcess): Transport {
    const { time, random, longestMs, fate, onDeparture } = this.#options;
    const way = () => 1 + random.int(longestMs);
    return (request) =>
      new Promise((resolve, reject) => {
        if (request.signal?.aborted) return reject(new TransportFailure("aborted", false, "aborted before it was sent"));
        const write = isAcd(request) ? this.#tagOf(request, process.id) : writeOf(request, process.id);
        if (write !== undefined) onDeparture(write);
        const fail = (kind: "aborted" | "timeout" | "network", message: string) =>
          reject(new TransportFailure(kind, true, message));
        request.signal?.addEventListener("abort", () => fail("aborted", "aborted on the wire"), { once: true });
        const answer = (give: () => void) => time.after(way(), () => process.reach(give));
        time.after(request.headersTimeoutMs, () => process.reach(() => fail("timeout", "no reply in time")));
        time.after(way(), () => {
          const became = fate();
          if (became === "cut") return answer(() => fail("network", "the connection broke"));
          const reply = isAcd(request) ? this.#acd(request, became, write) : this.#answer(request, became, write);
          if (became === "unheard") return answer(() => fail("network", "the connection broke"));
          if (became !== "hangs") answer(() => resolve(reply));
        });
      });
  }

  #answer({ method, path }: TransportRequest, became: TenantFate, write: Accepted | undefined): TransportResponse {
    if (path.endsWith("/oauth/token"))
      return json(200, { access_token: "token-of-a-history", expires_in: 86_400, token_type: "Bearer" });
    const refused = refusal(became);
    if (refused !== undefined) return refused;
    const callId = callOf(path);
    if (write !== undefined) {
      this.#codes.set(callId, write.code);
      this.accepted.push(write);
      return json(200, { callId, changed: true });
    }
    if (method !== "GET") return json(405, {});
    const code = this.#codes.get(callId);
    const disposition = code === undefined ? null : { dispositionCodeId: code, notes: "" };
    return json(200, { id: callId, status: "completed", disposition });
  }

  /** The same over the ACD API: a finished call takes no disposition, a tag can be added to it. */
  #acd({ method, path }: TransportRequest, became: TenantFate, write: Accepted | undefined): TransportResponse {
    if (path.includes("/token/"))
      return json(200, { access_token: "token-of-a-history", expires_in: 86_400, token_type: "Bearer" });
    if (path.startsWith("/.well-known/")) return json(200, { api_endpoint: "https://api-c1.nice-incontact.com" });
    const refused = refusal(became);
    if (refused !== undefined) return refused;
    // Every call has ended.
    if (path.includes("/contacts/active")) return { ...json(204, {}), body: "" };
    if (write === undefined) {
      const tags = this.#tags.map((tagName, n) => ({ tagId: FIRST_TAG + n, tagName, isActive: true }));
      return method === "GET" && tags.length > 0 ? json(200, { tags }) : { ...json(204, {}), body: "" };
    }
    const name = `${TAG_PREFIX}${write.code}`;
    if (write.callId === "") {
      if (this.#tags.includes(name)) return json(400, { error: "InvalidParameter", error_description: "tagName is in use" });
      return json(200, { tagId: FIRST_TAG + this.#tags.push(name) - 1 });
    }
    this.#codes.set(write.callId, write.code);
    this.accepted.push(write);
    const tagResults = [{ success: true, tagId: FIRST_TAG + this.#tags.indexOf(name) }];
    return json(200, { resultSet: { errorCount: 0, tagResults } });
  }

  /** What a request writes: the tag of a call, or the tag itself. */
  #tagOf({ method, path, body }: TransportRequest, by: string): Accepted | undefined {
    if (method !== "POST" || path.includes("/token/")) return undefined;
    const named = new URL(path, "https://tenant.example").searchParams.get("tagName");
    if (named !== null) return { callId: "", code: named.slice(TAG_PREFIX.length), by };
    const { tags } = JSON.parse(body ?? "{}") as { tags: readonly { tagId: number }[] };
    const name = this.#tags[Number(tags[0]?.tagId) - FIRST_TAG] ?? "";
    return { callId: /\/contacts\/([^/?]+)/.exec(path)?.[1] ?? "", code: name.slice(TAG_PREFIX.length), by };
  }
}

const isAcd = ({ path }: TransportRequest): boolean => !path.startsWith("/api/") && !path.endsWith("/oauth/token");

function refusal(became: TenantFate): TransportResponse | undefined {
  if (became === "error") return json(500, { error: "internal" });
  return became === "busy" ? { ...json(429, { error: "too many" }), headers: { "retry-after": "1" } } : undefined;
}

const callOf = (path: string): string => /\/calls\/([^/?]+)/.exec(path)?.[1] ?? "";

function writeOf({ method, path, body }: TransportRequest, by: string): Accepted | undefined {
  if (method !== "PUT") return undefined;
  const { dispositionCodeId: code } = JSON.parse(body ?? "{}") as { dispositionCodeId: string };
  return { callId: callOf(path), code, by };
}

const json = (status: number, body: unknown): TransportResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});
