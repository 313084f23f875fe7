// One empty answer beside what is known: it takes neither the calling windows of a list, and with them the alarm, nor the callbacks that are due.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AttentionList, CampaignList } from "../../../src/operations/views/index.ts";
import { createAcdTenant } from "../../../src/tenant/acd/index.ts";
import { startService } from "../../support/service.ts";
import { TEMPORARY } from "../../support/temporary.ts";
import { ANY_HOUR, UNLIMITED_ACD } from "../../support/world.ts";

/** Rules by which nobody in the east may be called at any hour. */
const CLOSED = {
  ...ANY_HOUR,
  rules: [
    {
      kind: "calling-hours",
      id: "hours",
      jurisdiction: "US",
      binds: ["telemarketing"],
      confidence: "policy",
      citation: "test",
      week: Object.fromEntries(["sun", "mon", "tue", "wed", "thu", "fri", "sat"].map((day) => [day, []])),
      violation: "HOURS",
    },
  ],
};

/** Answers without a contact of a list of which contacts are known. */
const EMPTY = {
  rest: { match: { operation: "listContacts" }, effect: { status: 200, body: { contacts: [], total: 0 } } },
  acd: { match: { acd: "readCallList" }, effect: { status: 200, body: { totalRecords: 0, callingList: [] } } },
} as const;

test.each(["rest", "acd"] as const)(
  "%s: calls outside hours stay an alarm when its list is answered empty once",
  async (profile) => {
    const folder = await mkdtemp(join(TEMPORARY, "outdial-rules-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pack = join(folder, "pack.json");
    await writeFile(pack, JSON.stringify(CLOSED));
    await using at = await startService({
      profile,
      yaml: `compliance: { pack: ${pack} }\n`,
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
    const look = () => at.get(`/api/v1/campaigns/${id}?fresh=true`);
    const alarms = async () => {
      const { items: all } = (await at.get("/api/v1/attention")) as unknown as AttentionList;
      return all.filter(({ code }) => code.startsWith("calls_")).map(({ code, since }) => [code, since]);
    };
    await look();
    const before = await alarms();
    const seen = await at.get(`/api/v1/campaigns/${id}`);
    expect(before.map(([code]) => code)).toEqual(["calls_outside_hours"]);
    control.faults.add(EMPTY[profile]);
    await look();
    const after = await at.get(`/api/v1/campaigns/${id}`);
    expect(JSON.stringify(after)).toContain("is shorter than known");
    expect(await alarms()).toEqual(before);
    expect(after["windows"]).toEqual(seen["windows"]);
  },
);

test("on acd an answer that lacks known callbacks does not say that none is due", async () => {
  await using at = await startService({
    profile: "acd",
    sandbox: {
      scenario: {
        campaigns: [{ id: "one", name: "One", status: "active", contactListId: "list" }],
        contactLists: [{ id: "list", generate: { count: 100, consentRate: 1, zones: ["America/New_York"] } }],
      },
    },
  });
  const { sandbox } = at;
  const honest = createAcdTenant({
    issuer: at.environment["OUTDIAL_TENANT_URL"] ?? "",
    credentials: sandbox.accessKey,
    limits: UNLIMITED_ACD,
  });
  onTestFinished(() => honest.close());
  const callback = { firstName: "Ann", lastName: "Lee", skillId: "4001", phoneNumber: "2125550171" };
  const scheduleDate = new Date(Date.now() + 86_400_000).toISOString();
  await honest.request("createCallback", { body: { ...callback, scheduleDate } });
  const callbacks = async () => {
    const { workloadDetail } = await at.get("/api/v1/campaigns/4001?fresh=true");
    return (workloadDetail as { callbacks: { value: object | null; why: string | null } }).callbacks;
  };
  expect(await callbacks()).toMatchObject({ value: { waiting: 1, due: 0 } });
  sandbox.control.faults.add({ match: { acd: "listSkillCallbacks" }, effect: { status: 200, body: { callbacks: [] } } });
  expect(await callbacks()).toMatchObject({
    value: null,
    why: expect.stringContaining("it lacks 1 that an earlier answer had") as string,
  });
});
