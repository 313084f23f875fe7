// Replies of success that do not say what was asked: never an empty list, never a verdict, for any operation of the contract.

import { describe, expect, it } from "vitest";
import { collect } from "../../test/support/collect.ts";
import { createTestClock } from "../../test/support/test-clock.ts";
import { OPERATION_IDS, type OperationId, operationOf } from "../contract/index.ts";
import { createTenant, type Tenant, TenantError } from "./index.ts";

const SETTINGS = {
  name: "n",
  type: "predictive",
  concurrency: { max_agents: 1, max_simultaneous_calls: 1, call_spacing_ms: 1 },
  algorithm: { type: "predictive", abandonment_rate_target: 0.02, agent_availability_estimate: 0.9, dial_ratio: 1 },
};
const WEBHOOK = { name: "n", callbackUrl: "https://x.example/", events: ["omnichannel.campaign.state.change"] };
const INTEGRATION = { name: "n", url: "https://x.example/", events: ["dialer.settings.updated"] };
const BODIES: Readonly<Partial<Record<OperationId, unknown>>> = {
  assignDisposition: { dispositionCodeId: "D", notes: "" },
  patchInteraction: {
    dispositions: [{ code: "101", description: "", agent_id: "a", timestamp: "2026-01-01T00:00:00Z", source: "api" }],
  },
  createCampaign: {
    name: "n",
    status: "paused",
    contactListId: "l",
    dialerConfig: {
      type: "predictive",
      predictiveSettings: { answerRatio: 0.5, maxCallsInFlight: 1, callRate: 1, abandonmentThreshold: 0.03 },
    },
  },
  updateCampaign: { status: "paused" },
  createOmnichannelWebhook: WEBHOOK,
  updateOmnichannelWebhook: WEBHOOK,
  createDialerCampaign: SETTINGS,
  validateDialerPolicy: { campaign_config: SETTINGS, regulatory_checks: [], carrier_capacity: { max_trunks: 1 } },
  putDialerSettings: SETTINGS,
  createIntegrationWebhook: INTEGRATION,
  updateIntegrationWebhook: INTEGRATION,
  runSimulator: { durationMinutes: 5 },
};

/** Operations whose reply is a list, with the field that holds it. */
const LISTS = {
  listCalls: "calls",
  listContacts: "contacts",
  listCampaigns: "campaigns",
  getDialerMetrics: "results",
  listAuditLogs: "logs",
  getDispositionMatrix: "dispositionCodes",
  listDispositions: "dispositions",
  getInteraction: "dispositions",
  listOmnichannelWebhooks: "webhooks",
  listIntegrationWebhooks: "webhooks",
} as const satisfies Partial<Record<OperationId, string>>;
type ListId = keyof typeof LISTS;

/** Of these the contract promises no field: any object will do, and what came of them is read back. */
const OPEN: ReadonlySet<OperationId> = new Set(["assignDisposition", "updateCampaign"]);
const ANSWERED = OPERATION_IDS.filter((id) => operationOf(id).reply !== undefined);
const READS = ANSWERED.filter((id) => operationOf(id).retry === "safe");

/** A tenant that gives one answer after the other, the last one for ever. */
function answering(...texts: readonly string[]): { readonly tenant: Tenant; readonly sent: () => number } {
  let sent = 0;
  const transport = async ({ path }: { readonly path: string }) => {
    if (path.endsWith("/oauth/token")) return { status: 200, headers: {}, body: '{"access_token":"t"}' };
    const body = texts[Math.min(sent++, texts.length - 1)] ?? "";
    return { status: 200, headers: { etag: '"1"' }, body };
  };
  const tenant = createTenant(
    { hosts: "https://tenant.example", token: { auth: "basic" }, credentials: { clientId: "c", clientSecret: "s" } },
    { transport, clock: createTestClock() },
  );
  return { tenant, sent: () => sent };
}

async function ask(tenant: Tenant, id: OperationId): Promise<unknown> {
  const { path, lock, retry } = operationOf(id);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => [match[1], "some"]);
  const locked = lock?.required === true && retry !== "safe" && { ifMatch: '"1"' };
  const input = { path: Object.fromEntries(names), body: BODIES[id], ...locked };
  return (await tenant.request(id, input as never)).reply;
}

