// Why a campaign does not dial: every cause by itself, and which one comes first of several.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FailoverStanding } from "../failover/words.ts";
import { CAUSES, type DialingFacts, whyNotDialing } from "./why.ts";

const AT = Date.UTC(2026, 5, 16, 17);
const zone = (open: number, opens: number | null = null) => ({
  zone: "America/New_York",
  contacts: 10,
  open,
  closes: null,
  until: null,
  opens,
  opened: opens,
  closed: null,
});
const manifest = {
  byReason: [
    { reason: "no consent", verdict: "never" as const, contacts: 6 },
    { reason: "outside calling hours", verdict: "later" as const, contacts: 4, from: "2026-06-17T12:00:00Z" },
  ],
  counts: { dial: 0, later: 4, never: 6, refused: 0 },
  input: { contacts: 10, hash: "" },
};
type Gate = NonNullable<DialingFacts["gate"]>;
const gate = (given: Partial<Gate> = {}): Gate => ({
  refusals: [],
  windows: [zone(10)],
  hoursOf: "called",
  from: "measured",
  // Only what the words are made of.
  manifest,
  nextAllowed: AT + 3_600_000,
  covers: { known: 100, of: 100 },
  ...given,
});
const campaign = (status: string, dialer = {}) => ({ status, queueId: "q1", dialer });

/** Active, fresh figures, calls placed but none under way, nothing forbids. */
const DIALING: DialingFacts = {
  campaign: campaign("active"),
  campaignProblem: null,
  lastChange: null,
  failover: null,
  gate: gate(),
  gateProblem: null,
  figures: { activeCalls: 0, callsPlaced: 40, windowMinutes: 30 },
  figuresProblem: null,
  ageMs: 20_000,
  readMs: 10_000,
  stale: false,
};
const IDLE = { activeCalls: 0, callsPlaced: 0, windowMinutes: 30 };
const agents = (loggedIn: number, available: number) => ({ loggedIn, available, working: null, wrapUp: null });
const pausedBy = { target: "paused" as const, actor: "ana", reason: "complaints", at: AT };

const standing = (given: Partial<FailoverStanding>): FailoverStanding => ({
  role: "primary",
  windowMinutes: 30,
  threshold: 0.15,
  partner: "camp_b",
  phase: "watching",
  side: "primary",
  dials: null,
  words: "",
  reason: null,
  nextStep: null,
  ...given,
});

