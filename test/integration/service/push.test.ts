// Pushes to a CRM through the API, with a real one at the other end.

import { expect, test } from "vitest";
import { CRM_SECRET, startCrm } from "../../support/crm-receiver.ts";
import { startService } from "../../support/service.ts";

const CALLS = 40;
const campaignId = "camp_1";

test("records are sent once, those that the CRM refuses are named, and the audit says who pushed", async () => {
  await using crm = await startCrm();
  crm.poison.add("call_7");
  const began = Date.now() - 3_600_000;
  const calls = Array.from({ length: CALLS }, (_, i) => {
    const start = began + i * 1000;
    const [startTime, endTime] = [start, start + 500].map((at) => new Date(at).toISOString());
    return { id: `call_${i}`, campaignId, dispositionCode: "NO_ANSWER", startTime, endTime };
  });
  await using at = await startService({
    sandbox: { scenario: { campaigns: [{ id: campaignId, status: "paused" }], calls } },
    environment: {
      OUTDIAL_CRM_URL: crm.url,
      OUTDIAL_CRM_SECRET: CRM_SECRET,
      OUTDIAL_CRM_RECORDS_URL: crm.url,
    },
  });
  const begun = await at.post("/api/v1/outcomes/retrievals", { campaignId, lastHours: 24 });
  await at.ended(begun.body["jobId"] as string);
  const push = async () => {
    const response = await at.ask("/api/v1/outcomes/push", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ records: true, batch: 10 }),
    });
    return (await response.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
  };
  expect(await push()).toEqual([
    { refused: { callId: "call_7", status: 422, reason: expect.any(String) as string } },
    {
      pushed: expect.objectContaining({
        records: expect.objectContaining({ calls: CALLS, acknowledged: CALLS - 1, refused: 1 }) as object,
      }),
    },
  ]);
  expect(crm.held.size).toBe(CALLS - 1);
  expect(await push()).toEqual([
    {
      pushed: expect.objectContaining({ records: expect.objectContaining({ unchanged: CALLS - 1, refusedBefore: 1 }) as object }),
    },
  ]);
  const audit = await at.service.store.audit.list({ actor: "olga", limit: 100 });
  expect(audit.map(({ action }) => action)).toContain("api.outcomes.push");

  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ campaignId, lastHours: 24 });
  const compared = await (await at.ask("/api/v1/outcomes/reconcile", { method: "POST", headers, body })).text();
  const lines = compared
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual({ difference: expect.objectContaining({ callId: "call_7", kind: "not_in_crm" }) as object });
  expect(lines.at(-1)).toMatchObject({ report: { vendor: CALLS, lake: CALLS, crm: CALLS - 1 } });
});
