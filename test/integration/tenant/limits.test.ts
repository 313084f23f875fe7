// The SDK within the tenant's documented limits, on real time: it never meets a 429.

import { expect, it } from "vitest";
import { defaultScenario } from "../../../src/sandbox/index.ts";
import { createTenant } from "../../../src/tenant/index.ts";
import { startSandbox } from "../../support/sandbox.ts";

it("sends at 100 a second without ever being turned away", async () => {
  await using started = await startSandbox();
  const { sandbox, url, clientId, clientSecret } = started;
  const tenant = createTenant({ hosts: url, token: { auth: "basic" }, credentials: { clientId, clientSecret } });
  const body = { dispositionCodeId: "DISP_001", notes: "" };
  const outcomes = await Promise.all(
    Array.from({ length: 300 }, (_, index) =>
      tenant.capabilities.dispositionWriter.assign(`call_${String(index + 1).padStart(6, "0")}`, body),
    ),
  );
  expect(outcomes.every(({ attempts, rateLimited }) => attempts === 1 && rateLimited === 0)).toBe(true);
  expect(sandbox.control.requests({ operation: "assignDisposition" }).filter(({ status }) => status === 429)).toEqual([]);
  await tenant.close();
});

it("recovers when others use up the limit that it shares", async () => {
  await using started = await startSandbox({
    scenario: { ...defaultScenario(), limits: { "outbound-write": { perSecond: 20, per: "tenant" } } },
  });
  const { url, clientId, clientSecret } = started;
  // Told of a limit five times too high, it finds out by itself.
  const tenant = createTenant({ hosts: url, token: { auth: "basic" }, credentials: { clientId, clientSecret } });
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, index) =>
      tenant.capabilities.dispositionWriter.assign(`call_${String(index + 1).padStart(6, "0")}`, {
        dispositionCodeId: "DISP_001",
        notes: "",
      }),
    ),
  );
  expect(outcomes.reduce((sum, { rateLimited }) => sum + rateLimited, 0)).toBeGreaterThan(0);
  expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["stored"]));
  await tenant.close();
});
