// Guarded rollouts: the vendor's figures decide whether new settings stay, go, or wait for a person.

import { afterEach, expect, test } from "vitest";
import type { DialerRuntime } from "../../../src/app/index.ts";
import { createTestClock } from "../../support/test-clock.ts";
import { fileOf, NEW, OLD, openWorld, type World } from "./world.ts";

const CAMPAIGN = "camp_1";
const MINUTE = 60_000;

let world: World;
let dialer: DialerRuntime;

async function begin(scenario: Record<string, unknown> = {}): Promise<void> {
  world = await openWorld({
    activation: { seconds: 0 },
    campaigns: [
      { id: CAMPAIGN, name: "Active", status: "paused", dispositionCodes: [] },
      { id: "camp_2", name: "Paused", status: "paused", dispositionCodes: [] },
    ],
    ...scenario,
  });
  dialer = await world.open({ clock: createTestClock(Date.now()) });
}

afterEach(async () => {
  await dialer[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const figures = (callsAnswered: number, abandonmentRate: number) =>
  world.sandbox.control.simulateMetrics({ campaignId: CAMPAIGN, callsAnswered, abandonmentRate });

test("abandonment in order: the settings stay, and every minute of the watch was looked at", async () => {
  await begin();
  figures(200, 0.01);
  const { change, state } = await world.apply(dialer, NEW, await dialer.dialer.guardPlan(10 * MINUTE, [CAMPAIGN]));
  expect(change.outcome).toBe("applied");
  expect(change.message).toContain("20 of 2000 answered calls abandoned");
  expect(state.guard?.passed).toBeGreaterThan(0);
  const windows = world.sandbox.control.requests({ operation: "getCampaignMetrics", limit: 100 }).map(({ query }) => query);
  expect(windows).toHaveLength(10);
  expect(new Set(windows)).toEqual(new Set(["windowMinutes=1"]));
});

test("abandonment too high: the old settings come back before the time is up, and the revision is remembered", async () => {
  await begin();
  figures(300, 0.08);
  const { change, state } = await world.apply(dialer, NEW, await dialer.dialer.guardPlan(30 * MINUTE, [CAMPAIGN]));
  expect(change).toMatchObject({ outcome: "rolled_back", rejected: true });
  expect(change.message).toContain("abandonment is above 3 %");
  expect(state.guard?.answered).toBeLessThan(30 * 300);
  expect(world.inForce()).toEqual(OLD);
});

test.each([
  ["too few calls", {}, 3],
  ["a tenant that gives no counts", { legacyMetrics: true }, 200],
])("%s: the watch pauses for a person, who keeps the settings", async (_, scenario, answered) => {
  await begin(scenario);
  figures(answered, 0);
  const { change, state } = await world.apply(dialer, NEW, await dialer.dialer.guardPlan(5 * MINUTE, [CAMPAIGN]));
  expect(change).toMatchObject({ outcome: null, phase: "paused", status: "stopped" });
  expect(state.phase).toBe("paused");
  expect(await world.query("select type from outdial.outbox")).toEqual([{ type: "DIALER_ROLLOUT_PAUSED" }]);
  await expect(dialer.changes.finishOpen()).rejects.toMatchObject({ code: "job_state" });
  await dialer.changes.decide(change.version, true);
  expect((await dialer.changes.run(change.version)).change.outcome).toBe("applied");
  expect(world.inForce()).toEqual(NEW);
});

test("a person who does not keep them has the old settings put back", async () => {
  await begin();
  figures(0, 0);
  const { change } = await world.apply(dialer, NEW, await dialer.dialer.guardPlan(5 * MINUTE, [CAMPAIGN]));
  await dialer.changes.decide(change.version, false);
  expect((await dialer.changes.run(change.version)).change).toMatchObject({ outcome: "rolled_back", rejected: false });
  expect(world.inForce()).toEqual(OLD);
});

test("a decision by command has ended with its job when the command ends", async () => {
  await begin();
  figures(0, 0);
  const { change } = await world.apply(dialer, NEW, await dialer.dialer.guardPlan(5 * MINUTE, [CAMPAIGN]));
  // A process has one engine.
  await dialer[Symbol.asyncDispose]();
  const { code, stdout, stderr } = await world.run(["dialer", "resume", String(change.version), "--keep", "--yes"]);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: `${change.version} applied\n`,
    stderr: expect.stringMatching(/kept by \S+ after an inconclusive watch/) as unknown,
  });
  expect(stderr).not.toContain("stopped:");
  expect(await world.query("select status from outdial.jobs where error is null")).toEqual([{ status: "done" }]);
});

test("without named campaigns the active ones are watched", async () => {
  await begin({
    campaigns: [
      { id: "camp_a", name: "A", status: "active", dispositionCodes: [] },
      { id: "camp_p", name: "P", status: "paused", dispositionCodes: [] },
    ],
  });
  expect((await dialer.dialer.guardPlan(5 * MINUTE, [])).campaigns).toEqual(["camp_a"]);
  const asked = world.sandbox.control.requests().length;
  await expect(dialer.dialer.planApply(await fileOf(NEW), { guardMs: 1000 })).rejects.toThrow(
    "a watch of 1 s is shorter than the time between two readings (1 min)",
  );
  expect(world.sandbox.control.requests()).toHaveLength(asked);
});
