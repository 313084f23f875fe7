// What of a campaign needs somebody, and what explains it.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { KnownHealth } from "../campaigns/health/known.ts";
import { campaignConcerns, tenantKnownOf } from "./concerns.ts";
import { jobConcerns, optOutConcerns, settingsConcerns } from "./use-cases.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const HOUR = 3_600_000;

/** A campaign that dials and is well; the parts that concerns are found by. */
function health(change: Partial<KnownHealth>): KnownHealth {
  return {
    id: "a",
    name: "Spring",
    status: "active",
    dialing: true,
    notDialing: null,
    lastDialing: { value: true, at: NOW, from: "measured" },
    lastNotDialing: null,
    mayDial: { verdict: { is: "ok" }, why: [], atAnyHour: false },
    failover: null,
    reading: null,
    windows: [],
    stale: false,
    abandonment: null,
    failed: null,
    unheld: null,
    readAt: { status: NOW, document: NOW, figures: NOW, gate: NOW },
    ...change,
  } as KnownHealth;
}

const window = (zone: string, open: number) => ({
  zone,
  contacts: 3,
  open,
  closes: null,
  until: null,
  opens: NOW + HOUR,
  opened: NOW + HOUR,
  closed: open > 0 ? null : NOW - HOUR / 2,
});
const reading = (activeCalls: number) => ({ at: NOW, receivedAt: NOW, activeCalls }) as KnownHealth["reading"];
const silent = (code: string, text: string) =>
  health({ dialing: false, notDialing: { dials: false, first: text, all: [{ code, text }] } as KnownHealth["notDialing"] });
const concerns = (one: KnownHealth, failed: KnownHealth["failed"] = null) =>
  campaignConcerns({
    list: { campaigns: [one], readAt: NOW - HOUR, failed },
    lastCalls: new Map([["a", NOW - HOUR]]),
    phaseSince: new Map([["a", NOW - 2 * HOUR]]),
    awaySince: new Map([["a", NOW - 4 * HOUR]]),
    callsSince: new Map([["a", NOW - 3 * HOUR]]),
  });

test("where the tenant calls its whole list by one clock, calls are outside hours as soon as one zone is closed", () => {
  const mixed = { reading: reading(7), windows: [window("UTC", 3), window("Asia/Tokyo", 0)] };
  expect(concerns(health({ ...mixed, hoursOf: "called" }))).toEqual([]);
  expect(concerns(health({ ...mixed, hoursOf: "campaign" }))).toMatchObject([
    {
      code: "calls_outside_hours",
      severity: "urgent",
      what: "7 calls are under way although the calling windows of 3 of 6 contacts are closed: the tenant calls its whole list by one clock",
      evidence: [expect.stringContaining("closed: Asia/Tokyo; ")],
    },
  ]);
});

test("where the tenant calls its whole list by one clock, a zone whose hours are not known is no open one", () => {
  const unknown = { ...window("Asia/Tokyo", 3), until: NOW - 2 * HOUR, opens: null };
  const mixed = { reading: reading(7), windows: [window("UTC", 3), unknown] };
  expect(concerns(health({ ...mixed, hoursOf: "called" }))).toEqual([]);
  expect(concerns(health({ ...mixed, hoursOf: "campaign" }))).toMatchObject([
    { code: "calls_hours_unknown", severity: "urgent" },
  ]);
});

test("a campaign that is well needs nobody, nor one that is paused, outside its hours or not read yet", () => {
  expect(concerns(health({ reading: reading(7), windows: [window("UTC", 3), window("Asia/Tokyo", 0)] }))).toEqual([]);
  expect(concerns({ ...silent("paused_elsewhere", "paused"), status: "paused" })).toEqual([]);
  expect(concerns(silent("outside_hours", "outside calling hours"))).toEqual([]);
  const unread = { status: NOW, document: NOW, figures: null, gate: NOW };
  expect(concerns({ ...silent("figures_unknown", "no figures"), dialing: null, readAt: unread })).toEqual([]);
});

