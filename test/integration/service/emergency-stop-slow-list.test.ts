// The emergency stop through the API while the tenant's list of campaigns is slow: it waits for it no longer than its patience.

import { expect, test } from "vitest";
import { type StartedService, startService } from "../../support/service.ts";
import { campaignBody } from "../sandbox/bench-tenant.ts";

const PATIENCE = { listMs: 50, sendMs: 600_000, againMs: 20, mostMs: 50, resumedMs: 20, giveUpMs: 600_000 };

/** Makes a campaign at the tenant as somebody else does, who does not tell outdial. @returns its id */
async function makeAtTenant({ sandbox, environment }: StartedService): Promise<string> {
  const send = async (path: string, type: string, body: string, more: Readonly<Record<string, string>> = {}) => {
    const headers = { "content-type": type, ...more };
    const answer = await sandbox.fetch(`http://tenant.test${path}`, { method: "POST", headers, body });
    const text = await answer.text();
    expect(answer.ok, text).toBe(true);
    return JSON.parse(text) as Record<string, string>;
  };
  const credentials = {
    grant_type: "client_credentials",
    client_id: environment["CXONE_CLIENT_ID"] ?? "",
    client_secret: environment["CXONE_CLIENT_SECRET"] ?? "",
  };
  const form = new URLSearchParams(credentials).toString();
  const token = (await send("/oauth/token", "application/x-www-form-urlencoded", form))["access_token"];
  const draft = JSON.stringify(campaignBody({ contactListId: "list_1" }));
  const made = await send("/api/v2/omnichannel/campaigns", "application/json", draft, { authorization: `Bearer ${token}` });
  return made["id"] ?? "";
}

test("what is known is paused before a slow list is there, and what only the list names after it", async () => {
  await using at = await startService({
    yaml: "limits: { campaigns: { perSecond: 10000 } }\n",
    sandbox: {
      scenario: {
        campaigns: [{ id: "camp_a", status: "active", contactListId: "list_1" }],
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
  await expect.poll(async () => (await at.service.store.knownCampaigns.list()).length).toBe(1);
  // The tenant's clock stands still: the list comes when it is moved. So only that list can name a campaign that is made after this.
  control.faults.add({ match: { operation: "listCampaigns" }, effect: { delayMs: 60_000 } });
  const unknown = await makeAtTenant(at);
  control.simulateEdit({ kind: "campaign", id: unknown, body: { status: "active" } });
  const stopping = at.post("/api/v1/campaigns/stop", { reason: "fire" });
  await expect.poll(statuses).toEqual(["paused", "active"]);
  control.faults.clear();
  await control.advance(120);
  await expect.poll(statuses).toEqual(["paused", "paused"]);
  const { body } = await stopping;
  const report = () => at.get(`/api/v1/campaigns/stops/${String(body["id"])}`, "viewer");
  await expect.poll(report).toMatchObject({
    listProblem: null,
    changes: expect.toSatisfy(
      (changes: readonly { readonly campaignId: string; readonly known: string }[]) =>
        changes
          .map(({ campaignId, known }) => `${campaignId} ${known}`)
          .sort()
          .join() === [`camp_a listed`, `${unknown} listed`].sort().join(),
    ) as unknown,
  });
});