const ALONE: readonly (readonly [(typeof CAUSES)[number], Partial<DialingFacts>, RegExp])[] = [
  [
    "not_authorised",
    { campaign: null, gate: null, figures: null, campaignProblem: { code: "missing_scope", message: "needs campaigns:read" } },
    /needs campaigns:read/,
  ],
  [
    "unreachable",
    { campaign: null, gate: null, figures: null, campaignProblem: { code: "vendor_unavailable", message: "no answer" } },
    /cannot be asked: no answer/,
  ],
  [
    "state_stale",
    { statusMs: 12 * 60_000, figures: { ...IDLE, agents: agents(0, 0) } },
    /^the tenant showed it active 12 minutes ago; what it is since is not known$/,
  ],
  [
    "paused_by_outdial",
    { campaign: campaign("paused"), lastChange: pausedBy },
    /by ana through outdial at 2026-06-16T17:00:00Z: complaints/,
  ],
  [
    "paused_by_failover",
    {
      campaign: campaign("paused"),
      lastChange: pausedBy,
      failover: standing({ phase: "failed-over", side: "backup", dials: "backup" }),
    },
    /camp_b dials in its place as the backup/,
  ],
  [
    "paused_by_failover",
    { campaign: campaign("paused"), failover: standing({ phase: "draining", words: "waiting for calls" }) },
    /it hands over to camp_b \(waiting for calls\)/,
  ],
  [
    "paused_elsewhere",
    { campaign: campaign("paused"), failover: standing({ phase: "watching" }) },
    /at the tenant, not through outdial/,
  ],
  ["paused_elsewhere", { campaign: campaign("paused") }, /at the tenant, not through outdial/],
  [
    "paused_elsewhere",
    { campaign: campaign("paused"), lastChange: { ...pausedBy, target: "active" } },
    /after ana resumed it at 2026-06-16T17:00:00Z/,
  ],
  ["other_state", { campaign: campaign("draft") }, /shows it draft/],
  ["clock_off", { figures: IDLE, gate: gate({ refusals: [{ code: "clock_off", text: "10 h behind" }] }) }, /10 h behind/],
  [
    "rules_unreadable",
    { figures: IDLE, gate: gate({ refusals: [{ code: "rules_unreadable", text: "rules: bad" }] }) },
    /rules: bad/,
  ],
  [
    "audit_set_back",
    { figures: IDLE, gate: gate({ refusals: [{ code: "audit_set_back", text: "was set back" }] }) },
    /was set back/,
  ],
  [
    "no_company_list",
    { figures: IDLE, gate: gate({ refusals: [{ code: "no_company_list", text: "neither loaded" }] }) },
    /neither loaded/,
  ],
  [
    "stale_compliance_data",
    { figures: IDLE, gate: gate({ refusals: [{ code: "stale_compliance_data", text: "too old" }] }) },
    /too old/,
  ],
  [
    "abandonment_budget",
    { figures: IDLE, gate: gate({ refusals: [{ code: "abandonment_budget", text: "7 of 100" }] }) },
    /7 of 100/,
  ],
  [
    "no_contact_list",
    { figures: IDLE, gate: gate({ refusals: [{ code: "no_contact_list", text: "no list" }], windows: [], manifest: null }) },
    /no list/,
  ],
  [
    "list_shrunk",
    { figures: IDLE, gate: gate({ refusals: [{ code: "list_shrunk", text: "100 of 5000 contacts" }] }) },
    /100 of 5000 contacts/,
  ],
  [
    "list_empty",
    { figures: IDLE, gate: gate({ refusals: [{ code: "list_empty", text: "is empty" }], windows: [] }) },
    /is empty/,
  ],
  [
    "outside_hours",
    { figures: IDLE, gate: gate({ windows: [zone(0, AT + 3_600_000)] }) },
    /America\/New_York opens at 2026-06-16T18:00:00Z/,
  ],
  ["outside_hours", { figures: IDLE, gate: gate({ windows: [zone(0)] }) }, /does not open within four days/],
  [
    "nobody_callable",
    { figures: IDLE, gate: gate({ refusals: [{ code: "nobody_callable", text: "nobody" }] }) },
    /nobody of the list may be called now: 6 no consent, 4 outside calling hours; the first may be called at 2026-06-16T18:00:00Z/,
  ],
  [
    "dialer_settings",
    { campaign: campaign("active", { callRate: 0, maxCallsInFlight: 0 }) },
    /call rate and its limit of calls in flight is 0/,
  ],
  ["gate_unknown", { gate: null, gateProblem: { code: "missing_scope", message: "contacts" } }, /not known: contacts/],
  [
    "figures_unknown",
    { figures: null, figuresProblem: { code: "missing_scope", message: "analytics" } },
    /no figures: analytics/,
  ],
  [
    "figures_stale",
    { stale: true, ageMs: 12 * 60_000, readMs: 60_000 },
    /^the tenant's figures are 12 minutes old by its own time; outdial read them 1 minute ago$/,
  ],
  [
    "figures_stale",
    { stale: true, ageMs: 12 * 60_000, readMs: 12 * 60_000 },
    /^the latest figures are those that outdial read 12 minutes ago$/,
  ],
  [
    "figures_stale",
    { stale: true, ageMs: 120_000, readMs: 120_000, figuresProblem: { code: "vendor_unavailable", message: "no answer" } },
    /^the latest figures are those that outdial read 2 minutes ago: no answer$/,
  ],
  ["figures_unknown", { figures: { ...IDLE, activeCalls: null, callsPlaced: null } }, /whether it dials is not known/],
  [
    "calls_of_late",
    { gate: gate({ hoursOf: "campaign", windows: [zone(10), zone(0)], refusals: [{ code: "list_shrunk", text: "shrunk" }] }) },
    /^40 calls were placed in 30 minutes and none is under way: whether it still dials is not known$/,
  ],
  [
    "figures_unknown",
    { figures: { ...IDLE, callsPlaced: null } },
    /^the tenant does not tell calls placed: whether it dials is not known$/,
  ],
  ["no_agents_or_lines", { figures: IDLE }, /no call was placed in 30 minutes: look for agents logged in to queue q1/],
  ["no_agents", { figures: { ...IDLE, agents: agents(0, 0) } }, /in 30 minutes: no agent is logged in$/],
  ["no_agents", { figures: { ...IDLE, agents: agents(4, 0) } }, /: none of 4 agents logged in waits for a call$/],
  ["no_lines", { figures: { ...IDLE, agents: agents(4, 1) } }, /, although 1 agent waits for a call: look for free lines$/],
];