test("an active campaign of which everything was read and nothing tells whether it dials is an item, and is never counted as known", () => {
  const untold = { ...silent("figures_unknown", "the tenant tells neither calls"), dialing: null, ageMs: 1000 };
  const item = { code: "not_known", severity: "soon", what: "it is active, but it is not known whether it dials" };
  expect(concerns(untold)).toMatchObject([item]);
  // Old by the tenant's own time; only not read again yet is no item.
  const old = { ...silent("figures_stale", "figures are old"), dialing: null, ageMs: HOUR };
  expect(concerns(old)).toMatchObject([item]);
  expect(concerns({ ...old, ageMs: HOUR / 6 })).toEqual([]);
  // Calls were placed before the windows closed.
  const late = { ...silent("calls_of_late", "9 calls were placed"), dialing: null, ageMs: 1000 };
  expect(concerns(late)).toEqual([]);
  const paused = { ...untold, status: "paused" };
  expect(concerns(paused)).toEqual([]);
  for (const one of [untold, old, { ...old, ageMs: HOUR / 6 }, late, paused])
    expect(tenantKnownOf({ campaigns: [one], readAt: NOW, failed: null }, NOW)).toMatchObject({
      verdict: "unknown",
      covers: { known: 0, of: 1 },
    });
});

test("calls while every window is closed are urgent", () => {
  const [one, ...rest] = concerns(health({ reading: reading(4), windows: [window("Asia/Tokyo", 0)] }));
  expect(rest).toEqual([]);
  expect(one).toMatchObject({ code: "calls_outside_hours", severity: "urgent", cause: "windows" });
  expect(one?.evidence[0]).toContain("Asia/Tokyo");
  // Since the window closed, while calls were under way already; with old figures, as last seen.
  const since = new Date(NOW - HOUR / 2).toISOString();
  expect(one).toMatchObject({ since, lastSeen: null });
  expect(concerns(health({ reading: reading(4), windows: [window("Asia/Tokyo", 0)], stale: true }))).toMatchObject([
    { code: "calls_outside_hours", since, lastSeen: new Date(NOW).toISOString() },
  ]);
  expect(concerns(health({ reading: reading(4) }))).toMatchObject([{ code: "calls_hours_unknown", severity: "urgent" }]);
  // Seen before the window closed; and before a newer status that says paused.
  expect(concerns(health({ reading: reading(4), windows: [{ ...window("Asia/Tokyo", 0), closed: NOW + 1 }] }))).toEqual([]);
  const readAt = { status: NOW + 1, document: NOW, figures: NOW, gate: NOW };
  const paused = { reading: reading(4), windows: [window("Asia/Tokyo", 0)], status: "paused", readAt };
  expect(concerns(health({ ...paused, stale: true }))).toEqual([]);
  expect(concerns(health({ ...paused, reading: reading(1) }))).toMatchObject([
    {
      code: "calls_outside_hours",
      what: expect.stringMatching(/^1 call is under way /) as string,
      next: expect.stringMatching(/^It shows paused, and calls under way end by themselves/) as string,
    },
  ]);
});

