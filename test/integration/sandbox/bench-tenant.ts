// A tenant for one test, reached in process or over a socket, with the few words the tests speak to it.

import { createSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts";

export const TRANSPORTS = ["in process", "socket"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A Wednesday. */
export const START = Date.parse("2026-03-04T15:00:00.000Z");
export const INTERACTION = "a1b2c3d4-e5f6-7890-abcd-ef1234567890";

/** A reply's JSON: judged by matchers, not by types. */
// oxlint-disable-next-line typescript/no-explicit-any -- matchers judge it, with messages of their own
export type Json = any;

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */
  readonly body: Json;
}

interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A token in place of the desk's; null sends none. */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

export interface BenchTenant extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly base: string;
  /** One raw request. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** A token of a client, for some scopes. */
  token(clientId?: string, scope?: string): Promise<string>;
  /** One API call with the desk's token, the reply read to its end. */
  api(method: string, path: string, call?: Call): Promise<Reply>;
}

const reasons = (...ids: string[]) => ids.map((id) => ({ id, name: `Reason ${id}` }));

/** A small world with something of everything; no campaign places calls by itself unless it is set active. */
export function world(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    clients: [
      { id: "desk", secret: "desk-secret" },
      { id: "other", secret: "other-secret" },
      { id: "reader", secret: "reader-secret", scopes: ["audit:read"] },
    ],
    campaigns: [
      {
        id: "camp",
        contactListId: "list",
        dispositionCodes: [
          { id: "DISP_1", name: "Sale", reasonCodes: reasons("R_11", "R_12") },
          { id: "DISP_2", name: "No sale", reasonCodes: reasons("R_21") },
        ],
      },
      { id: "camp_2", contactListId: "list", dispositionCodes: [{ id: "DISP_9", reasonCodes: reasons("R_91") }] },
    ],
    contactLists: [{ id: "list", generate: { count: 200, consented: 100 } }],
    calls: [
      { id: "call_done", campaignId: "camp", startTime: "-2h", endTime: "-1h", dispositionCode: "CONVERTED" },
      { id: "call_wrap_up", campaignId: "camp", status: "wrap_up" },
      { id: "call_abandoned", campaignId: "camp", status: "abandoned" },
      { id: "call_locked", campaignId: "camp", locked: true },
      ...["queued", "dialing", "ringing", "connected", "failed"].map((status) => ({
        id: `call_${status}`,
        campaignId: "camp",
        status,
      })),
    ],
    interactions: [
      {
        id: INTERACTION,
        dispositions: [
          {
            code: "102",
            description: "Issue Escalated",
            agent_id: "agent_1",
            timestamp: "2026-03-01T09:00:00Z",
            source: "agent",
          },
        ],
      },
      { id: "foreign", organization: "another" },
    ],
    dialer: { history: { metricHours: 200, auditEntries: 120 } },
    limits: "off",
    activation: { seconds: 10 },
    ...more,
  };
}

export async function openBench(transport: Transport, options: SandboxOptions = {}): Promise<BenchTenant> {
  const sandbox = createSandbox({ scenario: world(), clock: "frozen", now: START, ...options });
  const base = transport === "socket" ? (await sandbox.listen()).url : "http://tenant.test";
  const send = (path: string, init?: RequestInit): Promise<Response> =>
    transport === "socket" ? fetch(base + path, init) : sandbox.fetch(base + path, init);
  const token = async (clientId = "desk", scope?: string): Promise<string> => {
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: `${clientId}-secret`,
    });
    if (scope !== undefined) form.set("scope", scope);
    const reply = (await (await send("/oauth/token", { method: "POST", body: form })).json()) as { access_token: string };
    return reply.access_token;
  };
  let own: string | undefined;
  return {
    sandbox,
    base,
    send,
    token,
    async api(method, path, { body, headers = {}, token: given, signal } = {}) {
      if (given === undefined) own ??= await token();
      const bearer = given === undefined ? own : given;
      const response = await send(path, {
        method,
        headers: {
          "content-type": "application/json",
          ...(bearer === null || bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: parsed(text) };
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const campaignBody = (more: Record<string, unknown> = {}) => ({
  name: "Predictive_TCPA_Compliant",
  description: "Predictive outbound",
  status: "paused",
  dialerConfig: {
    type: "predictive",
    predictiveSettings: { answerRatio: 0.85, maxCallsInFlight: 50, callRate: 12, abandonmentThreshold: 0.03 },
  },
  complianceConfig: {
    timeZone: "America/New_York",
    dialingRules: { startTime: "08:00:00", endTime: "21:00:00", allowedDays: ["Monday", "Friday"] },
    rateLimits: { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 3, maxCallsPerDay: 5000 },
  },
  contactListId: "list",
  queueId: "default_outbound_queue",
  ...more,
});

export const settingsBody = (dialRatio = 4, more: Record<string, unknown> = {}) => ({
  name: "Predictive_Outbound_01",
  type: "predictive",
  concurrency: { max_agents: 50, max_simultaneous_calls: 200, call_spacing_ms: 150 },
  algorithm: {
    type: "predictive",
    abandonment_rate_target: 0.03,
    agent_availability_estimate: 0.85,
    dial_ratio: dialRatio,
    warm_line_timeout_sec: 12,
  },
  ...more,
});

export const omnichannelWebhookBody = (callbackUrl = "https://receiver.test/omni") => ({
  name: "Dialer Metrics Stream",
  callbackUrl,
  events: ["omnichannel.campaign.metrics.update", "omnichannel.campaign.state.change"],
  enabled: true,
  headers: { "X-Webhook-Source": "cxone-dialer" },
});

export const integrationWebhookBody = (url = "https://receiver.test/wfm") => ({
  name: "WFM_Dialer_Sync",
  url,
  events: ["dialer.settings.updated", "dialer.campaign.activated"],
  auth: { type: "bearer", token: "wfm-token" },
  retryPolicy: { maxRetries: 2, backoffMultiplier: 3, timeoutSec: 5 },
});

export const entry = (code: string, more: Record<string, unknown> = {}) => ({
  code,
  description: "Issue Resolved",
  agent_id: "agent_xyz_123",
  timestamp: "2026-03-04T10:00:00.123456Z",
  source: "api",
  ...more,
});

/** The texts in ascending order. */
export const ascending = (texts: readonly string[]): string[] => texts.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
