// The living dialer behind the wire: settings that are activated move its agents, its calls feed metrics and webhooks, a million contacts cost little.

import { expect, test } from "vitest";
import { omnichannelWebhookBody, openBench, settingsBody, world } from "./bench-tenant.ts";

const predictive = (callRate: number) => ({
  type: "predictive",
  predictiveSettings: { answerRatio: 0.1, maxCallsInFlight: 400, callRate, abandonmentThreshold: 1 },
});

const living = (contacts = 5000) =>
  world({
    campaigns: [{ id: "camp", status: "active", contactListId: "list", dialerConfig: predictive(600) }],
    contactLists: [{ id: "list", generate: { count: contacts } }],
    calls: [],
    dialer: { settings: settingsFor(20, 1) },
  });

const settingsFor = (agents: number, dialRatio: number) => {
  const { concurrency, algorithm, ...rest } = settingsBody(dialRatio);
  return {
    ...rest,
    concurrency: { ...concurrency, max_agents: agents },
    algorithm: { ...algorithm, agent_availability_estimate: 1, abandonment_rate_target: 1, warm_line_timeout_sec: 3600 },
  };
};

test("settings take effect when their activation has completed, and never when it has failed", async () => {
  await using tenant = await openBench("in process", { scenario: living() });
  const { control } = tenant.sandbox;
  const agents = () => control.state().campaigns[0]?.agents.loggedIn;
  const put = (body: unknown) => tenant.api("PUT", "/api/v1/dialer/settings", { body });
  await control.advance(600);
  expect(agents()).toBe(20);
  await put(settingsFor(8, 1));
  await control.advance(9);
  expect(agents()).toBe(20);
  // Who has a caller finishes the call first.
  await control.advance(1800);
  expect(agents()).toBe(8);
  control.failNextActivation();
  await put(settingsFor(30, 1));
  await control.advance(60);
  expect(agents()).toBe(8);
  control.simulateEdit({ kind: "dialerSettings", body: settingsFor(12, 1) });
  expect(agents()).toBe(12);
  control.simulateEdit({ kind: "dialerSettings", body: { concurrency: "none of the documented form" } });
  expect(agents()).toBe(20);
});

test("figures by the hour tell what a higher dial ratio does to callers and agents", async () => {
  await using tenant = await openBench("in process", { scenario: living() });
  const { control } = tenant.sandbox;
  const hour = async () => {
    const { now } = control.clock();
    await control.advance(3600);
    const path = "/api/v1/analytics/dialer/metrics?campaignId=camp&groupBy=hour";
    const { body } = await tenant.api("GET", path, { token: await tenant.token() });
    return body.results.find(({ timestamp }: { timestamp: string }) => timestamp === now);
  };
  const first = await hour();
  expect(first).toMatchObject({ abandonmentRate: 0, averageWaitTime: expect.closeTo(0.5, 2) });
  await tenant.api("PUT", "/api/v1/dialer/settings", { body: settingsFor(20, 4), token: await tenant.token() });
  const second = await hour();
  expect(second.abandonmentRate).toBeGreaterThan(0.03);
  expect(second.averageWaitTime).toBeGreaterThan(first.averageWaitTime);
  const lost = control.calls(10_000).filter(({ status }) => status === "abandoned");
  expect(lost.length).toBeGreaterThan(5);
  expect(lost.filter((call) => "dispositionCode" in call || "agentId" in call)).toEqual([]);
});

test("receivers get the measured figures once a minute", async () => {
  const bodies: { type: string; data: Record<string, number> }[] = [];
  const webhookFetch: typeof fetch = async (_url, init) => {
    if (typeof init?.body === "string") bodies.push(JSON.parse(init.body));
    return new Response(null, { status: 204 });
  };
  await using tenant = await openBench("in process", { scenario: living(), webhookFetch });
  const { control } = tenant.sandbox;
  await tenant.api("POST", "/api/v2/omnichannel/webhooks", { body: omnichannelWebhookBody() });
  await control.advance(600);
  await control.flushWebhooks();
  const told = bodies.filter(({ type }) => type === "omnichannel.campaign.metrics.update").map(({ data }) => data["callsPlaced"]);
  expect(told).toHaveLength(10);
  expect(told).toEqual(told.toSorted((a = 0, b = 0) => a - b));
  const { body } = await tenant.api("GET", "/api/v2/omnichannel/campaigns/camp/metrics?windowMinutes=30");
  expect(told.at(-1)).toBe(body.callsPlaced);
  expect(body.callsPlaced).toBe(control.state().calls.total);
});

test("a million contacts to dial cost no more than their calls", async () => {
  const size = async (contacts: number) => {
    await using tenant = await openBench("in process", { scenario: living(contacts) });
    await tenant.sandbox.control.advance(1800);
    const { engine } = tenant.sandbox.control.snapshot();
    return { text: JSON.stringify(engine).length, calls: tenant.sandbox.control.state().calls.total };
  };
  const [few, many] = [await size(10_000), await size(1_000_000)];
  expect(many.calls).toBeGreaterThan(100);
  expect(many.text).toBeLessThan(2 * few.text);
});

test("a list that is told to answer no more is answered no more", async () => {
  await using tenant = await openBench("in process", { scenario: living() });
  const { control } = tenant.sandbox;
  const rate = async () =>
    (await tenant.api("GET", "/api/v2/omnichannel/campaigns/camp/metrics?windowMinutes=5")).body.successRate;
  await control.advance(900);
  const before = await rate();
  control.simulateList({ id: "list", answerRate: 0 });
  await control.advance(900);
  expect(await rate()).toBeLessThan(before / 4);
  expect(() => control.simulateList({ id: "list", answerRate: 2 })).toThrow("answerRate");
});
