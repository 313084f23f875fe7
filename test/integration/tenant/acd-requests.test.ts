// How many requests the service and an opt-out need of a tenant of profile acd with many skills and lists.

import { expect, test } from "vitest";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { startSandbox } from "../../support/sandbox.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { UNLIMITED_ACD } from "../../support/world.ts";

const ids = Array.from({ length: 50 }, (_, n) => `c${n}`);
const scenario = {
  campaigns: ids.map((id) => ({ id, contactListId: `list_${id}`, status: "paused" as const })),
  contactLists: ids.map((id) => ({ id: `list_${id}`, generate: { count: 20, consentRate: 1 } })),
};

test("states and figures of 50 skills come with a few requests, none of them for a single skill", async () => {
  await using at = await startService({ profile: "acd", sandbox: { scenario } });
  interface Summary {
    readonly status: string | null;
    readonly known: Readonly<Record<string, { readonly at: string | null } | undefined>>;
  }
  const all = async () => (await at.get("/api/v1/campaigns"))["items"] as readonly Summary[];
  await until(async () => {
    const items = await all();
    return items.length === 50 && items.every(({ known }) => known["figures"]?.at);
  });
  const asked = at.sandbox.control.requests().filter(({ path }) => /\/skills\/\d+(?:\?|$)/.test(path));
  expect(asked).toEqual([]);
  const many = Map.groupBy(at.sandbox.control.requests(), ({ operation }) => operation);
  for (const operation of ["acd.dialerStats", "acd.skillActivity", "acd.listActive"])
    expect([operation, (many.get(operation) ?? []).length < 15]).toEqual([operation, true]);
});

const dialing = {
  ...scenario,
  campaigns: scenario.campaigns.map((campaign, n) => ({
    ...campaign,
    status: n % 3 === 0 ? ("paused" as const) : ("active" as const),
  })),
};

/** What a watch of all skills sees in each of its turns of 15 seconds, with the requests that each turn made. */
async function watched(realTimeData: "on" | "versioned" | "off") {
  await using started = await startSandbox({
    scenario: { ...dialing, acd: { realTimeData } },
    clock: "frozen",
    now: "2026-06-16T17:00:00Z",
    seed: 5,
  });
  const { sandbox, url } = started;
  const tenant = createAcdTenant({ issuer: url, credentials: sandbox.accessKey, limits: UNLIMITED_ACD });
  const { campaignProvisioning, metricsSource } = tenant.capabilities;
  const turns = [];
  for (let turn = 0; turn < 3; turn += 1) {
    await sandbox.control.advance(15);
    const campaigns = await Array.fromAsync(campaignProvisioning.campaigns());
    sandbox.control.clearRequests();
    const asked = await Promise.all(campaigns.map(({ id }) => metricsSource.campaign(id, 15)));
    // The tenant's time goes on with this machine's between two replies.
    const figures = asked.map((one) => ({ ...one, lastUpdated: undefined }));
    const requests = sandbox.control.requests().map(({ operation, status }) => `${operation} ${status}`);
    turns.push({ figures, requests: requests.sort() });
  }
  await tenant.close();
  return turns;
}

test("the watch of 50 skills takes two requests where a tenant offers real-time data, and sees the same where it does not", async () => {
  const [newer, published, older] = await Promise.all([watched("on"), watched("versioned"), watched("off")]);
  const three = ["acd.dialerStats 200", "acd.listActive 200", "acd.skillActivity 200"];
  expect(newer.map(({ requests }) => requests)).toEqual([
    three,
    ["acd.dialerStats 200", "acd.searchActivities 200"],
    ["acd.dialerStats 200", "acd.searchActivities 200"],
  ]);
  // What is not offered is asked for once in an hour, and not by a first reading.
  expect(published[1]?.requests).toEqual(["acd.dialerStats 200", "acd.searchActivities 404", "acd.searchActivity 200"]);
  expect(published[2]?.requests).toEqual(["acd.dialerStats 200", "acd.searchActivity 200"]);
  expect(older[1]?.requests).toEqual([...three, "acd.searchActivities 404", "acd.searchActivity 404"].sort());
  expect(older[2]?.requests).toEqual(three);
  for (const turn of [0, 1, 2]) {
    expect(newer[turn]?.figures).toEqual(older[turn]?.figures);
    expect(published[turn]?.figures).toEqual(older[turn]?.figures);
  }
  const { figures = [] } = newer[2] ?? {};
  expect(figures).toHaveLength(50);
  expect(figures.some(({ activeCalls }) => (activeCalls ?? 0) > 0)).toBe(true);
  expect(figures.some(({ agents }) => (agents?.loggedIn ?? 0) > 0)).toBe(true);
});

test("an opt-out reads the lists that have the person, once all were read; a file that comes later is read", async () => {
  const contactLists = ids.map((id, n) => ({
    id: `list_${id}`,
    contacts: [{ id: `p${n}`, phoneNumber: `+1212555${String(1000 + n)}` }],
  }));
  await using started = await startSandbox({ scenario: { ...scenario, contactLists }, clock: "frozen" });
  const { sandbox, url } = started;
  const tenant = createAcdTenant({ issuer: url, credentials: sandbox.accessKey, limits: UNLIMITED_ACD });
  const { contactSource } = tenant.capabilities;
  const { callingLists } = (await tenant.request("listCallLists", {})).reply;
  const numberOf = async (place: number) => {
    const path = { listId: callingLists[place]?.listId ?? "" };
    const { contactRecords = [] } = (await tenant.request("readCallList", { path, query: { includeRecords: true } })).reply;
    return contactRecords[0]?.destinations?.[0]?.formattedDestination ?? "";
  };
  const [first, second] = [await numberOf(3), await numberOf(7)];
  const reads = async (number: string) => {
    const before = sandbox.control.requests({ operation: "acd.readCallList" }).length;
    const taken = await contactSource.takeOff?.(new Set([number]), { lists: [], gone: new Set() });
    return { ...taken, reads: sandbox.control.requests({ operation: "acd.readCallList" }).length - before };
  };
  expect(await reads(first)).toMatchObject({ records: 1, reads: 50, failed: [] });
  const again = await reads(second);
  expect(again).toMatchObject({ records: 1, failed: [] });
  // The list that changed by the first removal, and the one that has the person.
  expect(again.reads).toBeLessThanOrEqual(2);
  expect(await reads("2125550199")).toMatchObject({ records: 0 });
  const { listId = "", listName = "" } = callingLists[9] ?? {};
  await tenant.request("mapCallList", {
    query: { listName, externalIdColumn: "id" },
    body: { destinationMappings: [{ fieldName: "PhoneNumber", fieldValue: "phone" }] },
  });
  const listFile = Buffer.from("id,phone\nlate,2125550199\n").toString("base64");
  const file = { listFile, forceOverwrite: false, expirationDate: "", startSkill: false, sendEmail: false } as const;
  await tenant.request("uploadCallList", { path: { listId }, body: file });
  await sandbox.control.advance(60);
  expect(await reads("2125550199")).toMatchObject({ records: 1, lists: [listName], failed: [] });
  await tenant.close();
});
