import { expect, test } from "vitest";
import type { Stop } from "../../../store/index.ts";
import type { CampaignRunner } from "../../../tenant/port.ts";
import { presentFiguresOf } from "../states.ts";
import { StopRun, type StopRunDeps } from "./stop.ts";
import { STOP_PATIENCE } from "./stop-pauses.ts";

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

interface Shown {
  readonly id: string;
  readonly status: string;
}

/** A tenant whose lists are told: the first, and all later ones; `pages` of each are given again and again. */
function listingTenant(first: (now: readonly Shown[]) => Page[], later: typeof first = first) {
  let now = 0;
  const states = new Map([
    ["a", "active"],
    ["b", "paused"],
  ]);
  let lists = 0;
  const shown = () => [...states].map(([id, status]) => ({ id, status }));
  const deps: StopRunDeps = {
    runner: {
      capability: { asynchronous: false },
      setStatus: async (id: string) => {
        const already = states.get(id) === "paused";
        states.set(id, "paused");
        return { already, earlierUnknown: false };
      },
      status: async (id: string) => ({ status: states.get(id) }),
    } as unknown as CampaignRunner,
    provisioning: {
      campaigns: () => ({
        async *pages() {
          lists += 1;
          yield* (lists === 1 ? first : later)(shown());
        },
      }),
    } as unknown as StopRunDeps["provisioning"],
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
  return { deps, states, now: () => now };
}

interface Page {
  readonly items: readonly Shown[];
  readonly reply: { readonly total?: number; readonly page?: number };
}

const whole = (now: readonly Shown[]): Page[] => [{ items: now, reply: { total: now.length } }];
const only = (now: readonly Shown[], ...ids: string[]) => now.filter(({ id }) => ids.includes(id));

test.each<[string, (now: readonly Shown[]) => Page[]]>([
  ["says that there is one more", (now) => [{ items: only(now, "a", "b"), reply: { total: 3 } }]],
  ["lacks one that it named before", (now) => [{ items: only(now, "a"), reply: { total: 1 } }]],
  ["is empty", () => [{ items: [], reply: { total: 0 } }]],
  ["names one twice", (now) => [{ items: [...only(now, "a"), ...only(now, "a")], reply: { total: 2 } }]],
  ["gives no total and lacks one", (now) => [{ items: only(now, "a"), reply: {} }]],
  ["says that there are fewer than it names", (now) => [{ items: only(now, "a", "b"), reply: { total: 1 } }]],
])("the last list is judged as the first one is: one that %s does not end in an all-clear", async (_, later) => {
  const { deps, states } = listingTenant(whole, later);
  const run = new StopRun({ ...deps, onPause: () => states.set("c", "active") }, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect([run.listProblem === null, states.get("a")]).toEqual([false, "paused"]);
});

test("what the last list lacks is looked at by itself: it may have been started since", async () => {
  const { deps, states } = listingTenant(whole, (now) => [{ items: only(now, "a"), reply: { total: 1 } }]);
  let begun = false;
  const start = () => {
    if (!begun) states.set("b", "active");
    begun = true;
  };
  // b starts after it was seen paused.
  const figures: StopRunDeps["figures"] = async () => {
    if (run.campaigns.some(({ campaignId, outcome }) => campaignId === "b" && outcome === "seen")) start();
    return { at: deps.clock.now(), activeCalls: begun ? 0 : 1 };
  };
  const run = new StopRun({ ...deps, figures }, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect([begun, states.get("b"), run.listProblem?.code]).toEqual([true, "paused", "list_lacks_known"]);
});

test.each([-1, 0, 1])("a total of %i beside two campaigns is worth no more than none", async (total) => {
  const { deps } = listingTenant((now) => [{ items: now, reply: { total } }]);
  const run = new StopRun(deps, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect(run.listProblem?.code).toBe("list_without_total");
});

test("another page than the one that was asked for is no whole list", async () => {
  const { deps } = listingTenant((now) => [{ items: now, reply: { total: 2, page: 2 } }]);
  const run = new StopRun({ ...deps, patience: { ...STOP_PATIENCE, giveUpMs: 60_000 } }, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect(run.listProblem?.code).toBe("list_incomplete");
});

test("an id that the list gives as a number is that of a campaign, which is paused", async () => {
  const { deps, states } = listingTenant((now) => [
    { items: now.map((one) => (one.id === "7" ? { ...one, id: 7 } : one)) as never, reply: { total: now.length } },
  ]);
  states.set("7", "active");
  const run = new StopRun(deps, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect([run.listProblem, states.get("7")]).toEqual([null, "paused"]);
});

test("pages that repeat themselves end the reading, and the stop in its time", async () => {
  const { deps, states, now } = listingTenant(function* (shown: readonly Shown[]): Generator<Page> {
    for (;;) yield { items: only(shown, "a"), reply: { total: 1 } };
  } as never);
  const run = new StopRun({ ...deps, patience: { ...STOP_PATIENCE, giveUpMs: 60_000 } }, { ...STOP, scope: null });
  await run.carry(new AbortController().signal);
  expect([run.listProblem?.code, states.get("a")]).toEqual(["list_incomplete", "paused"]);
  expect(now()).toBeLessThan(120_000);
});

test.each([
  ["of a time that has not come yet, and that stand still", (start: number) => start + 240_000, false],
  ["ahead of our clock, and that move", (start: number, now: number) => now + 240_000, true],
  ["of before the pause, and that stand still", (start: number) => start - 60_000, false],
])("figures %s", async (_, at, confirmed) => {
  const { deps, now } = tenantOf(Number.POSITIVE_INFINITY);
  const start = now();
  const figures = async () => ({ at: at(start, now()), activeCalls: 0 });
  const run = new StopRun({ ...deps, figures, evidence: async () => ({ evidence: oneKnown(false) }) }, STOP);
  await run.carry(new AbortController().signal);
  expect(run.campaigns[0]).toMatchObject({ shown: true, confirmed });
});

test.each([
  ["2026-06-16T17:00:00", Date.UTC(2026, 5, 16, 17)],
  ["2026-06-16 17:00:00", Date.UTC(2026, 5, 16, 17)],
  ["2026-06-16T17:00:00+02:00", Date.UTC(2026, 5, 16, 15)],
  [null, null],
  ["yesterday", Number.NEGATIVE_INFINITY],
])("the time of figures is %s in every zone of the machine", async (lastUpdated, at) => {
  const zone = process.env["TZ"];
  try {
    for (const machine of ["UTC", "America/New_York", "Pacific/Pago_Pago", "Asia/Tokyo"]) {
      process.env["TZ"] = machine;
      const metricsSource = { campaign: async () => ({ activeCalls: 0, lastUpdated }) };
      const figures = presentFiguresOf({ capabilities: { metricsSource } } as unknown as Parameters<typeof presentFiguresOf>[0]);
      expect([machine, (await figures("camp_1", {})).at]).toEqual([machine, at]);
    }
  } finally {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  }
});