test("calls placed while every window was closed are urgent, also when at the moment none is under way", () => {
  const placed = { at: NOW, receivedAt: NOW, activeCalls: 0, callsPlaced: 9, windowMinutes: 30 } as KnownHealth["reading"];
  const closed = window("Asia/Tokyo", 0);
  expect(concerns(health({ reading: placed, windows: [closed] }))).toMatchObject([
    {
      code: "calls_outside_hours",
      severity: "urgent",
      what: "9 calls were placed in 30 minutes although every calling window of its list is closed",
    },
  ]);
  // Closed within these minutes: the calls may have been before. Open meanwhile; by one clock for the whole list one zone is enough.
  const of = (windows: KnownHealth["windows"], change: Partial<KnownHealth> = {}) =>
    concerns(health({ reading: placed, windows, ...change })).map(({ code }) => code);
  expect(of([{ ...closed, closed: NOW - HOUR / 2 + 1 }])).toEqual([]);
  expect(of([closed, window("UTC", 3)])).toEqual([]);
  expect(of([closed, window("UTC", 3)], { hoursOf: "campaign" })).toEqual(["calls_outside_hours"]);
  expect(of([{ ...closed, closed: NOW - 1 }, window("UTC", 3)], { hoursOf: "campaign" })).toEqual([]);
  expect(of([closed], { dialing: null, lastDialing: { value: null, at: NOW, from: "measured" } })).toEqual([]);
  // The tenant is away, or its figures are old: what it showed last stays.
  const away = { code: "unreachable", message: "503", at: NOW, since: NOW };
  for (const old of [{ stale: true }, { failed: away }])
    expect(concerns(health({ reading: placed, windows: [closed], dialing: null, ...old }))).toMatchObject([
      { code: "calls_outside_hours", lastSeen: new Date(NOW).toISOString() },
    ]);
  const why = ["no company do-not-call list"];
  const must = { mayDial: { verdict: { is: "not_ok" as const }, why, atAnyHour: true } };
  expect(of([window("UTC", 3)], must)).toEqual(["calls_not_allowed"]);
});

test("calls that the gate would let nobody place are urgent whatever the hour; those of a used up budget are told by it", () => {
  const open = { reading: reading(4), windows: [window("UTC", 3)] };
  const must = (why: readonly string[]) => ({ mayDial: { verdict: { is: "not_ok" as const }, why, atAnyHour: true } });
  expect(concerns(health({ ...open, ...must(["registry data missing or too old"]) }))).toMatchObject([
    { code: "calls_not_allowed", severity: "urgent", cause: "gate", evidence: ["registry data missing or too old"] },
  ]);
  expect(concerns(health({ ...open, ...must(["abandonment limit"]) }))).toEqual([]);
  expect(concerns(health({ ...open, reading: reading(0), ...must(["registry data missing or too old"]) }))).toEqual([]);
});

test("a window that has opened or closed since its look is known for an hour", () => {
  const codes = (change: object) =>
    concerns(health({ reading: reading(4), windows: [{ ...window("UTC", 3), ...change }] })).map(({ code }) => code);
  const opened = { open: 0, closed: NOW - 9 * HOUR };
  expect(codes({ ...opened, opens: NOW - 1 })).toEqual([]);
  expect(codes({ ...opened, opens: NOW - 2 * HOUR })).toEqual(["calls_hours_unknown"]);
  expect(codes({ opens: null, until: NOW - 1 })).toEqual(["calls_outside_hours"]);
  expect(codes({ opens: null, until: NOW - 2 * HOUR })).toEqual(["calls_hours_unknown"]);
});

test("hours: less knowledge of a campaign that calls never makes it look better", () => {
  const instant = fc.option(fc.integer({ min: NOW - 3 * HOUR, max: NOW + HOUR }));
  const zone = fc.record({
    zone: fc.constant("UTC"),
    contacts: fc.constant(3),
    open: fc.constantFrom(0, 3),
    closes: instant,
    until: instant,
    opens: instant,
    opened: instant,
    closed: fc.constant(null),
  });
  const isFine = (change: Partial<KnownHealth>) => concerns(health({ reading: reading(4), ...change })).length === 0;
  fc.assert(
    fc.property(fc.array(zone, { maxLength: 4 }), fc.boolean(), (windows, stale) => {
      expect(isFine({ windows: [], stale })).toBe(false);
      if (isFine({ windows, stale })) return;
      expect(isFine({ windows, stale: true })).toBe(false);
      for (const index of windows.keys()) expect(isFine({ windows: windows.toSpliced(index, 1), stale })).toBe(false);
    }),
  );
});

