// The emergency stop through the API while the tenant's list of campaigns is slow: it waits for it no longer than its patience.

import pg from "pg";
import { expect, test } from "vitest";
import { startService } from "../../support/service.ts";

const PATIENCE = { listMs: 50, sendMs: 600_000, againMs: 20, mostMs: 50, resumedMs: 20, giveUpMs: 600_000 };

test("what is known is paused before a slow list is there, and what only the list names after it", async () => {
  const campaigns = ["camp_a", "camp_b"].map((id) => ({ id, status: "active" as const, contactListId: "list_1" }));
  await using at = await startService({
    yaml: "limits: { campaigns: { perSecond: 10000 } }\n",
    sandbox: {
      scenario: {
        campaigns,
        contactLists: [{ id: "list_1", generate: { count: 10, zones: ["America/New_York"] } }],
        limits: "off",
      },
      clock: "frozen",
    },
    environment: {},
    stops: { lookMs: 20, patience: PATIENCE },
  });
  const { control } = at.sandbox;
  const statuses = () => control.state().campaigns.map(({ status }) => status);
  const { knownCampaigns } = at.service.store;
  // The service reads the list once by itself: after that nothing it has begun can make the second campaign known.
  await expect.poll(async () => (await knownCampaigns.list()).length, { timeout: 60_000 }).toBe(2);
  // The tenant's clock stands still: the list comes when it is moved.
  control.faults.add({ match: { operation: "listCampaigns" }, effect: { delayMs: 60_000 } });
  await knownCampaigns.keep([{ id: "camp_a", name: "a", status: "active" }], Date.now() + 60_000);
  const database = new pg.Client({ connectionString: at.databaseUrl });
  await database.connect();
  await database.query("delete from outdial.known_campaigns where id = 'camp_b'");
  await database.end();
  const stopping = at.post("/api/v1/campaigns/stop", { reason: "fire" });
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(["paused", "active"]);
  control.faults.clear();
  await control.advance(120);
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(["paused", "paused"]);
  const { body } = await stopping;
  const report = () => at.get(`/api/v1/campaigns/stops/${String(body["id"])}`, "viewer");
  await expect.poll(report, { timeout: 60_000 }).toMatchObject({
    listProblem: null,
    changes: [
      { campaignId: "camp_a", known: "listed" },
      { campaignId: "camp_b", known: "listed" },
    ],
  });
});
