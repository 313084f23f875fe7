// What is read next: what people look at first, nothing twice as often as it must be, and nothing never.

import { expect, test } from "vitest";
import { type Asked, dueReadings, owedAfter, type RefreshState } from "./order.ts";

const NOW = 10_000_000;
const NOBODY: Asked = { list: -Infinity, dialers: new Map(), campaigns: new Map() };
type Reading = RefreshState["readings"][number];

const reading = (what: Reading["what"], subject: string, ageMs: number, goodUntil: number | null = null): Reading => ({
  what,
  subject,
  readAt: NOW - ageMs,
  triedAt: NOW - ageMs,
  problem: null,
  goodUntil,
});
/** Everything read so long ago. */
const all = (ids: readonly string[], ageMs: number): Reading[] => [
  reading("campaigns", "", ageMs),
  reading("dialer", "", ageMs),
  ...ids.flatMap((id) => (["figures", "campaign", "gate", "workload"] as const).map((what) => reading(what, id, ageMs))),
];
const order = (state: Partial<RefreshState>) =>
  dueReadings({
    now: NOW,
    campaigns: ["a", "b"],
    readings: [],
    asked: NOBODY,
    perCampaign: false,
    turn: 0,
    owed: 6,
    ...state,
  }).map(({ what, subject }) => `${what} ${subject}`.trim());

test("of an unknown tenant the list comes first, then all figures, then what takes several requests", () => {
  expect(order({})).toEqual([
    "campaigns",
    "dialer",
    "figures a",
    "figures b",
    "campaign a",
    "gate a",
    "workload a",
    "campaign b",
    "gate b",
    "workload b",
  ]);
  expect(order({ campaigns: [] })).toEqual(["campaigns", "dialer"]);
});

test("what is young is left alone; what somebody looks at is due sooner, and before the rest", () => {
  expect(order({ readings: all(["a", "b"], 19_000) })).toEqual([]);
  expect(order({ readings: all(["a", "b"], 30_000) })).toEqual([]);
  const asked = { list: -Infinity, dialers: new Map([["", NOW - 1000]]), campaigns: new Map([["b", NOW - 1000]]) };
  expect(order({ readings: all(["a", "b"], 30_000), asked })).toEqual(["dialer", "figures b"]);
  expect(order({ readings: all(["a", "b"], 70_000), asked })).toEqual([
    "campaigns",
    "dialer",
    "figures b",
    "campaign b",
    "workload b",
    "figures a",
  ]);
  const list = { ...NOBODY, list: NOW };
  expect(order({ readings: all(["a", "b"], 30_000), asked: list })).toEqual(["campaigns", "figures a", "figures b"]);
  expect(order({ readings: all(["a", "b"], 30_000), asked: { ...list, list: NOW - 60_000 } })).toEqual([]);
});

test("an open page does not keep the others from their turn for good", () => {
  const asked = { ...NOBODY, campaigns: new Map([["b", NOW]]) };
  const readings = all(["a", "b"], 59_000).map((one) => (one.subject === "a" ? { ...one, triedAt: NOW - 600_000 } : one));
  const first = [0, 1, 2, 3, 4].map((turn) => order({ readings, asked, turn })[0]);
  expect(first).toEqual(["figures b", "figures b", "figures b", "figures a", "figures b"]);
});

test("what was changed, or whose window turned, is due however young it is; what failed counts from the attempt", () => {
  const young = all(["a"], 1000);
  expect(
    order({ campaigns: ["a"], readings: [...young.filter(({ what }) => what !== "gate"), reading("gate", "a", 1000, NOW)] }),
  ).toEqual(["gate a"]);
  expect(
    order({ campaigns: ["a"], readings: [...young.filter(({ what }) => what !== "gate"), reading("gate", "a", 1000, NOW + 1)] }),
  ).toEqual([]);
  const failed = { ...reading("figures", "a", 1000), readAt: null, problem: { code: "x", message: "y" } };
  expect(order({ campaigns: ["a"], readings: [...young.slice(0, 2), failed, ...young.slice(3)] })).toEqual([]);
});

test("a page that is open of a campaign that no list names yet has it read", () => {
  const asked = { ...NOBODY, campaigns: new Map([["new", NOW]]) };
  expect(order({ campaigns: [], readings: all([], 1000), asked })).toEqual([
    "figures new",
    "campaign new",
    "gate new",
    "workload new",
  ]);
});

