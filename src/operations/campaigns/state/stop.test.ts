import { expect, test } from "vitest";
import type { Stop } from "../../../store/index.ts";
import type { CampaignRunner } from "../../../tenant/port.ts";
import { STOP_PATIENCE, StopRun } from "./stop.ts";

const STOP: Stop = {
  id: "stop_1",
  actor: "olga",
  reason: null,
  scope: ["camp_1"],
  createdAt: 0,
  executor: null,
  run: 0,
  listProblem: null,
  supersededBy: null,
  endedAt: null,
};

test("a clock that is set forward while calls end does not use up the time for which they are waited for", async () => {
  let now = Date.parse("2026-06-16T17:00:00Z");
  let looks = 0;
  const runner = {
    capability: { asynchronous: false },
    setStatus: async () => ({ already: false, earlierUnknown: false }),
    status: async () => ({ status: "paused" }),
  } as unknown as CampaignRunner;
  const run = new StopRun(
    {
      runner,
      provisioning: { campaigns: () => expect.unreachable() },
      figures: async () => {
        looks += 1;
        if (looks === 1) now += 3 * 3_600_000;
        return { at: now, activeCalls: looks < 3 ? 4 : 0 };
      },
      clock: {
        now: () => now,
        sleep: async (ms) => {
          now += ms;
        },
      },
      evidence: async () => ({ evidence: [] }),
      told: Promise.resolve(),
      patience: { ...STOP_PATIENCE, callsMs: 120_000 },
    },
    STOP,
  );
  await run.carry(new AbortController().signal);
  expect(run.campaigns).toMatchObject([{ outcome: "changed", confirmed: true, activeCalls: 0 }]);
});
