// What the vendor's housekeeping takes is told before: too many records, and lists without a file for long. Through doctor, and in what needs attention.

import { expect, test } from "vitest";
import type { AttentionList } from "../../../src/operations/views/index.ts";
import { hastenedClock } from "../../support/hastened-clock.ts";
import { startService } from "../../support/service.ts";
import { until } from "../../support/until.ts";
import { startWorld } from "../../support/world.ts";

const scenarioOf = (contacts: number) => ({
  campaigns: [{ id: "first", contactListId: "people", status: "paused" as const }],
  contactLists: [{ id: "people", generate: { count: contacts, consentRate: 1 } }],
});

interface Check {
  readonly check: string;
  readonly state: string;
  readonly text: string;
}

async function listsOf(world: Awaited<ReturnType<typeof startWorld>>): Promise<readonly Check[]> {
  const { stdout } = await world.run(["doctor", "--json"]);
  return (JSON.parse(stdout) as { checks: readonly Check[] }).checks.filter(({ check }) => check === "calling lists");
}

test("doctor tells lists whose dials go within a week, and counts that the role may not see", async () => {
  await using world = await startWorld({ profile: "acd", sandbox: { clock: "frozen", scenario: scenarioOf(20) } });
  expect(await listsOf(world)).toMatchObject([{ state: "ok" }]);
  await world.sandbox.control.advance(22 * 86_400);
  expect(await listsOf(world)).toMatchObject([{ state: "ok" }]);
  await world.sandbox.control.advance(2.5 * 86_400);
  expect(await listsOf(world)).toMatchObject([
    {
      state: "warn",
      text: expect.stringMatching(/^1 calling list had no file for 23 days.*people \(\d+\): last file 24 days ago\)$/),
    },
  ]);
  world.sandbox.control.faults.add({ match: { acd: "listDncGroups" }, effect: { status: 403 } });
  expect(await listsOf(world)).toContainEqual(
    expect.objectContaining({
      state: "warn",
      text: expect.stringContaining("20 contacts, an unknown number of do-not-call numbers"),
    }),
  );
});

test("the service tells when the tenant holds nearly as many records as the vendor keeps", async () => {
  await using at = await startService({
    profile: "acd",
    clock: hastenedClock(),
    sandbox: { clock: "frozen", scenario: scenarioOf(950_000) },
  });
  // Its clock runs fast: what takes some tenths of a second here has taken longer than an answer may.
  const near = async () => {
    const list = (await at.get("/api/v1/attention").catch(() => ({}))) as Partial<AttentionList>;
    return list.items?.find(({ code }) => code === "records_near_limit");
  };
  let found: Awaited<ReturnType<typeof near>>;
  await until(async () => (found = await near()) !== undefined);
  expect(found).toMatchObject({
    severity: "soon",
    what: expect.stringContaining("holds 950000 records, 95.0 % of the 1000000 that the vendor keeps"),
    evidence: ["950000 contacts", "0 do-not-call numbers"],
  });
});