test("all is known of a tenant only when nothing is missing, old or refused; losing any of it never makes it so", () => {
  const whole = health({
    at: NOW,
    isGone: false,
    windows: [window("UTC", 3)],
    ageMs: 1000,
    readAt: { status: NOW, document: NOW, figures: NOW, gate: NOW },
  });
  const list = (campaigns: readonly KnownHealth[], change: object = {}) =>
    tenantKnownOf({ campaigns, readAt: NOW, failed: null, ...change }, NOW);
  expect(list([whole, whole])).toMatchObject({ verdict: "ok", covers: { known: 2, of: 2 }, missing: [], away: null });
  const failed = { code: "forbidden", message: "no", at: NOW };
  const losses: readonly [Partial<KnownHealth>, string][] = [
    [{ readAt: { ...whole.readAt, status: null } }, "states"],
    [{ readAt: { ...whole.readAt, figures: null } }, "figures"],
    [{ ageMs: HOUR }, "figures of the last 15 minutes"],
    [{ readAt: { ...whole.readAt, gate: null } }, "calling windows"],
    [{ windows: [{ ...window("UTC", 3), until: NOW - 2 * HOUR }] }, "calling windows"],
    [{ failed }, "what could not be read the last time"],
    [{ dialing: null }, "whether they dial"],
    [{ reading: { ...reading(4), activeCalls: null } as never }, "calls under way"],
    [{ abandonment: { reading: { withinLimit: null } } as never }, "abandonment, while calls are imported"],
    [{ readAt: { ...whole.readAt, doNotCall: null } }, "do-not-call groups"],
    [{ readAt: { ...whole.readAt, doNotCall: NOW - HOUR } }, "do-not-call groups"],
    [{ readAt: { ...whole.readAt, doNotCall: NOW + HOUR } }, "do-not-call groups"],
    [
      { gate: { hoursOf: "campaign", covers: { known: 3, of: 9 }, from: "measured" } as never },
      "calling windows of contacts further down the lists",
    ],
    [
      { gate: { hoursOf: "campaign", covers: { known: 3, of: 3 }, from: "assumed" } as never },
      "the campaigns' own calling hours",
    ],
  ];
  for (const [loss, what] of losses)
    expect(list([whole, { ...whole, ...loss }])).toMatchObject({
      verdict: "unknown",
      covers: { known: 1, of: 2 },
      missing: [{ what, count: 1 }],
    });
  expect(list([{ ...whole, failed, isGone: true }, whole])).toMatchObject({ verdict: "ok", covers: { known: 1, of: 1 } });
  expect(list([whole], { readAt: null }).verdict).toBe("unknown");
  // Also where it names none: it may by now.
  expect(list([]).verdict).toBe("ok");
  expect(list([{ ...whole, readAt: { ...whole.readAt, doNotCall: NOW } }]).verdict).toBe("ok");
  // The oldest that is no old one.
  expect(list([], { readAt: NOW - 15 * 60_000 }).verdict).toBe("ok");
  expect(list([], { readAt: NOW - 15 * 60_000 - 1 }).verdict).toBe("unknown");
  // Of a clock that was set back since: nobody knows how old it is.
  expect(list([], { readAt: NOW + 15 * 60_000 + 1 }).verdict).toBe("unknown");
  expect(list([], { readAt: NOW - HOUR })).toMatchObject({
    verdict: "unknown",
    missing: [{ what: "the list of campaigns of the last 15 minutes", count: 1 }],
  });
  expect(list([whole], { failed })).toMatchObject({ verdict: "unknown", away: { reason: "no" } });
});

test("a campaign that dials while the tenant does not hold the company's list back is urgent", () => {
  expect(concerns(health({ unheld: { words: "does not obey the group", at: NOW, since: NOW } }))).toMatchObject([
    { code: "company_list_not_held", severity: "urgent", cause: "gate", evidence: ["does not obey the group"] },
  ]);
});

test.each([
  ["list_empty", "list"],
  ["nobody_callable", "list"],
  ["no_company_list", "gate"],
  ["no_agents", "agents"],
  ["no_lines", "lines"],
  ["no_agents_or_lines", "agents or lines"],
  ["dialer_settings", "pacing"],
  ["gate_unknown", null],
])("an active campaign that does not dial: %s is explained by %s, since its last call", (code, cause) => {
  expect(concerns(silent(code, "why"))).toMatchObject([
    { code: "not_dialing", severity: "soon", cause, evidence: ["why"], since: new Date(NOW - HOUR).toISOString() },
  ]);
});