it.each(ALONE)("%s %#", (code, facts, words) => {
  const answer = whyNotDialing({ ...DIALING, ...facts });
  const isAmong = code === "calls_of_late" || code === "figures_unknown";
  expect(answer?.all.map((cause) => cause.code).filter((one) => !isAmong || one === code)).toEqual([code]);
  expect(answer?.first).toMatch(words);
});

it("has a case for every cause", () => {
  expect(new Set(ALONE.map(([code]) => code))).toEqual(new Set(CAUSES));
});

describe("says nothing while it dials", () => {
  it.each([
    [
      "calls under way, even at a moment when nobody new may be called",
      { figures: { ...IDLE, activeCalls: 3 }, gate: gate({ windows: [zone(0)] }) },
    ],
    ["none under way for a moment", {}],
    ["calls under way, and its state of long ago", { figures: { ...IDLE, activeCalls: 3 }, statusMs: 600_000 }],
    [
      "calls placed although the gate forbids them: it does not bind the tenant's dialer",
      { gate: gate({ refusals: [{ code: "no_company_list", text: "neither loaded" }] }) },
    ],
    [
      "calls placed although the gate lets nobody be called",
      { gate: gate({ refusals: [{ code: "nobody_callable", text: "nobody" }] }) },
    ],
    [
      "calls placed in a time in which every window was closed",
      {
        figures: { activeCalls: 0, callsPlaced: 2, windowMinutes: 30, at: AT },
        gate: gate({ windows: [{ ...zone(0, AT + 3_600_000), closed: AT - 1_800_000 }] }),
      },
    ],
  ])("%s", (_, facts: Partial<DialingFacts>) => {
    expect(whyNotDialing({ ...DIALING, ...facts })).toBeNull();
  });
});

