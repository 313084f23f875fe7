// The list of campaigns: what is searched, filtered and sorted, and which campaign comes first.

import { expect, test } from "vitest";
import type { ApiTypes } from "../../server/index.ts";
import {
  addressOfList,
  budgetsNearlyUsed,
  callsThough,
  listed,
  listQueryOf,
  savedViews,
  stateOf,
  urgencyOf,
  withView,
} from "./campaign-list.ts";
import { offeredVerbs } from "./verbs.ts";

type Summary = ApiTypes.CampaignSummary;
const NOW = Date.UTC(2026, 2, 2, 15);
const at = new Date(NOW - 60_000).toISOString();

const READ = { at, from: "measured", code: null, why: null, since: null } as const;
function campaign(id: string, change: Partial<Summary> = {}): Summary {
  return {
    id,
    name: `Name of ${id}`,
    status: "active",
    activeCalls: 0,
    successRate: null,
    threshold: null,
    windowMinutes: 30,
    figures: null,
    abandonment: null,
    windows: [],
    dialing: true,
    lastDialing: { value: true, at: null, from: "measured" },
    mayDial: { verdict: "ok", why: [], atAnyHour: false },
    notDialing: null,
    failover: null,
    workload: { penetration: null, hoursLeft: null, callbacksDue: null, agents: null, occupancy: null, at },
    lastMetricAt: at,
    known: { status: READ, figures: READ, windows: { ...READ, covers: null } },
    ...change,
  };
}

const pair = (change: Partial<NonNullable<Summary["failover"]>>): NonNullable<Summary["failover"]> => ({
  role: "primary",
  partner: "backup_7",
  phase: "watching",
  dials: "primary",
  words: "",
  reason: null,
  nextStep: null,
  triggered: false,
  ...change,
});
const ALL = { text: "", shown: "", state: "", order: "worst", isReversed: false } as const;
const closed = { zone: "Asia/Tokyo", open: false, changesAt: null, contacts: 3, openContacts: 0 };
const halted = campaign("halted", { failover: pair({ phase: "halted", dials: null }), status: "paused", dialing: false });
const idle = campaign("idle", { dialing: false });
const unread = campaign("unread", { dialing: null, status: null });
const forbidden = { verdict: "not_ok", why: ["outside hours"], atAnyHour: false } as const;
const outside = campaign("outside", { activeCalls: 4, windows: [closed], mayDial: forbidden });
const good = campaign("good", { activeCalls: 90, failover: pair({}) });

test("calls that must not be are the most urgent, with halted pairs; what is not known comes before what is well", () => {
  expect(callsThough(outside)).toBe(true);
  expect(callsThough({ ...outside, activeCalls: 0 })).toBe(false);
  expect(callsThough({ ...outside, mayDial: { ...forbidden, verdict: "unknown" } })).toBe(false);
  // Its figures are old, or the tenant is away: what was seen last stays, and is no better.
  const away = { dialing: null, known: { ...outside.known, figures: { ...READ, code: "unreachable", why: "503" } } };
  for (const one of [outside, campaign("between calls", { mayDial: forbidden })])
    for (const change of [{}, away]) {
      expect(urgencyOf({ ...one, ...change })).toBe(3);
      expect(stateOf({ ...one, ...change })).toBe("must-not");
    }
  expect([halted, outside, idle, unread, good].map(urgencyOf)).toEqual([3, 3, 2, 1, 0]);
  const ids = (query: Parameters<typeof listed>[1]) => listed([good, unread, idle, outside, halted], query).map(({ id }) => id);
  expect(ids(listQueryOf({}))).toEqual(["halted", "outside", "idle", "unread", "good"]);
  expect(ids(listQueryOf({ sort: "calls" }))).toEqual(["good", "outside", "halted", "idle", "unread"]);
  expect(ids(listQueryOf({ show: "attention" }))).toEqual(["halted", "outside", "idle"]);
  expect(ids(listQueryOf({ q: " NAME  backup_7 ", sort: "name" }))).toEqual(["good", "halted"]);
});