test("figures that are due do not wait for campaigns whose gate was never looked at, nor those for the figures", () => {
  const figures = ["a", "b"].map((id) => reading("figures", id, 400_000));
  const readings = [reading("campaigns", "", 1000), reading("dialer", "", 1000), ...figures];
  expect(order({ readings, owed: 0 })).toEqual([
    "campaign a",
    "figures a",
    "figures b",
    "gate a",
    "workload a",
    "campaign b",
    "gate b",
    "workload b",
  ]);
  expect(order({ readings, owed: 2 }).slice(0, 3)).toEqual(["figures a", "figures b", "campaign a"]);
});

test("dialer settings of each campaign are read while somebody looks at them, and no others", () => {
  const none = { perCampaign: true, readings: all(["a", "b"], 1000).filter(({ what }) => what !== "dialer") };
  expect(order(none)).toEqual([]);
  const dialers = new Map([
    ["b", NOW - 1000],
    ["a", NOW - 60_000],
  ]);
  expect(order({ ...none, asked: { ...NOBODY, dialers } })).toEqual(["dialer b"]);
});

/** An hour at so many requests a minute, four readings at a time; the oldest figures at any moment once all were read, and what was read. */
function hour(count: number, perMinute: number, minutes = 60) {
  const ids = Array.from({ length: count }, (_, i) => `c${i}`);
  const readings = new Map<string, Reading>();
  const begin = 1_000_000_000;
  let oldest = 0;
  let owed = 0;
  let now = begin;
  for (let turn = 0; now < begin + minutes * 60_000; ) {
    const readAll = [...readings.values()];
    const due = dueReadings({ now, campaigns: ids, readings: readAll, asked: NOBODY, perCampaign: false, turn, owed }).slice(
      0,
      4,
    );
    if (due.length === 0) now += 1000;
    for (const one of due) {
      owed = owedAfter(owed, one);
      turn += 1;
      now += (60_000 / perMinute) * (one.what === "campaigns" ? Math.ceil(count / 100) : one.requests);
      const name = `${one.what} ${one.subject}`;
      if (one.what === "figures") oldest = Math.max(oldest, now - (readings.get(name)?.readAt ?? now));
      readings.set(name, { ...reading(one.what, one.subject, 0), readAt: now, triedAt: now });
    }
  }
  const read = (what: Reading["what"]) => ids.filter((id) => readings.has(`${what} ${id}`)).length;
  for (const id of ids) oldest = Math.max(oldest, now - (readings.get(`figures ${id}`)?.readAt ?? Number.NEGATIVE_INFINITY));
  return { oldestMin: oldest / 60_000, figures: read("figures"), gates: read("gate") };
}

test.each([
  [2, 1.5, 2],
  [22, 2, 22],
  // Younger than the five minutes after which figures are stale.
  [200, 5, 70],
  [1000, 30, 40],
])(
  "with %i campaigns and 50 requests a minute no figures are older than %d minutes, and at least %i gates were looked at in an hour",
  (count, most, gates) => {
    const found = hour(count, 50);
    expect(found.oldestMin).toBeLessThan(most);
    expect(found).toMatchObject({ figures: count });
    expect(found.gates).toBeGreaterThanOrEqual(gates);
  },
);

test("every gate is looked at in the end", () => {
  expect(hour(200, 50, 180)).toMatchObject({ gates: 200 });
});

test("looks that share a list come before the figures, those with calls under way first: 200 campaigns on 5 lists take 15 requests", () => {
  const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);
  const lists = new Map(ids.map((id, i) => [id, `list ${i % 5}`]));
  const due = dueReadings({
    now: NOW,
    campaigns: ids,
    readings: [reading("campaigns", "", 0), reading("dialer", "", 0), ...ids.map((id) => reading("campaign", id, 0))],
    lists,
    calling: new Set(["c8"]),
    asked: NOBODY,
    perCampaign: false,
    turn: 0,
    owed: 0,
  });
  const first = due.slice(0, 200);
  expect(new Set(first.map(({ what }) => what))).toEqual(new Set(["gate"]));
  expect(first[0]).toMatchObject({ subject: "c8" });
  expect(first.reduce((sum, { requests }) => sum + requests, 0)).toBe(15);
});