/** The error of a reply, or what was made of it. */
async function errorOf(id: OperationId, body: string): Promise<unknown> {
  const { tenant } = answering(body);
  try {
    const reply = await ask(tenant, id);
    return `taken: ${JSON.stringify(reply)}`;
  } catch (thrown) {
    return thrown instanceof TenantError ? thrown.code : String(thrown);
  } finally {
    await tenant.close();
  }
}

describe("a reply of success that says nothing is an error", () => {
  const listOf = (id: OperationId) => Object.entries(LISTS).find(([name]) => name === id)?.[1];
  const cases = ANSWERED.flatMap((id) => {
    const list = listOf(id);
    const nothing = ["{}", "null", ...(list === undefined ? [] : [`{"${list}":null}`, `{"${list}":{}}`, '{"total":3}'])];
    const bodies = ["<html><body>up</body></html>", "[]", '"ok"', ...(OPEN.has(id) ? [] : nothing)];
    return bodies.map((body) => [id, body] as const);
  });

  it.each(cases)("%s: %s", async (id, body) => {
    expect(await errorOf(id, body)).toBe("invalid_reply");
  });

  it("also of lists read item by item", async () => {
    const lists = (tenant: Tenant) => [
      tenant.calls.list(),
      tenant.contacts.list("l"),
      tenant.campaigns.list(),
      tenant.dialer.metrics(),
      tenant.auditLogs.list(),
    ];
    const { tenant } = answering("{}");
    for (const list of lists(tenant)) await expect(collect<unknown>(list)).rejects.toMatchObject({ code: "invalid_reply" });
    await tenant.close();
    const { tenant: none } = answering('{"total":0}');
    for (const list of lists(none)) expect(await collect<unknown>(list)).toEqual([]);
    await none.close();
  });
});

describe("a list that has nothing in it", () => {
  it.each(Object.entries(LISTS) as [ListId, string][])("%s is an empty one", async (id, list) => {
    const { tenant } = answering(JSON.stringify({ [list]: [] }));
    expect(await ask(tenant, id)).toMatchObject({ [list]: [] });
    await tenant.close();
  });

  it.each(OPERATION_IDS.filter((id) => operationOf(id).paging !== undefined))("%s may say so by a total of 0", async (id) => {
    const list = operationOf(id).paging?.items ?? "";
    for (const body of [{ total: 0 }, { total: 0, [list]: null }]) {
      const { tenant } = answering(JSON.stringify(body));
      expect(await ask(tenant, id)).toMatchObject({ [list]: [], total: 0 });
      await tenant.close();
    }
  });
});

it("what may be left out beside a list or a verdict stays optional", async () => {
  const taken = async (id: OperationId, reply: unknown) => {
    const { tenant } = answering(JSON.stringify(reply));
    try {
      return await ask(tenant, id);
    } finally {
      await tenant.close();
    }
  };
  expect(await taken("validateDialerPolicy", { compliance_status: "PASS" })).toEqual({
    compliance_status: "PASS",
    violations: [],
    capacity_warnings: [],
  });
  expect(await taken("getDispositionMatrix", { dispositionCodes: [{ id: "D", name: "d" }] })).toEqual({
    dispositionCodes: [{ id: "D", name: "d", reasonCodes: [] }],
  });
  const old = { successRate: 0.2, activeCalls: 3, lastUpdated: "2026-03-02T15:00:00Z" };
  expect(await taken("getCampaignMetrics", old)).toEqual(old);
  for (const id of OPEN) expect(await taken(id, {})).toEqual({});
});

it.each(READS)("%s: a read that was answered so is repeated, and the next answer counts", async (id) => {
  const list = Object.entries(LISTS).find(([name]) => name === id)?.[1];
  const { tenant, sent } = answering("{}", "{}", list === undefined ? "{}" : JSON.stringify({ [list]: [] }));
  const asked = ask(tenant, id);
  if (list === undefined) await expect(asked).rejects.toMatchObject({ code: "invalid_reply", outcomeUnknown: false });
  else expect(await asked).toMatchObject({ [list]: [] });
  expect(sent()).toBeGreaterThan(2);
  await tenant.close();
});

it.each(ANSWERED.filter((id) => operationOf(id).retry !== "safe" && !OPEN.has(id)))(
  "%s: a write that was answered so is sent once, and its outcome is unknown",
  async (id) => {
    const { tenant, sent } = answering("{}");
    await expect(ask(tenant, id)).rejects.toMatchObject({ code: "invalid_reply", outcomeUnknown: true });
    expect(sent()).toBe(1);
    await tenant.close();
  },
);
