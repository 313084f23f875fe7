// What is read next: what people look at first, nothing twice as often as it must be, and nothing never.

import { expect, test } from "vitest";
import { type Asked, dueReadings, owedAfter, type RefreshState } from "./refresh.ts";
import { isRecent } from "./shared-lists.ts";

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
    asksWork: true,
    lists: new Map(),
    atHand: new Set(),
    calling: new Set(),
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

test("work that outdial counts by itself keeps no document waiting: it takes no request", () => {
  const ids = ["a", "b"];
  const readings = all(ids, 70_000).filter(({ what }) => what !== "campaign" && what !== "workload");
  const told = dueReadings({
    now: NOW,
    campaigns: ids,
    readings,
    asked: NOBODY,
    perCampaign: false,
    asksWork: false,
    lists: new Map(),
    atHand: new Set(),
    calling: new Set(),
    turn: 0,
    owed: 0,
  });
  expect(told.filter(({ what }) => what === "workload").map(({ requests }) => requests)).toEqual([0, 0]);
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

test("what was read by a clock that was set back since is due at once; a minute ahead is another machine's clock", () => {
  expect(order({ readings: all(["a"], -60_000), campaigns: ["a"] })).toEqual([]);
  expect(order({ readings: all(["a"], -60_001), campaigns: ["a"] })).toEqual([
    "campaigns",
    "dialer",
    "figures a",
    "campaign a",
    "gate a",
    "workload a",
  ]);
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

/** So often it is looked up what is due, ms of the simulated time: as a service does, of many campaigns less often. */
const lookedUpMs = (count: number) => (count > 200 ? 5000 : 2000);
/**
 * An hour at so many requests a minute, four readings at a time or fewer, whose requests take turns; the oldest figures at any moment once all were read, what was
 * read, and when every campaign had been looked at.
 * @param lists how many contact lists they have; each its own by default @param documents whether the list of campaigns gives them whole
 * @param looked whether somebody has the list of campaigns open
 */
function hour(
  count: number,
  perMinute: number,
  { minutes = 60, lists = count, documents = true, looked = false, atOnce = 4 } = {},
) {
  const ids = Array.from({ length: count }, (_, i) => `c${i}`);
  const readings = new Map<string, Reading>();
  const listOf = new Map<string, string>();
  const listRead = new Map<string, number>();
  const begin = 1_000_000_000;
  let oldest = 0;
  let owed = 0;
  let now = begin;
  let whole: number | null = null;
  /** Requests for single documents. */
  let single = 0;
  const under: { one: ReturnType<typeof dueReadings>[number]; left: number; began: number }[] = [];
  const keep = (what: Reading["what"], subject: string, began: number) =>
    readings.set(`${what} ${subject}`, { ...reading(what, subject, 0), readAt: began, triedAt: now });
  const begins = (one: (typeof under)[number]["one"]) => {
    const { what, subject, requests } = one;
    if (what === "campaigns") return Math.ceil(count / 100);
    const list = listOf.get(subject);
    if (what === "campaign") single += 1;
    if (what !== "gate" || list === undefined) return requests;
    // What a look needs: its document, unless the list of campaigns has told enough or one is young enough, and the contacts, unless they are at hand.
    const readAt = readings.get(`campaign ${subject}`)?.readAt;
    const document = readAt === undefined || readAt === null || isRecent(readAt, now) ? 0 : 1;
    single += document;
    return document + (isRecent(listRead.get(list) ?? Number.NEGATIVE_INFINITY, now) ? 0 : 2);
  };
  const ends = ({ one: { what, subject }, began }: (typeof under)[number]) => {
    if (what === "figures") oldest = Math.max(oldest, now - (readings.get(`figures ${subject}`)?.readAt ?? now));
    // The list of campaigns names the contact list of each.
    if (what === "campaigns" && lists < count)
      for (const [i, id] of ids.entries()) {
        listOf.set(id, `list ${i % lists}`);
        if (documents) keep("campaign", id, began);
      }
    const list = what === "gate" ? listOf.get(subject) : undefined;
    if (list !== undefined && !isRecent(listRead.get(list) ?? Number.NEGATIVE_INFINITY, now)) listRead.set(list, now);
    keep(what, subject, began);
    if (ids.every((id) => readings.has(`gate ${id}`))) whole ??= now - begin;
  };
  let due: ReturnType<typeof dueReadings> = [];
  const lookUp = (turn: number) => {
    const atHand = new Set([...listRead].flatMap(([list, at]) => (isRecent(at, now) ? [list] : [])));
    const asked = looked ? { ...NOBODY, list: now } : NOBODY;
    const state = { now, campaigns: ids, readings: [...readings.values()], asked, perCampaign: false, asksWork: true };
    due = dueReadings({ ...state, lists: listOf, atHand, calling: new Set(), turn, owed });
    dueAt = now;
  };
  let dueAt = Number.NEGATIVE_INFINITY;
  for (let turn = 0; now < begin + minutes * 60_000; ) {
    if (under.length < atOnce) {
      if (due.length === 0 || now - dueAt >= lookedUpMs(count)) lookUp(turn);
      while (under.length < atOnce) {
        const one = due.shift();
        if (one === undefined) break;
        if (under.some((busy) => busy.one.what === one.what && busy.one.subject === one.subject)) continue;
        owed = owedAfter(owed, one);
        turn += 1;
        under.push({ one, left: begins(one), began: now });
      }
    }
    if (under.length === 0) now += 1000;
    const [served] = under;
    if (served === undefined) continue;
    under.shift();
    if (served.left > 0) {
      now += 60_000 / perMinute;
      served.left -= 1;
    }
    if (served.left > 0) under.push(served);
    else ends(served);
  }
  const read = (what: Reading["what"]) => ids.filter((id) => readings.has(`${what} ${id}`)).length;
  for (const id of ids) oldest = Math.max(oldest, now - (readings.get(`figures ${id}`)?.readAt ?? Number.NEGATIVE_INFINITY));
  return {
    oldestMin: oldest / 60_000,
    figures: read("figures"),
    gates: read("gate"),
    single,
    wholeMin: whole === null ? Number.POSITIVE_INFINITY : whole / 60_000,
  };
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
    const found = hour(count, 50, { atOnce: 1 });
    expect(found.oldestMin).toBeLessThan(most);
    expect(found).toMatchObject({ figures: count });
    expect(found.gates).toBeGreaterThanOrEqual(gates);
  },
);

test("every gate is looked at in the end", () => {
  expect(hour(200, 50, { minutes: 180, atOnce: 1 })).toMatchObject({ gates: 200 });
});

// The background has half of the hundred a minute, and a burst of some of them.
const PER_MINUTE = 47;
test.each([
  [200, 5, 2, 6, true],
  [1000, 50, 15, 30, true],
  [200, 5, 2, 6, false],
  [1000, 50, 15, 30, false],
])(
  "the windows of %i campaigns on %i lists are known within %d minutes, looked at or not, and no figures wait longer than %d minutes for it; whole documents in the list: %s",
  (count, lists, most, oldest, documents) => {
    const found = hour(count, PER_MINUTE, { minutes: 40, lists, documents });
    expect(found.oldestMin).toBeLessThan(oldest);
    expect(found).toMatchObject({ figures: count });
    for (const one of [found, hour(count, PER_MINUTE, { minutes: most, lists, documents, looked: true })]) {
      expect(one.wholeMin).toBeLessThan(most);
      // What the list of campaigns brings takes no request for each.
      if (documents) expect(one.single).toBe(0);
    }
  },
);

test("a look whose document or contacts are older than a look may be takes requests, and no others of its list come before it", () => {
  const lists = new Map(["a", "b"].map((id) => [id, "list"]));
  const looksAt = (documentMs: number, atHand: readonly string[]) =>
    dueReadings({
      now: NOW,
      campaigns: ["a", "b"],
      readings: [reading("campaigns", "", 0), ...["a", "b"].map((id) => reading("campaign", id, documentMs))],
      asked: NOBODY,
      perCampaign: true,
      asksWork: true,
      lists,
      atHand: new Set(atHand),
      calling: new Set(),
      turn: 0,
      owed: 0,
    }).flatMap(({ what, subject, requests }) => (what === "gate" ? [[subject, requests > 0]] : []));
  expect(looksAt(299_999, ["list"])).toEqual([
    ["a", false],
    ["b", false],
  ]);
  expect(looksAt(300_000, ["list"])).toEqual([["a", true]]);
  expect(looksAt(0, [])).toEqual([["a", true]]);
});

test("first looks at a list of several campaigns come before the figures, those with calls under way first, and cost requests once", () => {
  const ids = Array.from({ length: 200 }, (_, i) => `c${i}`);
  const lists = new Map(ids.map((id, i) => [id, `list ${i % 5}`]));
  const readings = [reading("campaigns", "", 0), reading("dialer", "", 0), ...ids.map((id) => reading("campaign", id, 0))];
  const state = {
    now: NOW,
    campaigns: ids,
    readings,
    lists,
    calling: new Set(["c8"]),
    asked: NOBODY,
    perCampaign: false,
    asksWork: true,
  };
  const due = dueReadings({ ...state, atHand: new Set(["list 1"]), turn: 0, owed: 0 });
  const looks = due.filter(({ what }) => what === "gate");
  // What takes no request keeps nothing waiting: the forty of the list that was read a moment ago.
  expect(due.slice(0, 40)).toEqual(looks.slice(0, 40));
  expect(looks[40]).toMatchObject({ subject: "c8" });
  // Of each of the other four lists one, three requests each; the rest waits for its contacts.
  expect([looks.length, looks.reduce((sum, { requests }) => sum + requests, 0)]).toEqual([44, 12]);
});

test("a first look that failed is made again before second looks at others, once its list is at hand", () => {
  const ids = ["a", "b", "c"];
  const lists = new Map(ids.map((id) => [id, "list"]));
  const failed = { ...reading("gate", "c", 300_000), readAt: null, problem: { code: "x", message: "y" } };
  const looked = ["a", "b"].map((id) => reading("gate", id, 400_000));
  const others = ids.flatMap((id) => [reading("campaign", id, 0), reading("figures", id, 0), reading("workload", id, 0)]);
  const readings = [reading("campaigns", "", 0), reading("dialer", "", 0), ...others, ...looked, failed];
  const looks = (atHand: readonly string[]) => order({ campaigns: ids, readings, lists, atHand: new Set(atHand) });
  expect(looks(["list"])).toEqual(["gate c", "gate a", "gate b"]);
  expect(looks([])).toEqual(["gate a", "gate b", "gate c"]);
});

test("a campaign that calls is looked at first although nobody knows its list", () => {
  const readings = ["a", "b", "c"].map((id) => reading("figures", id, 1000));
  const looks = order({ campaigns: ["a", "b", "c"], readings, calling: new Set(["c"]), owed: 0 });
  expect(looks.slice(0, 3)).toEqual(["campaigns", "gate c", "dialer"]);
});
