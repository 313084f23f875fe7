// Figures of campaigns against a real store and a real sandbox: deliveries that come late and twice, and figures that are fresh or asked for.

import { createServer } from "node:http";
import { expect, it } from "vitest";
import { CampaignMetrics } from "../../../src/operations/index.ts";
import { createTenant } from "../../../src/tenant/index.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { openTestStore } from "../../support/store.ts";

const START = Date.UTC(2026, 2, 2, 15);
const event = (id: string, second: number, successRate: number) => ({
  id,
  type: "omnichannel.campaign.metrics.update",
  occurredAt: new Date(START + second * 1000).toISOString(),
  data: {
    campaignId: "camp_primary_001",
    windowMinutes: 30,
    successRate,
    activeCalls: 2,
    callsPlaced: 102,
    callsAnswered: 40,
    abandonmentRate: 0,
    lastUpdated: new Date(START + second * 1000).toISOString(),
  },
});

async function world() {
  const stack = new AsyncDisposableStack();
  const { sandbox, url, clientId, clientSecret } = stack.use(await startSandbox());
  const store = await openTestStore();
  stack.defer(() => store.dispose());
  const tenant = createTenant({ hosts: url, token: { auth: "basic" }, credentials: { clientId, clientSecret } });
  stack.defer(() => tenant.close());
  const { metricsSource: source } = tenant.capabilities;
  const metrics = new CampaignMetrics({ log: store.store.metrics, source, clock: store.clock });
  const asked = () => sandbox.control.requests({ operation: "getCampaignMetrics" }).length;
  return { sandbox, tenant, metrics, store, asked, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

it("merges deliveries that come twice and out of order", async () => {
  await using here = await world();
  const { metrics } = here;
  here.store.clock.advance(300_000);
  expect((await metrics.recordPushed(event("e1", 60, 0.4))).kept).toBe("new");
  expect((await metrics.recordPushed(event("e3", 180, 0.1))).kept).toBe("new");
  expect((await metrics.recordPushed(event("e2", 120, 0.3))).kept).toBe("late");
  expect((await metrics.recordPushed(event("e3", 180, 0.1))).kept).toBe("duplicate");
  expect(await metrics.latest("camp_primary_001")).toMatchObject({ eventId: "e3", successRate: 0.1 });
  const series = await metrics.series("camp_primary_001", START, START + 600_000);
  expect(series.map(({ eventId }) => eventId)).toEqual(["e1", "e2", "e3"]);
});

it("asks the vendor only when what it pushed is old or of another window", async () => {
  await using here = await world();
  const { metrics, store, asked } = here;
  await metrics.recordPushed(event("e1", 0, 0.4));
  store.clock.advance(60_000);
  expect(await metrics.read("camp_primary_001", 30)).toMatchObject({ source: "push", eventId: "e1" });
  expect(asked()).toBe(0);
  expect(await metrics.read("camp_primary_001", 15)).toMatchObject({ source: "pull", windowMinutes: 15 });
  store.clock.advance(60_000);
  expect(await metrics.read("camp_primary_001", 30)).toMatchObject({ source: "pull", windowMinutes: 30 });
  expect(asked()).toBe(2);
});

it("takes what the sandbox delivers as it is", async () => {
  await using here = await world();
  const { sandbox, tenant, metrics } = here;
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      bodies.push(JSON.parse(text));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  try {
    await tenant.capabilities.vendorEvents.registerCampaignEvents({
      name: "figures",
      callbackUrl: `http://127.0.0.1:${address.port}/`,
      events: ["omnichannel.campaign.metrics.update"],
    });
    const figures = { successRate: 0.12, activeCalls: 0, callsPlaced: 250, callsAnswered: 0, abandonmentRate: 0 };
    sandbox.control.simulateMetrics({ campaignId: "camp_primary_001", ...figures });
    await sandbox.control.flushWebhooks();
  } finally {
    server.close();
  }
  expect(bodies).toHaveLength(1);
  const { kept, reading } = await metrics.recordPushed(bodies[0]);
  expect(kept).toBe("new");
  expect(reading).toMatchObject({ campaignId: "camp_primary_001", windowMinutes: 30, success: { successes: 30, calls: 250 } });
});

it("names what is wrong with anything else", async () => {
  await using here = await world();
  await expect(here.metrics.recordPushed({ ...event("e1", 0, 0.1), data: { successRate: "high" } })).rejects.toThrow(
    /data\.campaignId.*data\.successRate/,
  );
  await expect(here.metrics.recordPushed({ type: "something.else" })).rejects.toMatchObject({ code: "invalid_input" });
});
