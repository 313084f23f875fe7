// Programs as they are written for real tenants of the ACD API, run as they are against the sandbox on a socket.

import { afterAll, beforeAll, expect, test } from "vitest";
import { Caller } from "../../clients/acd-caller.ts";
import { extract } from "../../clients/acd-extract.ts";
import { Warehouse } from "../../clients/acd-warehouse.ts";
import { type StartedSandbox, startSandbox } from "../../support/sandbox.ts";

const DAY = 86_400_000;
const KEY = { id: "sandbox-client", secret: "a/b+c=%41" };
const KEYS = { accessKeyId: KEY.id, accessKeySecret: KEY.secret };
const CALLS = 120;

let tenant: StartedSandbox;
let now: number;
const days = (count: number) => new Date(now + count * DAY);
beforeAll(async () => {
  const list = { id: "people", generate: { count: 30, consentRate: 1 } };
  tenant = await startSandbox({
    scenario: {
      clients: [KEY],
      campaigns: [
        { id: "first", contactListId: "people", status: "paused" },
        { id: "second", contactListId: "people", status: "paused" },
      ],
      contactLists: [list],
      generateCalls: [{ campaignId: "first", count: CALLS, days: 4, prefix: "call_", digits: 4 }],
      acd: { extractSeconds: 0.1 },
    },
    seed: 5,
  });
  now = Date.parse(tenant.sandbox.control.clock().now);
});
afterAll(() => tenant[Symbol.asyncDispose]());

test("a loader of a warehouse: contacts until 204, with a token for each request; summaries, service levels, statistics", async () => {
  const loader = new Warehouse({ area: tenant.url, ...KEYS, pageSize: 25 });
  const latest = await loader.loadContacts(days(-5));
  const handled = loader.contacts.size;
  expect(handled).toBeGreaterThan(25);
  // The next run asks from where this one ended, and finds what lies on the border once more.
  await loader.loadContacts(new Date(latest));
  expect(loader.contacts.size).toBe(handled);
  const [summary, ...others] = await loader.skillSummaries(days(-5), days(0));
  expect(Number(summary?.["dials"])).toBe(CALLS);
  expect(Number(summary?.["connects"]) + Number(summary?.["abandonCount"])).toBe(handled);
  expect(others).toHaveLength(1);
  expect(await loader.serviceLevels(days(-1), days(0))).toHaveLength(2);
  const [contact] = loader.contacts.values();
  const hour = Math.floor(Date.parse(String(contact?.["contactStart"])) / 3_600_000) * 3_600_000;
  expect(await loader.dialerStatistics(new Date(hour), new Date(hour + 3_600_000))).not.toEqual([]);
  expect(loader.tokens).toBeGreaterThan(8);
});

test("an extraction: the job's state asked for until it is over, the file by its address alone", async () => {
  const config = {
    api: tenant.url,
    clientId: KEY.id,
    clientSecret: KEY.secret,
    username: KEY.id,
    password: KEY.secret,
    intervalMs: 20,
  };
  const date = (count: number) => days(count).toISOString().slice(0, 10);
  const entity = { entityName: "segments", version: "5", startDate: date(-5), endDate: date(0) };
  const file = await extract(config, entity);
  const lines = file.trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + CALLS);
  expect(lines[0]).toMatch(/^contactId,contactStartDate,skillId,/);
  // Another one at once is too soon.
  await expect(extract(config, entity)).rejects.toThrow("429");
});

test("a caller of any path: from the issuer by way of the token to the API, and one new token at a 401", async () => {
  const caller = new Caller({ issuer: tenant.url, clientId: KEY.id, clientSecret: KEY.secret, ...KEYS });
  const skills = "/incontactapi/services/v30.0/skills?mediaTypeId=4";
  expect(await caller.call("GET", skills)).toMatchObject({
    status: 200,
    body: { skills: [{ skillId: 4001 }, { skillId: 4002 }] },
  });
  tenant.sandbox.control.faults.add({ match: { acd: "listSkills" }, times: 1, effect: { status: 401, body: "" } });
  expect((await caller.call("GET", skills)).status).toBe(200);
  expect(caller.sessions).toBe(2);
  expect(await caller.call("POST", "/incontactapi/services/v30.0/interactions/123/signal", { p1: "x" })).toMatchObject({
    status: 200,
  });
  expect(await caller.call("GET", "/incontactapi/services/v30.0/no-such-thing")).toMatchObject({
    status: 404,
    body: { error: "InvalidUri" },
  });
});
