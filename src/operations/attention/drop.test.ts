// A success rate that fell, and what explains it.

import { expect, test } from "vitest";
import type { KnownHealth } from "../campaigns/health/known.ts";
import type { CampaignReading } from "../campaigns/metrics/index.ts";
import type { AxisEvent } from "../views/schemas/campaigns.ts";
import { beginOf, dropConcern, dropOf, isJudged } from "./drop.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const MINUTE = 60_000;

/** A window of 30 minutes that ended so long ago, with 40 % of 200 calls at an agent. */
function window(minutesAgo: number, change: Partial<CampaignReading> = {}): CampaignReading {
  return {
    campaignId: "a",
    at: NOW - minutesAgo * MINUTE,
    receivedAt: NOW,
    windowMinutes: 30,
    success: { successes: 80, calls: 200, of: "decided" },
    callsPlaced: 210,
    callsAnswered: 90,
    abandonment: { abandoned: 2, answered: 90, rate: 2 / 90 },
    agents: null,
    ...change,
  } as CampaignReading;
}
const agents = (loggedIn: number) => ({ loggedIn, available: 1, working: 1, wrapUp: 0 });
const EARLIER = [window(30), window(60), window(90)];
const FEW = { success: { successes: 20, calls: 200, of: "decided" } } as const;

const health = (reading: CampaignReading, change: Partial<KnownHealth> = {}) =>
  ({
    id: "a",
    name: "Spring",
    status: "active",
    stale: false,
    reading,
    recent: reading,
    windows: [],
    workload: null,
    ...change,
  }) as KnownHealth;

/** What is told of a present window after earlier ones. */
function told(
  now: CampaignReading,
  {
    earlier = EARLIER,
    events = [],
    ...change
  }: Partial<KnownHealth> & { earlier?: readonly CampaignReading[]; events?: readonly AxisEvent[] } = {},
) {
  const one = health(now, change);
  if (!isJudged(one)) return null;
  const drop = dropOf(one, earlier);
  return drop === undefined ? null : dropConcern(drop, one, events);
}

test("a rate that is as before, or that may have fallen by chance or by little, needs nobody", () => {
  expect(told(window(0))).toBeNull();
  expect(told(window(0, { success: { successes: 65, calls: 200, of: "decided" } }))).toBeNull();
  expect(told(window(0, { success: { successes: 5, calls: 40, of: "decided" } }))).toBeNull();
  expect(told(window(0, FEW), { earlier: [] })).toBeNull();
  expect(told(window(0, FEW), { status: "paused" })).toBeNull();
  // Figures that are old by now tell of before.
  expect(told(window(0, FEW), { stale: true })).toMatchObject({ lastSeen: expect.any(String) });
  expect(told(window(0, FEW))).toMatchObject({ lastSeen: null });
  // Windows that share their calls with the present one say nothing of before.
  expect(told(window(0, FEW), { earlier: [window(10), window(20)] })).toBeNull();
});

test("windows that share calls are counted once, and the figures of both sides stand with it", () => {
  const drop = dropOf({ recent: window(0, FEW) as never }, [...EARLIER, window(45), window(31)]);
  expect(drop?.before).toMatchObject({ successes: 240, calls: 600 });
  expect(drop && beginOf(drop)).toBe(NOW - 120 * MINUTE);
  expect(told(window(0, FEW))).toMatchObject({
    code: "success_dropped",
    severity: "soon",
    what: "its success rate fell from 40.0 % to 10.0 %",
    cause: null,
    evidence: [
      "nothing that was read explains it (answered calls, dialer settings); not known: agents, list, calling windows",
      "20 of 200 (10.0 %) decided calls reached an agent in 30 min; 240 of 600 (40.0 %) in the 3 windows before",
    ],
  });
});

test.each([
  [
    "agents",
    "3 agents are logged in, 12 were before",
    { now: { agents: agents(3) }, earlier: EARLIER.map((one) => ({ ...one, agents: agents(12) })) },
  ],
  [
    "agents",
    "answered calls that were lost before an agent spoke: 60 of 90 (66.7 %); 6 of 270 (2.2 %) before",
    { now: { abandonment: { abandoned: 60, answered: 90, rate: 2 / 3 } } },
  ],
  [
    "pacing",
    "dialer settings at 2026-03-02T14:50:00.000Z: fast.yaml in force (version 4)",
    {
      events: [
        { at: "2026-03-02T14:50:00.000Z", kind: "settings", text: "fast.yaml in force (version 4)", actor: "ann", audit: null },
      ] as const,
    },
  ],
  [
    "list",
    "950 of 1000 (95.0 %) contacts of its list were dialed before",
    { workload: { list: { contacts: 1000, attempted: 950, final: null } } as KnownHealth["workload"] },
  ],
  [
    "windows",
    "1 of 2 zones are closed now, with 700 of 1000 (70.0 %) contacts",
    {
      windows: [
        { zone: "America/New_York", contacts: 700, open: 0, closes: null, until: null, opens: null, opened: null, closed: null },
        { zone: "Asia/Tokyo", contacts: 300, open: 300, closes: null, until: null, opens: null, opened: null, closed: null },
      ],
    },
  ],
  ["lines", "calls that were answered: 25 of 210 (11.9 %) placed; 270 of 630 (42.9 %) before", { now: { callsAnswered: 25 } }],
] satisfies [string, string, Parameters<typeof told>[1] & { now?: Partial<CampaignReading> }][])(
  "%s explain it: %s",
  (cause, evidence, { now = {}, ...rest }: Parameters<typeof told>[1] & { now?: Partial<CampaignReading> }) => {
    const concern = told(window(0, { ...FEW, ...now }), rest);
    expect(concern).toMatchObject({ cause, evidence: [evidence, expect.stringContaining("decided calls reached an agent")] });
  },
);