test("a pair that a person must see to is told once, with its primary, since its phase began", () => {
  const failover = {
    role: "primary",
    partner: "b",
    phase: "halted",
    words: "halted",
    reason: "419 contacts on both",
    nextStep: "Activate one.",
  };
  const paused = { status: "paused", dialing: false, failover: failover as KnownHealth["failover"] };
  expect(concerns(health(paused))).toMatchObject([
    {
      code: "pair_halted",
      severity: "urgent",
      evidence: ["419 contacts on both"],
      next: "Activate one.",
      since: "2026-03-02T13:00:00.000Z",
    },
  ]);
  expect(concerns(health({ ...paused, failover: { ...failover, role: "backup" } as KnownHealth["failover"] }))).toEqual([]);
});

test("a hand-over is one thing from its first phase until it has failed back, since it began", () => {
  const at = (phase: string, change: object = {}) => {
    const failover = { role: "primary", partner: "b", phase, words: "the backup dials", reason: null, nextStep: null, ...change };
    return concerns(health({ status: "paused", dialing: false, failover: failover as KnownHealth["failover"] }));
  };
  const since = new Date(NOW - 4 * HOUR).toISOString();
  const phases = ["pausing", "draining", "handing-over", "gating", "activating", "verifying", "failed-over"];
  for (const phase of phases) expect(at(phase)).toMatchObject([{ code: "hand_over", severity: "soon", since, episode: since }]);
  expect(at("watching")).toEqual([]);
  // What needs a person says so instead.
  expect(at("halted")).toMatchObject([{ code: "pair_halted", severity: "urgent" }]);
  expect(at("failed-over", { nextStep: "Pause one." })).toMatchObject([{ code: "pair_needs_a_person", severity: "urgent" }]);
});

test("a tenant that cannot be read is one concern, not one for each campaign", () => {
  const failed = { code: "vendor_unavailable", message: "503", at: NOW };
  const one = { ...silent("unreachable", "cannot be asked"), dialing: null, failed };
  // What it did before stays.
  const last = {
    ...one,
    lastDialing: { value: false, at: NOW - HOUR, from: "measured" },
    lastNotDialing: silent("no_agents", "nobody is logged in").notDialing,
  } as const;
  expect(concerns(last, failed)).toMatchObject([
    { code: "tenant_unreadable" },
    { code: "not_dialing", cause: "agents", lastSeen: new Date(NOW - HOUR).toISOString() },
  ]);
  expect(concerns(one, failed)).toMatchObject([{ code: "tenant_unreadable", since: new Date(NOW - HOUR).toISOString() }]);
  expect(concerns(one)).toMatchObject([{ code: "not_known", cause: "tenant" }]);
});

test("an abandonment budget warns before it is used up, and is urgent when the limit is passed", () => {
  const budget = (abandoned: number, withinLimit: boolean, burnRate = 0.5) =>
    health({
      abandonment: {
        rule: "us",
        jurisdiction: "US",
        abandoned,
        live: 1000,
        allowed: 30,
        used: abandoned / 30,
        reading: {
          limit: { maxRate: 0.03, windowHours: 24 },
          pace: { burnRate },
          forecast: { exhaustedAt: null },
          withinLimit,
          by: "imports",
          importing: null,
        },
      } as KnownHealth["abandonment"],
    });
  expect(concerns(budget(10, true))).toEqual([]);
  const near = { code: "abandonment_near", severity: "soon" };
  expect(concerns(budget(25, true))).toMatchObject([{ ...near, what: "its abandonment budget is nearly used up" }]);
  // A third of it is used: it is the pace that needs somebody.
  const fast = { ...near, what: "calls are abandoned faster than its budget lasts" };
  expect(concerns({ ...budget(10, true, 1.1), status: "active" })).toMatchObject([fast]);
  const [over] = concerns(budget(40, false));
  expect(over).toMatchObject({ code: "abandonment_over", severity: "urgent" });
  expect(over?.evidence).toEqual(["40 of 1000 live answers abandoned, 4.00 %; the limit of us is 3.0 % over 1 d"]);
});