const STALE = { stale: true, ageMs: 600_000, readMs: 600_000 };
const CLOSED_OF_LATE = {
  figures: { activeCalls: 0, callsPlaced: 2, windowMinutes: 30, at: AT },
  gate: gate({ windows: [{ ...zone(0, AT + 3_600_000), closed: AT - 1_799_999 }] }),
};
const CLOSED = { gate: gate({ windows: [zone(0)] }) };
it.each([
  ["paused", false, { campaign: campaign("paused"), gate: null, figures: null }],
  ["paused, with old figures", false, { campaign: campaign("paused"), ...STALE }],
  ["a dialer set to nothing", false, { campaign: campaign("active", { callRate: 0 }), ...STALE }],
  ["nobody may be called, and no call by fresh figures", false, { ...CLOSED, figures: IDLE }],
  ["no call though people may be called", false, { figures: IDLE }],
  ["calls placed, and every window closed since", null, CLOSED_OF_LATE],
  ["paused, as the tenant showed long ago", null, { campaign: campaign("paused"), statusMs: 600_000, figures: IDLE }],
  ["nobody may be called, as the tenant showed it long ago", null, { ...CLOSED, figures: IDLE, statusMs: 600_000 }],
  ["no call under way, and not told whether any was placed", null, { figures: { ...IDLE, callsPlaced: null } }],
  ["no call placed, and not told whether one is under way", null, { figures: { ...IDLE, activeCalls: null } }],
  ["nothing read", null, { campaign: null, gate: null, figures: null }],
  ["active, and nothing else read", null, { gate: null, figures: null }],
  ["active, its gate not looked at", null, { gate: null }],
  ["active, its figures old", null, STALE],
  ["active, nobody may be called, its figures old", null, { ...CLOSED, ...STALE }],
  ["active by the tenant's last answer", null, { campaignProblem: { code: "vendor_unavailable", message: "no answer" } }],
] satisfies [string, false | null, Partial<DialingFacts>][])("tells not dialing from not known: %s", (_, dials, facts) => {
  const answer = whyNotDialing({ ...DIALING, ...facts });
  expect(answer?.dials).toBe(dials);
  if (dials === null) expect(answer?.first).toMatch(/cannot be asked|not known|no figures|figures are|no call (is|was)/);
});

it("what is not known never makes a campaign one that does not dial", () => {
  const count = fc.constantFrom(0, 0, 3);
  const facts = fc.record({
    status: fc.constantFrom("active", "paused"),
    calls: fc.record({ activeCalls: count, callsPlaced: count, agents: fc.constantFrom(null, agents(0, 0)) }),
    windows: fc.constantFrom([zone(10)], [zone(0)], [{ ...zone(0, AT + 3_600_000), closed: AT - 7_200_000 }]),
    refusals: fc.subarray(["no_company_list", "nobody_callable", "list_empty"] as const),
  });
  const losses: readonly ((known: DialingFacts) => Partial<DialingFacts>)[] = [
    () => ({ campaign: null }),
    () => ({ gate: null }),
    () => ({ figures: null }),
    ({ figures }) => ({ figures: figures && { ...figures, activeCalls: null } }),
    ({ figures }) => ({ figures: figures && { ...figures, callsPlaced: null } }),
    ({ figures }) => ({ figures: figures && { ...figures, agents: null } }),
    () => STALE,
    () => ({ statusMs: 600_000 }),
    () => ({ campaignProblem: { code: "vendor_unavailable", message: "no answer" } }),
    () => ({ figuresProblem: { code: "vendor_unavailable", message: "no answer" }, stale: true }),
  ];
  fc.assert(
    fc.property(facts, ({ status, calls, windows, refusals }) => {
      const known: DialingFacts = {
        ...DIALING,
        campaign: campaign(status),
        figures: { ...calls, windowMinutes: 30, at: AT },
        gate: gate({ windows, refusals: refusals.map((code) => ({ code, text: code })) }),
      };
      if (whyNotDialing(known)?.dials === false) return;
      for (const loss of losses) expect(whyNotDialing({ ...known, ...loss(known) })?.dials).not.toBe(false);
    }),
    { numRuns: 500 },
  );
});

it("names the cause to mend first, and all others", () => {
  const answer = whyNotDialing({
    ...DIALING,
    campaign: campaign("paused", { callRate: 0 }),
    lastChange: pausedBy,
    figures: { ...IDLE, activeCalls: 2 },
    gate: gate({
      windows: [zone(0, AT + 3_600_000)],
      refusals: [
        { code: "nobody_callable", text: "nobody" },
        { code: "stale_compliance_data", text: "too old" },
      ],
    }),
  });
  expect(answer?.all.map(({ code }) => code)).toEqual([
    "paused_by_outdial",
    "stale_compliance_data",
    "outside_hours",
    "nobody_callable",
    "dialer_settings",
  ]);
  expect(answer?.first).toContain("2 calls are still under way");
});