test("a campaign has the worst state that is known of it, and one that is not known has no better one", () => {
  const person = { first: "", all: [{ code: "paused_by_outdial", text: "" }] };
  const paused = { status: "paused", dialing: false } as const;
  expect([good, idle, unread, halted].map(stateOf)).toEqual(["dialing", "not-dialing", "unknown", "halted"]);
  for (const [change, state] of [
    [{ mayDial: forbidden }, "must-not"],
    [{ ...paused, notDialing: person }, "paused-person"],
    [paused, "paused"],
    [{ ...paused, dialing: null }, "unknown"],
    [{ failover: pair({ phase: "gating", dials: null }) }, "handing-over"],
    [{ ...paused, failover: pair({ phase: "failed-over", dials: "backup" }) }, "handed-over"],
  ] as const)
    expect(stateOf(campaign("a", change))).toBe(state);
  expect(listed([good, idle, halted], { ...ALL, state: "halted" }).map(({ id }) => id)).toEqual(["halted"]);
});

test("budgets nearly used are counted among those that are known; of none there is no count", () => {
  const budget = (withinLimit: boolean | null, used: number | null) =>
    campaign("a", { abandonment: { withinLimit, used } as unknown as Summary["abandonment"] });
  const unknown = [budget(null, null), campaign("b")];
  expect(budgetsNearlyUsed([])).toEqual({ count: 0, known: 0 });
  expect(budgetsNearlyUsed(unknown)).toEqual({ count: null, known: 0 });
  expect(budgetsNearlyUsed([...unknown, budget(true, 0.1)])).toEqual({ count: 0, known: 1 });
  expect(budgetsNearlyUsed([budget(true, 0.8), budget(false, null), budget(true, 0.79)])).toEqual({ count: 2, known: 3 });
});

test("the address holds what is asked for, and nothing that is not known", () => {
  expect(addressOfList(listQueryOf({ q: "a&b", show: "paused", sort: "budget" }))).toBe("/?q=a%26b&show=paused&sort=budget");
  expect(addressOfList(listQueryOf({ show: "constructor", sort: "" }))).toBe("/");
});

test("views that were saved are read back; what is none is left out, and none leads elsewhere", () => {
  const views = withView(withView([], { name: "mine", address: "/?q=a" }), { name: "mine", address: "/?q=b" });
  expect(savedViews(JSON.stringify(views))).toEqual([{ name: "mine", address: "/?q=b" }]);
  for (const text of [null, "{", "7", '[{"name":1}]', '[{"name":"x","address":"//evil.example"}]'])
    expect(savedViews(text)).toEqual([]);
});

test("a verb is offered where it would change something; both where the state is not known well", () => {
  const offered = (change: Partial<Summary>) => offeredVerbs(campaign("a", change), NOW);
  expect(offered({})).toEqual(["pause"]);
  expect(offered({ status: "paused" })).toEqual(["resume"]);
  const known = (change: Partial<Summary["known"]["status"]>) => ({
    status: "paused",
    known: { ...campaign("a").known, status: { ...READ, ...change } },
  });
  const old = known({ at: new Date(NOW - 3_600_000).toISOString() });
  for (const change of [old, { status: null }, known({ code: "x", why: "x" })])
    expect(offered(change)).toEqual(["pause", "resume"]);
  expect(offered({ failover: pair({}) })).toEqual(["pause", "failover", "drill"]);
  expect(offered({ failover: pair({ phase: "failed-over" }) })).toEqual(["pause", "failback", "drill"]);
  expect(offered({ failover: pair({ phase: "halted" }) })).toEqual(["pause", "failover", "failback", "drill"]);
});

test("what is not known of the work left stands last, whichever way it is sorted", () => {
  const none = campaign("none").workload;
  const short = campaign("short", { workload: { ...none, hoursLeft: 0.4, penetration: 0.9, callbacksDue: 2, occupancy: 0.5 } });
  const long = campaign("long", { workload: { ...none, hoursLeft: 40, penetration: 0, callbacksDue: 0, occupancy: 0.9 } });
  const unknown = campaign("unknown");
  const ids = (order: "hours" | "penetration" | "callbacks" | "occupancy", isReversed = false) =>
    listed([unknown, long, short], { ...ALL, order, isReversed }).map(({ id }) => id);
  for (const order of ["hours", "penetration", "callbacks", "occupancy"] as const)
    expect([order, ids(order), ids(order, true)]).toEqual([order, ["short", "long", "unknown"], ["long", "short", "unknown"]]);
});