test("opt-outs are one concern past the deadline of the rules and another before it, however many there are", () => {
  const optOut = (id: number, deadline: string, states: readonly string[] = ["overdue", "confirmed"]) => ({
    id,
    number: `+1******${id}`,
    revokedAt: "2026-02-01T00:00:00.000Z",
    channel: "sms",
    reference: "",
    deadline,
    open: true,
    overdue: true,
    systems: states.map((state, i) => ({
      system: ["dialer", "crm"][i] ?? "",
      state,
      target: "2026-02-02T00:00:00.000Z",
      acknowledgedAt: null,
    })),
  });
  const many = Array.from({ length: 20 }, (_, i) => optOut(i, "2026-03-02"));
  expect(optOutConcerns([...many, optOut(30, "2026-03-01"), optOut(31, "2026-02-01", ["pending"])], NOW, true)).toMatchObject([
    { code: "opt_out_overdue", severity: "urgent", episode: "30", what: expect.stringMatching(/^1 not confirmed/) as string },
    {
      code: "opt_out_late",
      severity: "soon",
      what: "20 not confirmed by every system, past the time that outdial sets, not yet past the deadline of the rules",
      evidence: [
        "open at dialer: 20",
        "the first deadline of the rules is 2026-03-02",
        expect.stringMatching(/ and 15 more$/) as string,
      ],
    },
  ]);
  expect(optOutConcerns(many, NOW, false)).toMatchObject([{ what: expect.stringMatching(/^at least 20 /) as string }]);
});

test("a change of settings that waits, stands still, or was not put back is told with what its state takes", () => {
  const told = (state: Partial<Parameters<typeof settingsConcerns>[1]>) =>
    settingsConcerns(4, { phase: "polling", stop: null, outcome: null, message: null, ...state }, null);
  expect(told({})).toEqual([]);
  expect(told({ phase: "ended", outcome: "rolled_back" })).toEqual([]);
  expect(told({ phase: "paused" })).toMatchObject([{ code: "settings_wait", next: expect.stringContaining("Keep") }]);
  // Nothing can be decided about one that stands still: it can only go on.
  expect(told({ stop: { code: "vendor_unavailable", message: "no answer" } })).toMatchObject([
    { code: "settings_still", evidence: ["no answer"], next: expect.not.stringContaining("Keep") },
  ]);
  expect(told({ phase: "ended", outcome: "rollback_failed", message: "sent twice" })).toMatchObject([
    { code: "settings_not_put_back", severity: "urgent", evidence: ["sent twice"] },
  ]);
});

test("jobs that stand still are told one by one, many as one thing, and those that a service goes on with not at all", () => {
  const job = (id: string, error: unknown = { code: "not_authorised", message: "401", advice: "Renew." }) =>
    ({ id, kind: "tag", status: "stopped", error, sourceName: "calls.csv", campaignId: null, finishedAt: NOW, run: 1 }) as const;
  expect(jobConcerns([job("a"), job("b", { code: "interrupted", message: "", leaves: true })], 200)).toMatchObject([
    { code: "job_still", subject: { kind: "job", id: "a", name: "Tagging: calls.csv" }, evidence: ["401"], next: "Renew." },
  ]);
  expect(jobConcerns([{ ...job("d"), kind: "dialer-change" }], 200)).toEqual([]);
  const many = jobConcerns(
    ["a", "b", "c", "d"].map((id) => job(id, null)),
    4,
  );
  expect(many).toMatchObject([{ code: "jobs_still", subject: { id: "", name: "at least 4 jobs" } }]);
  expect(many[0]?.evidence[3]).toBe("Tagging: calls.csv (d): the reason is not known");
});
