// One sandbox for one test, reached in process or over a socket, on a frozen clock that the clients' own waits move forward.
// Everything the clients send is recorded as sent, so that a test can see the exact headers and text.

import { createSandbox, type Sandbox } from "../../../src/sandbox/index.ts";
import { type Account, type Environment, jsonText } from "../../clients/environment.ts";

export const TRANSPORTS = ["in process", "socket"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** The sandbox's time when a test begins: a Wednesday, 10 in the morning in New York. */
const START = "2025-03-05T15:00:00.000Z";
/** A host that stands for the integrators' own receivers (BI, CRM, workforce management). */
export const RECEIVER = "https://receiver.test";

/** Secret with every character that a wrong decoding would change. */
export const SECRET = "s3cr:t/with +%41=ümlaut&more";

/** One request as a client sent it, and the status it got. */
interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  readonly status: number;
}

export interface TenantUnderTest {
  readonly sandbox: Sandbox;
  readonly env: Environment;
  /** A client of the scenario on this sandbox; "desk", which holds every scope, unless named. */
  readonly account: (clientId?: string) => Account;
  /** Base URL under another host name that reaches the same sandbox. */
  readonly otherHost: string;
  /** What went to the sandbox, in order. */
  readonly sent: Sent[];
  /** What went to the receivers, from the clients and from the sandbox. */
  readonly received: Sent[];
  /** Seconds of every wait, in order. */
  readonly waits: number[];
  /** Status the receivers answer next, in order; 204 when none is left. */
  readonly receiverStatuses: number[];
  /** Sends one plain request with a fresh token of the client. */
  readonly raw: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export async function openTenant(transport: Transport, scenario: Record<string, unknown> = {}): Promise<TenantUnderTest> {
  const sent: Sent[] = [];
  const received: Sent[] = [];
  const waits: number[] = [];
  const receiverStatuses: number[] = [];
  const receive = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const status = receiverStatuses.shift() ?? 204;
    received.push({ ...(await recorded(url, init)), status });
    return new Response(null, { status });
  };
  const sandbox = createSandbox({
    scenario: { ...baseScenario(), ...scenario },
    clock: "frozen",
    now: START,
    webhookFetch: (input, init) => receive(input instanceof Request ? input.url : String(input), init),
  });
  const port = transport === "socket" ? (await sandbox.listen()).port : undefined;
  const baseUrl = port === undefined ? "http://tenant.test" : `http://127.0.0.1:${port}`;

  const deliver = async (url: string, init: RequestInit): Promise<Response> =>
    port === undefined ? await sandbox.fetch(new Request(url, init)) : await fetch(url, init);
  const env: Environment = {
    fetch: async (url, init) => {
      if (url.startsWith(RECEIVER)) return await receive(url, init);
      const request = await recorded(url, init);
      const response = await deliver(url, init);
      sent.push({ ...request, status: response.status });
      return response;
    },
    now: () => Date.parse(sandbox.control.clock().now) / 1000,
    sleep: async (seconds) => {
      waits.push(seconds);
      await sandbox.control.advance(seconds);
    },
  };
  return {
    sandbox,
    env,
    otherHost: port === undefined ? "http://login.test" : `http://localhost:${port}`,
    sent,
    received,
    waits,
    receiverStatuses,
    account: (clientId = "desk") => ({ baseUrl, clientId, clientSecret: SECRET }),
    raw: async (method, path, body, headers = {}) => {
      const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "desk", client_secret: SECRET });
      const token: unknown = await (await deliver(`${baseUrl}/oauth/token`, { method: "POST", body: form })).json();
      const init: RequestInit = { method, headers: { authorization: `Bearer ${tokenOf(token)}`, ...headers } };
      return await deliver(`${baseUrl}${path}`, body === undefined ? init : { ...init, body: jsonText(body) });
    },
    close: async () => await sandbox.close(),
  };
}

function tokenOf(reply: unknown): string {
  if (typeof reply === "object" && reply !== null && "access_token" in reply) return String(reply.access_token);
  throw new Error(`the token endpoint answered ${JSON.stringify(reply)}`);
}

async function recorded(url: string, init: RequestInit): Promise<Omit<Sent, "status">> {
  const { method, headers, body } = init;
  return {
    method: method ?? "GET",
    url: new URL(url),
    headers: new Headers(headers),
    body: body === undefined || body === null ? "" : await new Response(body).text(),
  };
}

const reasons = (...ids: string[]) => ids.map((id) => ({ id, name: `Reason ${id}` }));

/** Two campaigns that place no calls of their own, calls in several states, two interactions, two contact lists, three clients. */
function baseScenario(): Record<string, unknown> {
  return {
    clients: [
      { id: "desk", secret: SECRET },
      { id: "tagger", secret: SECRET, scopes: ["outbound:campaign:read", "outbound:calls:disposition:update"] },
      { id: "corrector", secret: SECRET, scopes: ["interactions:write"] },
      { id: "visitor", secret: SECRET, scopes: ["audit:read"] },
    ],
    campaigns: [
      {
        id: "camp_primary_001",
        status: "active",
        dispositionCodes: [
          { id: "DISP_001", name: "Sale", reasonCodes: reasons("REASON_001", "REASON_002") },
          { id: "DISP_002", name: "Callback", reasonCodes: reasons("REASON_003") },
          { id: "DISP_003", name: "No interest" },
        ],
      },
      { id: "camp_backup_001", dispositionCodes: [{ id: "DISP_901", name: "Other", reasonCodes: reasons("REASON_901") }] },
    ],
    contactLists: [
      { id: "list_12345", generate: { count: 400, consented: 250 } },
      { id: "list_even", generate: { count: 200, consented: 200 } },
    ],
    calls: [
      { id: "call_done", campaignId: "camp_primary_001" },
      { id: "call_other", campaignId: "camp_primary_001" },
      { id: "call_locked", campaignId: "camp_primary_001", locked: true },
      { id: "call_ringing", campaignId: "camp_primary_001", status: "ringing" },
    ],
    generateCalls: [{ campaignId: "camp_backup_001", count: 2500, days: 7, prefix: "out_" }],
    interactions: [
      {
        id: "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
        dispositions: [
          {
            code: "102",
            description: "Issue Escalated",
            agent_id: "agent_abc",
            timestamp: "2025-03-01T09:00:00Z",
            source: "agent",
          },
        ],
      },
      { id: "interaction_elsewhere", organization: "another-org" },
    ],
    dialer: { history: { metricHours: 250, auditEntries: 120 } },
  };
}
