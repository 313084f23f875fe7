import { expect, test } from "vitest";
import type { Stop } from "../../../store/index.ts";
import type { CampaignRunner } from "../../../tenant/port.ts";
import { STOP_PATIENCE, StopRun, type StopRunDeps } from "./stop.ts";

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

/** A tenant with one campaign, whose time passes while outdial sleeps. */
function tenantOf(startsAt: number) {
  let now = 0;
  let status = "paused";
  const pauses: number[] = [];
  /** When a look showed it dialing. */
  const seen: number[] = [];
  const arrive = () => {
    if (now < startsAt) return;
    status = "active";
    startsAt = Number.POSITIVE_INFINITY;
  };
  const runner = {
    capability: { asynchronous: false },
    setStatus: async () => {
      arrive();
      const already = status === "paused";
      status = "paused";
      pauses.push(now);
      return { already, earlierUnknown: false };
    },
    status: async () => {
      arrive();
      if (status === "active") seen.push(now);
      return { status };
    },
  } as unknown as CampaignRunner;
  const deps: StopRunDeps = {
    runner,
    provisioning: { campaigns: () => expect.unreachable() },
    figures: async () => ({ at: now, activeCalls: 0 }),
    clock: {
      now: () => now,
      sleep: async (ms) => {
        now += ms;
      },
    },
    evidence: async () => ({ evidence: [] }),
    told: Promise.resolve(),
    patience: STOP_PATIENCE,
  };
  return { deps, pauses, seen, status: () => status, now: () => now };
}

const oneKnown = (mayStart: boolean) => [{ campaignId: "camp_1", mayDial: true, at: 0, expected: true, mayStart }];

test.each([500, 6_000, 20_000, 55_000, 90_000, 1_200_000])(
  "a start that was on its way when the stop was given, and arrives after %i ms, is paused before the stop says that it is",
  async (startsAt) => {
    const { deps, pauses, seen, status, now } = tenantOf(startsAt);
    // Its answer is known a second after it has arrived.
    const evidence = async () => ({ evidence: oneKnown(now() < startsAt + 1_000) });
    const run = new StopRun({ ...deps, evidence }, STOP);
    await run.carry(new AbortController().signal);
    expect([status(), run.campaigns[0]?.confirmed, run.listProblem]).toEqual(["paused", true, null]);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(startsAt);
    // Not after the time that is between two looks; what else waits makes this clock go on meanwhile.
    expect((pauses.at(-1) ?? 0) - (seen[0] ?? 0)).toBeLessThan(STOP_PATIENCE.mostMs / 2);
  },
);

test("a start that is never answered takes the confirmation away, however long the stop looks", async () => {
  const { deps, now } = tenantOf(Number.POSITIVE_INFINITY);
  const run = new StopRun({ ...deps, evidence: async () => ({ evidence: oneKnown(true) }) }, STOP);
  await run.carry(new AbortController().signal);
  expect(run.campaigns).toMatchObject([
    { shown: true, confirmed: false, message: expect.stringContaining("may still be on its way") as string },
  ]);
  expect(now()).toBeGreaterThanOrEqual(STOP_PATIENCE.giveUpMs);
});

test.each([[["camp_1"]], [null]])(
  "what was only remembered may lack a start: one that arrives within a minute is paused, and the stop says that it does not know, of %j",
  async (scope) => {
    const { deps, status } = tenantOf(20_000);
    const list = () => ({
      async *pages() {
        yield {
          items: [{ id: "camp_1", name: "camp_1", status: (await deps.runner.status("camp_1")).status }],
          reply: { total: 1 },
        };
      },
    });
    const known = [{ campaignId: "camp_1", mayDial: false, at: null, expected: true, mayStart: false }];
    const provisioning = { campaigns: list } as unknown as StopRunDeps["provisioning"];
    const evidence = async () => ({ evidence: known, doubt: "the database is away" });
    const run = new StopRun({ ...deps, provisioning, evidence }, { ...STOP, scope });
    await run.carry(new AbortController().signal);
    expect([status(), run.campaigns[0]?.confirmed, run.listProblem?.code]).toEqual(["paused", true, "known_unread"]);
  },
);

test("while a start may be on its way, a stop whose time is over does not say that the campaign is paused for good", async () => {
  const { deps } = tenantOf(20_000);
  const known = [{ campaignId: "camp_1", mayDial: true, at: 0, expected: true, mayStart: true }];
  const patience = { ...STOP_PATIENCE, callsMs: 0, giveUpMs: 5_000 };
  const run = new StopRun({ ...deps, evidence: async () => ({ evidence: known }), patience }, STOP);
  await run.carry(new AbortController().signal);
  expect(run.campaigns).toMatchObject([
    { confirmed: false, message: expect.stringContaining("may still be on its way") as string },
  ]);
});

test("a stop of named campaigns that cannot read what was asked for before says so", async () => {
  const { deps } = tenantOf(Number.POSITIVE_INFINITY);
  const run = new StopRun({ ...deps, evidence: () => Promise.reject(new Error("no answer")) }, STOP);
  await run.carry(new AbortController().signal);
  expect([run.campaigns[0]?.confirmed, run.listProblem?.code]).toEqual([true, "known_unread"]);
});

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
