// The whole service: the vendor's events arrive at it, its metrics tell of everything it did, its log links requests to the vendor's calls.

import { expect, test } from "vitest";
import { openService } from "../../../src/app/index.ts";
import { createLogger } from "../../../src/server/index.ts";
import { databaseClock } from "../../support/database.ts";
import { startWorld } from "../../support/world.ts";
import { metricsEvent } from "./world.ts";

const SECRET = "the-secret-of-the-vendor";

test("the service takes the vendor's events, counts what it does, and links its log", async () => {
  await using world = await startWorld({
    environment: {
      OUTDIAL_ACTOR: "service",
      OUTDIAL_INBOUND_OMNICHANNEL_SECRET: SECRET,
      OUTDIAL_METRICS_TOKEN: "the-token-of-the-metrics",
    },
  });
  const { environment } = world;
  const clock = await databaseClock(world.databaseUrl);
  const written: string[] = [];
  const logger = createLogger({
    write: (line) => written.push(line),
    level: "debug",
    secrets: [SECRET, world.sandbox.ready.clientSecret],
  });
  const service = await openService({ clock }, environment, {
    port: 0,
    log: logger.log,
    logger,
  });
  let text = "";
  try {
    const post = (secret: string) =>
      fetch(`${service.url}/webhooks/vendor/omnichannel`, {
        method: "POST",
        headers: { "x-outdial-secret": secret },
        body: JSON.stringify(metricsEvent(clock.now(), 0.25, "evt_1")),
      });
    expect((await post(SECRET)).status).toBe(202);
    expect((await post(SECRET)).status).toBe(202);
    expect((await post("forged")).status).toBe(401);
    while ((await service.store.metrics.latest("camp_1")) === undefined) await new Promise(setImmediate);
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
    const { token } = await service.store.access.addToken({ name: "vera", role: "viewer", expiresAt: null, by: "test" });
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const asked = await fetch(`${service.url}/api/v1/dialer?fresh=true`, {
      headers: { authorization: `Bearer ${token}`, traceparent: `00-${trace}-b7ad6b7169203331-01` },
    });
    expect(asked.headers.get("x-request-id")).toBe(trace);
    expect(asked.status, await asked.clone().text()).toBe(200);
    const calls = written
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ message }) => message === "vendor replied");
    expect(calls).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ requestId: trace, correlationId: expect.stringMatching(`^${trace}\\.od_`) }),
      ]),
    );
    const metrics = (
      await fetch(`${service.url}/metrics`, { headers: { authorization: "Bearer the-token-of-the-metrics" } })
    ).text();
    text = await metrics;
    expect((await fetch(`${service.url}/metrics`)).status).toBe(401);
  } finally {
    await service[Symbol.asyncDispose]();
  }
  expect(text).toContain('outdial_inbound_deliveries_total{channel="omnichannel",result="accepted"} 1');
  expect(text).toContain('outdial_inbound_deliveries_total{channel="omnichannel",result="duplicate"} 1');
  expect(text).toContain('outdial_inbound_deliveries_total{channel="omnichannel",result="unauthorized"} 1');
  expect(text).toMatch(/outdial_vendor_requests_total\{operation="getDialerSettings",result="200"\} \d/);
  expect(text).toMatch(/outdial_http_request_seconds_count\{route="\/api\/v1\/dialer[^"]*",method="GET",status="200"\} 1/);
  const all = written.join("");
  for (const secret of [
    SECRET,
    world.sandbox.ready.clientSecret,
    "the-token-of-the-metrics",
    new URL(world.databaseUrl).password,
  ])
    if (secret !== "") expect(all).not.toContain(secret);
});
