// Failover over the ACD API: skill A is stopped, seen stopped and drained, then B is started, upon statistics by quarters of an hour.

import { expect, it } from "vitest";
import { isSettled } from "../../../src/operations/index.ts";
import { runCli } from "../../support/cli.ts";
import { type FailoverWorld, openFailoverWorld, scenarioOf } from "./failover-world.ts";

const NO_GROUPS = "the campaign obeys none of the tenant's groups, and 0 numbers are on the company's list";

/** The primary's people stop answering at minute 10. */
const FALLING = scenarioOf({ timeline: [{ at: "10m", set: { contactLists: { list_a: { answerRate: 0.01 } } } }] });

it("hands over from skill to skill upon the dialer's statistics", async () => {
  await using world = await openFailoverWorld(FALLING, 30, "frozen", undefined, "acd");
  await handsOver(world);
  // Who orders one on the command line is shown the groups before being asked.
  const asked = await runCli(["campaign", "failover", "failback", world.primary], {
    cwd: world.folder,
    env: world.environment,
    answers: "n\n",
  });
  expect(asked).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(`the tenant's do-not-call groups, for ${world.primary}: ${NO_GROUPS}\n`),
  });
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "active"]);
});

async function handsOver(world: FailoverWorld): Promise<void> {
  await using runtime = await world.open();
  const { failover } = runtime;
  await failover.put(world.primary, world.policy());
  // The dialer's statistics are of quarters of an hour: what is said is what they counted.
  await failover.put(world.primary, world.policy({ windowMinutes: 5 }));
  const rehearsed = await failover.drill(world.primary, AbortSignal.timeout(60_000));
  expect(rehearsed.verdict).toMatchObject({ windowMinutes: 15, words: expect.stringMatching(/the last 15 min|in 15 min/) });
  expect(rehearsed.steps.find(({ would }) => would.includes("past the gate"))?.found).toBe(
    `somebody on its list may be called now; of the tenant's do-not-call groups: ${NO_GROUPS}`,
  );
  await failover.put(world.primary, world.policy());
  const phases: string[] = [];
  await failover.watch(world.primary, {
    signal: AbortSignal.timeout(60_000),
    onProgress: ({ pair: { state } }) => {
      if (phases.at(-1) !== state.phase) phases.push(state.phase);
    },
    until: (state) => state.phase !== "watching" && isSettled(state),
  });
  expect(phases).toEqual(["watching", "pausing", "draining", "handing-over", "gating", "activating", "verifying", "failed-over"]);
  expect(world.transitions()).toMatchObject([
    { campaign: world.primary, status: "paused" },
    { campaign: world.backup, status: "active" },
  ]);
  expect([world.statusOf(world.primary), world.statusOf(world.backup)]).toEqual(["paused", "active"]);
  expect(await world.alarms()).toEqual(["FAILOVER_TRIGGERED", "FAILOVER_COMPLETED"]);
  const called = new Set(world.sandbox.control.calls(100_000).map(({ phoneNumber }) => phoneNumber));
  const [held] = await world.query<{ n: number }>("select count(*)::int as n from outdial.handover_holds where campaign = $1", [
    world.backup,
  ]);
  // The backup has called somebody since.
  expect(held?.n).toBeGreaterThan(0);
  expect(held?.n).toBeLessThanOrEqual(called.size);
}
