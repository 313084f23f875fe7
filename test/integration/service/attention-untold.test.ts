// A tenant that answers, and does not tell whether a campaign dials: that stands under what needs attention, and its campaign is not counted as known.

import { expect, test } from "vitest";
import type { AttentionList, CampaignList } from "../../../src/operations/views/index.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startService } from "../../support/service.ts";

const body = (of: object) => ({ status: 200, body: of });
/** Answers that the contract allows, and that lack what would tell it. */
const LACKING = {
  rest: [{ match: { operation: "getCampaignMetrics" }, effect: body({ campaignId: "one", successRate: 0, activeCalls: 0 }) }],
  acd: [
    { match: { acd: "listActive" }, effect: body({ totalRecords: 0, activeContacts: [] }) },
    { match: { acd: "skillActivity" }, effect: body({ skillActivity: [] }) },
    { match: { acd: "dialerStats" }, effect: body({ outboundStats: [] }) },
  ],
} as const;

test.each(["rest", "acd"] as const)("%s: answers that leave it open whether a campaign dials that did", async (profile) => {
  const clock = hastenedClock();
  await using at = await startService({
    profile,
    clock,
    sandbox: {
      clock: "frozen",
      scenario: {
        campaigns: [{ id: "one", name: "One", status: "active", contactListId: "list" }],
        contactLists: [{ id: "list", generate: { count: 2000, consentRate: 1, zones: ["America/New_York"] } }],
      },
    },
  });
  const { control } = at.sandbox;
  while (!control.state().campaigns.some(({ activeCalls }) => activeCalls > 0)) await control.advance(5);
  const { items } = (await at.get("/api/v1/campaigns?fresh=true")) as unknown as CampaignList;
  const [{ id } = { id: "" }] = items;
  const shown = () => at.get(`/api/v1/campaigns/${id}`);
  await at.get(`/api/v1/campaigns/${id}?fresh=true`);
  expect(await shown()).toMatchObject({ status: "active", dialing: true });
  for (const fault of LACKING[profile]) control.faults.add(fault);
  // What told it before counts until it is old.
  clock.pace(60);
  await at.service.store.tenantReadings.expire(["figures"], id, clock.now());
  await expect
    .poll(shown, { timeout: 120_000 })
    .toMatchObject({ dialing: null, lastDialing: { from: expect.any(String) as string } });
  const attention = async () => (await at.get("/api/v1/attention")) as unknown as AttentionList;
  expect((await attention()).known.covers).toEqual({ known: 0, of: 1 });
  const untold = expect.objectContaining({ code: "not_known", subject: expect.objectContaining({ id }) as unknown }) as unknown;
  await expect.poll(async () => (await attention()).items, { timeout: 120_000 }).toContainEqual(untold);
});
