// A machine whose clock is hours off: nothing that can cause a call is permitted, and it is said why.

import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StartedWorld } from "../../support/world.ts";
import { campaignWorld } from "./segment-world.ts";

const BEHIND = "this machine's clock is";
const HOURS_MS = 10 * 3_600_000;

let world: StartedWorld;
beforeAll(async () => {
  world = await campaignWorld(
    {
      scenario: {
        campaigns: [{ id: "camp_1", status: "paused", contactListId: "list_1" }],
        contactLists: [{ id: "list_1", generate: { count: 50, consentRate: 1, zones: ["America/New_York"] } }],
      },
      clock: "frozen",
    },
    false,
  );
});
afterAll(() => world[Symbol.asyncDispose]());

/** The tenant's replies tell a time that is ten hours later: as if this machine's clock had been set back. */
function setBack(): Disposable {
  const date = new Date(Date.now() + HOURS_MS).toUTCString();
  const [fault] = world.sandbox.control.faults.add({ match: { path: "/api" }, effect: { headers: { date } } });
  return { [Symbol.dispose]: () => void world.sandbox.control.faults.clear(fault?.id) };
}

test("a campaign is not resumed, the check says why, and the tenant hears nothing", async () => {
  using _ = setBack();
  const resumed = await world.run(["campaign", "resume", "camp_1", "--yes"]);
  expect(resumed.code).toBe(3);
  expect(resumed.stdout + resumed.stderr).toMatch(/this machine's clock is (10 h|9 h 59 min .*) behind the tenant's/);
  expect(world.sandbox.control.requests({ operation: "updateCampaign" })).toEqual([]);
  const checked = await world.run(["campaign", "resume", "camp_1", "--check", "--json"]);
  expect(checked.stdout).toContain('"check":"this machine\'s clock","verdict":"not_ok","forbids":true');
});

test("no segment is written, and an older one stays", async () => {
  const out = join(world.folder, "segment.csv");
  using _ = setBack();
  const { code, stderr } = await world.run(["contacts", "segment", "list_1", "--out", out]);
  expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining(BEHIND) });
  await expect(access(out)).rejects.toThrow();
  expect(await world.query("select 1 from outdial.gate_manifests")).toEqual([]);
});

test("why a campaign does not dial says it, too, and no longer once the clocks agree", async () => {
  const status = async () => (await world.run(["campaign", "status", "camp_1", "--json"])).stdout;
  {
    using _ = setBack();
    expect(await status()).toContain(BEHIND);
  }
  expect(await status()).not.toContain(BEHIND);
});
