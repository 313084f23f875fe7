// Decisions with citation and date of the reading. Those on hours, holidays and borders were written from the statutes without looking at the pack, but for the
// lines that say otherwise; those of law-terms.txt with the pack at hand, those of law-from-texts.txt from what was read on one day, before its rules were looked at.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compilePack, createBuiltinGeography, decide, parseQuestion, usCaUk2026 } from "../../../src/compliance/index.ts";

const DAY_MS = 86_400_000;
const pack = compilePack(usCaUk2026(), { geography: createBuiltinGeography() });
const read = (name: string) => readFileSync(new URL(`../../data/compliance/${name}`, import.meta.url), "utf8");

/** Facts that satisfy every rule but those on clocks and calendars. */
const PERMITTED = { consent: { level: "written", at: "2025-06-01T00:00:00Z" }, lineType: "landline" };
const dayBefore = (at: string) => new Date(Date.parse(at) - DAY_MS).toISOString().slice(0, 10);
/** What was decided here, each once, and the rules of the pack that denied something. */
const decided = new Set<string>();
const denied = new Set<string>();
/** Of each call and its facts, at which instants it was decided, and which rules denied it then. */
const moments = new Map<string, Map<number, ReadonlySet<string>>>();
function rules(code: string, callType: string, at: string, facts: object = {}): readonly string[] {
  const number = code.startsWith("+") ? code : `+1${code}5550131`;
  const asked = { number, callType, at, ...PERMITTED, rndQueriedOn: dayBefore(at), ...facts };
  decided.add(JSON.stringify(asked));
  const { call, facts: known, at: now } = parseQuestion(asked);
  const { rules: broken, reasons } = decide(call, known, pack, now);
  const denying = new Set(reasons.flatMap(({ ruleId }) => ruleId ?? []));
  for (const ruleId of denying) denied.add(ruleId);
  const same = JSON.stringify({ number, callType, ...PERMITTED, ...facts });
  moments.set(same, (moments.get(same) ?? new Map()).set(now, denying));
  return broken;
}

/** Where express consent lifts the rule about holidays. */
const LIFTED_BY_CONSENT = ["US-UT", "US-NE"];
const blocks = read("law-holidays.txt")
  .split(/\n\n+/)
  .slice(1)
  .map((block) => {
    const [head = "", ...lines] = block.trim().split("\n");
    const [state = "", codes = "", offset = "", types = "", citation = "", on = "", violation = "HOLIDAY"] = head.split(" | ");
    return { state, codes: codes.split(" "), offset, types: types.split(" "), citation, on, violation, lines };
  });

describe.each(blocks)("$state, $citation, read $on", ({ state, codes, offset, types, violation, lines }) => {
  const facts = LIFTED_BY_CONSENT.includes(state) ? { consent: undefined } : {};
  const asked = (date: string) =>
    codes.flatMap((code) => types.map((type) => ({ date, type, rules: rules(code, type, `${date}T11:30:00${offset}`, facts) })));
  test.each(lines)("%s", (line) => {
    const [kind] = line.split(" ");
    for (const one of (line.match(/\d{4}-\d\d-\d\d/g) ?? []).flatMap(asked)) {
      // A recording that nobody consented to is played on no day.
      const otherwise = "consent" in facts && one.type === "prerecorded" ? ["CONSENT_REQUIRED"] : [];
      if (kind === "open") expect(one).toEqual({ ...one, rules: otherwise });
      else expect(one.rules, one.date).toContain(violation);
    }
  });
});

const rows = (name: string) =>
  read(name)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(" | "));

describe("first and last allowed second", () => {
  test.each(rows("law-hours.txt"))(
    "%s %s %s %s%s: %s to %s (%s; %s, read %s)",
    (state = "", code = "", type = "", date = "", offset = "", first = "", last = "", violation = "") => {
      const facts = state === "US-UT" ? { consent: undefined } : {};
      const asked = (time: string, ms: number) =>
        rules(code, type, new Date(Date.parse(`${date}T${time}:00${offset}`) + ms).toISOString(), facts);
      const broken = expect.arrayContaining([expect.stringContaining(violation)]);
      if (first === "-") {
        for (const time of ["08:00", "12:00", "19:59"]) expect(asked(time, 0), time).toEqual(broken);
        return;
      }
      expect(asked(first, -1000)).toEqual(broken);
      expect(asked(first, 0)).toEqual([]);
      expect(asked(last, -1000)).toEqual([]);
      expect(asked(last, 0)).toEqual(broken);
    },
  );
});

describe("last and first second of what is no clock", () => {
  test.each(rows("law-terms.txt"))(
    "%s %s %s %s: allowed at %s, denied at %s: %s (%s, read %s)",
    (_state = "", code = "", type = "", text = "", allowed = "", forbidden = "", violation = "") => {
      const given = Object.entries(JSON.parse(text) as object).map(([name, fact]) => [name, fact ?? undefined]);
      const facts = Object.fromEntries(given) as object;
      if (allowed !== "-") expect(rules(code, type, allowed, facts)).toEqual([]);
      if (forbidden !== "-") expect(rules(code, type, forbidden, facts)).toContain(violation);
    },
  );
});

describe("what was written from the texts before the pack's rule was looked at", () => {
  test.each(rows("law-from-texts.txt"))(
    "%s %s %s %s: allowed at %s, denied at %s: %s (%s)",
    (_state = "", code = "", types = "", text = "", allowed = "", forbidden = "") => {
      const given = Object.entries(JSON.parse(text) as object).map(([name, fact]) => [name, fact ?? undefined]);
      const facts = Object.fromEntries(given) as object;
      const asked = (moments: string, denied: boolean) =>
        moments.split(" ").flatMap((at) => {
          const broken =
            at === "-" ? [] : types.split(" ").map((type) => [`${type} ${at}`, rules(code, type, at, facts)] as const);
          return broken.filter(([, of]) => of.length > 0 !== denied);
        });
      expect({ denied: asked(allowed, false), allowed: asked(forbidden, true) }).toEqual({ denied: [], allowed: [] });
    },
  );
});

describe("neighbours at borders of zones", () => {
  const HOUR_MS = 3_600_000;
  test.each(rows("law-borders.txt"))(
    "%s (%s, %s) and %s (%s) are open by their own clocks",
    (_ahead, zip, offset, _behind, other, by) => {
      const behind = by === "same" ? 0 : HOUR_MS;
      const open = (postal: string | undefined, time: string, ms: number) => {
        const at = Date.parse(`2026-06-16T${time}:00${offset}`) + ms;
        // A toll-free number says nothing of a place, so that the address alone does.
        return rules("800", "collection", new Date(at).toISOString(), { postal }).length === 0;
      };
      for (const [postal, ms] of [
        [zip, 0],
        [other, behind],
      ] as const) {
        const [first, end] = /^[A-Z]/.test(postal ?? "") ? (["09:00", "21:30"] as const) : (["08:00", "21:00"] as const);
        const told = [
          open(postal, first, ms - 1000),
          open(postal, first, ms),
          open(postal, end, ms - 1000),
          open(postal, end, ms),
        ];
        expect(told, postal).toEqual([false, true, true, false]);
      }
    },
  );

  // From maps: each state and those of its neighbours that follow it.
  const STATES =
    "AL FL GA MS TN;AZ CA NM NV UT;AR LA MO MS OK TN TX;CA NV OR;CO KS NE NM OK UT WY;CT MA NY RI;DE MD NJ PA;DC MD VA;FL GA;GA NC SC TN;ID MT NV OR UT WA WY;" +
    "IL IN IA KY MO WI;IN KY MI OH;IA MN MO NE SD WI;KS MO NE OK;KY MO OH TN VA WV;LA MS TX;ME NH;MD PA VA WV;MA NH NY RI VT;MI OH WI;MN ND SD WI;MS TN;" +
    "MO NE OK TN;MT ND SD WY;NE SD WY;NV OR UT;NH VT;NJ NY PA;NM OK TX UT;NY PA VT;NC SC TN VA;ND SD;OH PA WV;OK TX;OR WA;PA WV;SD WY;TN VA;UT WY;VA WV";
  const PROVINCES = "BC AB NT YT;AB NT SK;SK MB NT;MB NU ON;ON QC;QC NB NL;NB NS;NT NU YT";
  const ACROSS = "AK BC YT;WA BC;ID BC;MT BC AB SK;ND SK MB;MN MB ON;MI ON;NY ON QC;VT QC;NH QC;ME QC NB";

  test("every state with several clocks, and every two neighbours of which one has several or another one, are among them", () => {
    const geography = createBuiltinGeography();
    const june = (zone: string) =>
      new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" })
        .formatToParts(Date.parse("2026-06-16T18:00:00Z"))
        .find(({ type }) => type === "timeZoneName")?.value ?? zone;
    const clocks = new Map<string, Set<string>>();
    const letters = "ABCEGHJKLMNPRSTVWXYZ".split("");
    const fsas = letters.flatMap((a) => Array.from({ length: 10 }, (_, d) => letters.map((b) => `${a}${d}${b} 1A1`)).flat());
    const placeOf = (postal: string) => {
      const { state, zones = [] } = geography.postal(postal) ?? {};
      return { state: state ?? "", zones };
    };
    // A code with two zones has both sides of a border in it.
    for (const postal of [...Array.from({ length: 100_000 }, (_, i) => String(i).padStart(5, "0")), ...fsas]) {
      const { state, zones } = placeOf(postal);
      const [zone, ...others] = zones;
      if (state === "" || zone === undefined || others.length > 0) continue;
      clocks.set(state, (clocks.get(state) ?? new Set()).add(june(zone)));
    }
    expect(clocks.size).toBeGreaterThan(60);
    const told = new Set(
      rows("law-borders.txt").map(([, zip = "", , , other = ""]) => [placeOf(zip).state, placeOf(other).state].sort().join(" ")),
    );
    const several = (state: string) => (clocks.get(state)?.size ?? 0) > 1;
    const pairs = `${STATES};${PROVINCES};${ACROSS}`
      .split(";")
      .flatMap((group) => {
        const [one = "", ...neighbours] = group.split(" ");
        return neighbours.map((other) => [one, other] as const);
      })
      .filter(
        ([one, other]) =>
          several(one) || several(other) || [...(clocks.get(one) ?? [])].join() !== [...(clocks.get(other) ?? [])].join(),
      );
    expect(pairs.length).toBeGreaterThan(80);
    // Islands: Micronesia's, Hawaii and Wake Island, Newfoundland and Labrador (the half hour is below).
    const apart = new Set(["FM", "HI", "NL"]);
    const within = [...clocks.keys()]
      .filter((state) => several(state) && !apart.has(state))
      .map((state) => [state, state] as const);
    expect(within.length).toBeGreaterThan(15);
    expect([...pairs, ...within].map((pair) => [...pair].sort().join(" ")).filter((pair) => !told.has(pair))).toEqual([]);
  });
});

describe("a number of one zone and an address in another may be called when both clocks allow it", () => {
  // 12 CFR 1006.6(b)(1)(i), comment 2, read 2026-11-27: information that conflicts means a time that is convenient in all of the locations.
  test.each([
    [
      "a mobile of New York, an address in Los Angeles (example i)",
      "212",
      "90001",
      "2026-06-16T11:00:00-04:00",
      "2026-06-16T21:00:00-04:00",
    ],
    ["a mobile of Los Angeles, an address in New York", "213", "10001", "2026-06-16T08:00:00-07:00", "2026-06-16T21:00:00-04:00"],
    ["in winter", "212", "90001", "2026-12-15T11:00:00-05:00", "2026-12-15T21:00:00-05:00"],
    ["on the day on which clocks go forward", "212", "85001", "2026-03-08T11:00:00-04:00", "2026-03-08T21:00:00-04:00"],
    ["on the day on which they go back", "602", "10001", "2026-11-01T08:00:00-07:00", "2026-11-01T21:00:00-05:00"],
    ["half an hour apart: Newfoundland and Halifax", "902", "A1C 5S7", "2026-06-16T09:00:00-03:00", "2026-06-16T21:30:00-02:30"],
    [
      "an address of the code's own zones leaves the other ones out",
      "850",
      "32501",
      "2026-06-16T08:00:00-05:00",
      "2026-06-16T21:00:00-05:00",
    ],
    [
      "of a code with two zones and an address elsewhere all three count",
      "850",
      "90001",
      "2026-06-16T08:00:00-07:00",
      "2026-06-16T21:00:00-04:00",
    ],
  ])("%s", (_what, code, postal, first, end) => {
    const asked = (at: string, ms: number) => {
      const facts = { postal, lineType: "mobile" };
      const type = postal.startsWith("A") ? "telemarketing" : "collection";
      return rules(code, type, new Date(Date.parse(at) + ms).toISOString(), facts).length === 0;
    };
    expect([asked(first, -1000), asked(first, 0), asked(end, -1000), asked(end, 0)]).toEqual([false, true, true, false]);
  });

  test("property: every area code, alone and with an address of every zone, to the second", () => {
    const geography = createBuiltinGeography();
    const codes = Array.from({ length: 800 }, (_, i) => i + 200).filter((code) => geography.areaCode(code)?.country === "US");
    const zips = new Map<string, string>();
    for (let zip = 0; zip < 100_000; zip += 7) {
      const postal = String(zip).padStart(5, "0");
      const { country, zones: [zone, ...others] = [] } = geography.postal(postal) ?? {};
      if (country === "US" && zone !== undefined && others.length === 0 && !zips.has(zone)) zips.set(zone, postal);
    }
    expect(zips.size).toBeGreaterThan(8);
    const offsets = new Map<string, number>();
    const offset = (zone: string, at: number) => {
      const key = `${zone} ${at}`;
      const known = offsets.get(key);
      if (known !== undefined) return known;
      const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
      const found = Date.parse(`${clock.format(at).replace(" ", "T")}Z`) - at;
      offsets.set(key, found);
      return found;
    };
    const wrong: string[] = [];
    let pairs = 0;
    for (const day of ["2026-06-16", "2026-12-15"]) {
      const noon = Date.parse(`${day}T18:00:00Z`);
      for (const code of codes) {
        const own = geography.areaCode(code)?.zones ?? [];
        for (const [zone, postal] of [[undefined, undefined] as const, ...zips]) {
          const zones = zone === undefined ? own : own.includes(zone) ? [zone] : [...own, zone];
          const at = (hour: number) =>
            zones.map((name) => Date.parse(`${day}T${String(hour).padStart(2, "0")}:00:00Z`) - offset(name, noon));
          const [first, end] = [Math.max(...at(8)), Math.min(...at(21))];
          const open = (ms: number) => {
            const asked = { number: `+1${code}5550131`, callType: "collection", at: new Date(ms).toISOString(), postal };
            const { call, facts, at: now } = parseQuestion(asked);
            return decide(call, facts, pack, now).rules.length === 0;
          };
          // Guam and New York have no moment in common.
          const told =
            first < end ? [open(first - 1000), open(first), open(end - 1000), open(end)] : [open(first), open(end - 1000)];
          const meant = first < end ? [false, true, true, false] : [false, false];
          pairs++;
          if (told.join() !== meant.join()) wrong.push(`${day} ${code} ${zone ?? "no address"}: ${told.join()}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(5000);
  });
});

describe("what binds live and recorded calls alike", () => {
  const noon = "2026-06-16T17:00:00Z";
  const consent = (level: string) => ({ consent: { level, at: "2026-01-05T00:00:00Z" } });
  const customer = { ebr: { kind: "transaction", date: "2026-06-01" } };

  test("Nevada's evening ends at 20:00 for a recorded call with written consent, and for customers (NRS 598.0918(3))", () => {
    const evening = "2026-06-16T20:30:00-07:00";
    expect(rules("702", "prerecorded", evening)).toEqual(["HOURS_STATE"]);
    expect(rules("702", "telemarketing", evening)).toEqual(["HOURS_STATE"]);
    expect(rules("702", "prerecorded", evening, customer)).toEqual(["HOURS_STATE"]);
    expect(rules("702", "collection", evening)).toEqual([]);
  });
  test("Louisiana wants consent for live calls, too, but not of customers or for collection (La. R.S. 45:811(1), 816)", () => {
    expect(rules("504", "telemarketing", noon, { consent: undefined })).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("504", "telemarketing", noon, consent("express"))).toEqual([]);
    expect(rules("504", "telemarketing", noon, { consent: undefined, ...customer })).toEqual([]);
    // Federal law asks for writing.
    expect(rules("504", "prerecorded", noon, consent("express"))).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("504", "collection", noon, { consent: undefined })).toEqual([]);
  });
  test("Washington and Massachusetts ban recorded sales calls, not live ones (RCW 80.36.400(2), 201 CMR 12.02(4))", () => {
    for (const code of ["206", "617"]) {
      expect(rules(code, "prerecorded", noon)).toEqual(["RECORDED_BANNED"]);
      expect(rules(code, "prerecorded", noon, customer)).toEqual(["RECORDED_BANNED"]);
      expect(rules(code, "telemarketing", noon)).toEqual([]);
    }
  });
  test("Maine bans recorded calls to mobiles, and a second one in eight hours (10 M.R.S. 1498(2)-(3))", () => {
    expect(rules("207", "prerecorded", noon, { lineType: "mobile" })).toEqual(["RECORDED_BANNED"]);
    expect(rules("207", "prerecorded", noon, { lineType: undefined })).toEqual(["RECORDED_BANNED"]);
    expect(rules("207", "telemarketing", noon, { lineType: "mobile" })).toEqual([]);
    const placed = (at: string) => ({ attempts: [{ at }] });
    expect(rules("207", "prerecorded", noon, placed("2026-06-16T09:00:01Z"))).toEqual(["FREQ_8H"]);
    expect(rules("207", "prerecorded", noon, placed("2026-06-16T08:59:59Z"))).toEqual([]);
    expect(rules("207", "telemarketing", noon, placed("2026-06-16T16:59:59Z"))).toEqual([]);
  });
  test("what a stricter rule covers begins and ends by its own clock all the same", () => {
    // Recorded calls end at 21:00 by NRS 597.814(2)(a) and 15 O.S. 755.1(C)(2), every call at 20:00 by another section.
    // In Mississippi, where recordings to customers alone are not banned, by Miss. Code 77-3-453.
    for (const [code, end, facts] of [
      ["702", "2026-06-16T21:00:00-07:00", {}],
      ["405", "2026-06-16T21:00:00-05:00", {}],
      ["601", "2026-06-16T21:00:00-05:00", customer],
    ] as const) {
      expect(rules(code, "prerecorded", new Date(Date.parse(end) - 1000).toISOString(), facts)).toEqual(["HOURS_STATE"]);
      expect(rules(code, "prerecorded", end, facts)).toEqual(expect.arrayContaining(["HOURS_RECORDED", "HOURS_STATE"]));
    }
    // Without consent in writing nobody is called; the state's file is too old besides, from its 93rd day on.
    for (const [code, list] of [
      ["305", "US-FL"],
      ["405", "US-OK"],
    ] as const) {
      const files = { consent: undefined, registryFiles: { US: "2026-06-10", [list]: "2026-03-16" } };
      expect(rules(code, "telemarketing", "2026-06-16T17:00:00Z", files)).toEqual(["CONSENT_REQUIRED"]);
      expect(rules(code, "telemarketing", "2026-06-17T17:00:00Z", files)).toEqual(["CONSENT_REQUIRED", "DNC_STATE_STALE"]);
    }
  });
  test("each rule about one kind of sales call says which words leave the other out", () => {
    const one = usCaUk2026().rules.filter(({ binds }) => binds.join() === "telemarketing" || binds.join() === "prerecorded");
    expect(one.length).toBeGreaterThan(9);
    for (const { id, binds, note, confidence } of one) {
      expect(binds, id).toEqual(["prerecorded"]);
      if (confidence !== "policy") expect(note, id).toMatch(/record|announc|device|artificial|automated|machine/i);
    }
  });
});

test("every calendar says of each day what names it, how reliable that is, when it was read, and what is not certain", () => {
  for (const [name, { sources, days }] of Object.entries(usCaUk2026().calendars)) {
    expect(sources?.length, name).toBeGreaterThan(0);
    for (const source of sources ?? []) {
      expect(source.lookedUp, name).toMatch(/^2026-11-2[56]$/);
      if (source.confidence !== "statute") expect(source.note, `${name}: ${source.name}`).toBeDefined();
    }
    expect(days.at(-1)?.slice(0, 4), name).toBe("2039");
  }
});

test("there are more than four hundred of them, and every rule that can deny a call has denied one", () => {
  // Counts what this file has decided, so it is one of the last.
  expect(decided.size).toBeGreaterThan(1000);
  const judging = usCaUk2026().rules.filter(
    ({ kind }) => !["relationship", "revocation-deadline", "abandonment-limit"].includes(kind),
  );
  // The pack has no declared emergency, and what holds in other countries alone is a policy.
  const elsewhere = judging.filter(({ kind, except }) => kind === "emergency-ban" || except?.includes("US") === true);
  const left = judging.filter((rule) => !elsewhere.includes(rule) && !denied.has(rule.id));
  expect(left.map(({ id }) => id)).toEqual([]);
});

describe("the table is whole", () => {
  const { rules: all, calendars } = usCaUk2026();
  const one = (
    differ: (first: boolean, second: boolean) => boolean,
    apart: (ms: number, first: number) => boolean,
    ruleId: string,
  ) =>
    [...moments.values()].some((found) => {
      const at = [...found].sort(([a], [b]) => a - b);
      return at.some(([first, of], i) =>
        at.slice(i + 1).some(([second, then]) => apart(second - first, first) && differ(of.has(ruleId), then.has(ruleId))),
      );
    });
  const opens = (denies: boolean, then: boolean) => denies && !then;
  const closes = (denies: boolean, then: boolean) => !denies && then;
  const second = (ms: number) => ms === 1000;
  const open = (rule: (typeof all)[number]) =>
    rule.kind === "calling-hours" && Object.values(rule.week).some((windows) => windows.length > 0);

  test.each(all.filter(open).map(({ id }) => id))("%s has its first and its last allowed second", (id) => {
    expect(one(opens, second, id), "first second").toBe(true);
    expect(one(closes, second, id), "last second").toBe(true);
  });
  test.each(
    all.filter(({ kind }) => ["attempt-cap", "conversation-quiet", "abandoned-quiet"].includes(kind)).map(({ id }) => id),
  )("%s has the second from which a call is allowed again", (id) => {
    // Quiet local dates end at midnight, when no call is allowed: there the first second of the next morning stands for it.
    expect(one(opens, (ms) => ms > 0, id)).toBe(true);
  });
  const dated = ["registry-age", "do-not-call-list", "reassigned-query", "closed-days"];
  test.each(all.filter(({ kind, except }) => dated.includes(kind) && except?.includes("US") !== true).map(({ id }) => id))(
    "%s denies from one moment on what it allowed before, with the same facts",
    (id) => {
      expect(one(closes, (ms) => ms > 0, id)).toBe(true);
    },
  );

  const soon = (ms: number) => ms > 0 && ms <= 1.5 * DAY_MS;
  test.each(
    all
      .filter((rule) => rule.kind === "relationship" && rule.months.transaction > 0)
      .map(({ id, jurisdiction }) => [id, jurisdiction]),
  )("%s has the last second of a purchase", (id, place) => {
    const geography = createBuiltinGeography();
    const owners = new Set(all.flatMap((rule) => (rule.kind === "relationship" ? rule.jurisdiction : [])));
    const lifted = all.filter(({ exempt }) => exempt?.includes("ebr")).map((rule) => rule.id);
    const ends = [...moments].some(([same, found]) => {
      const { number, ebr } = JSON.parse(same) as { number: string; ebr?: { kind: string } };
      const { country = "", states = [] } =
        (number.startsWith("+1") ? geography.areaCode(Number(number.slice(2, 5))) : undefined) ?? {};
      const own = states.map((state) => `${country}-${state}`).find((state) => owners.has(state)) ?? country;
      if (ebr?.kind !== "transaction" || own !== place) return false;
      const at = [...found].sort(([a], [b]) => a - b);
      return at.some(([first, of], i) =>
        at.slice(i + 1).some(([next, then]) => soon(next - first) && lifted.some((rule) => !of.has(rule) && then.has(rule))),
      );
    });
    expect(ends, id).toBe(true);
  });
  const judging = all.filter(
    ({ kind, confidence }) =>
      !["relationship", "revocation-deadline", "abandonment-limit"].includes(kind) && confidence !== "policy",
  );
  /** Two moments around the beginning of a day, by the clocks of America. */
  const around = (day: string, days = 0) => {
    const begins = Date.parse(day) + days * DAY_MS;
    return (ms: number, first: number) => soon(ms) && first < begins + DAY_MS / 2 && first + ms >= begins;
  };
  test.each(judging.flatMap(({ id, effective }) => (effective === undefined ? [] : [[id, effective]])))(
    "%s begins on %s, not before",
    (id = "", day = "") => {
      expect(one(closes, around(day), id)).toBe(true);
    },
  );
  test.each(judging.flatMap(({ id, ends }) => (ends === undefined ? [] : [[id, ends]])))(
    "%s ends after %s",
    (id = "", day = "") => {
      expect(one(opens, around(day, 1), id)).toBe(true);
    },
  );

  test("of each calendar on which calls depend, every day through 2028 is among them", () => {
    const named = all.flatMap((rule) => {
      if (rule.kind === "closed-days") return rule.calendar;
      return rule.kind === "calling-hours" && rule.onHolidays !== undefined ? rule.onHolidays.calendar : [];
    });
    expect(new Set(named).size).toBeGreaterThan(8);
    for (const calendar of named) {
      const told = new Set(
        blocks.filter(({ state }) => state === calendar).flatMap(({ lines }) => lines.join(" ").match(/\d{4}-\d\d-\d\d/g) ?? []),
      );
      const days = calendars[calendar]?.days.filter((date) => date >= "2026" && date < "2029") ?? [];
      expect(days.length, calendar).toBeGreaterThan(2);
      expect(
        days.filter((date) => !told.has(date)),
        calendar,
      ).toEqual([]);
    }
  });

  test("every row has a citation and the date of a reading; more than four hundred decisions were written from the law alone", () => {
    for (const row of [...rows("law-hours.txt"), ...rows("law-terms.txt")]) {
      expect(row.at(-2), row.join(" | ")).toMatch(/[A-Za-z]/);
      expect(row.at(-1), row.join(" | ")).toMatch(/^2026-\d\d-\d\d$/);
    }
    const seconds = rows("law-hours.txt").filter(([, , , , , first]) => first !== "-").length * 4;
    const texts = rows("law-from-texts.txt").flatMap(([, , types = "", , allowed, denied]) =>
      `${allowed} ${denied}`.split(" ").flatMap((at) => (at === "-" ? [] : types.split(" "))),
    );
    expect(seconds + texts.length).toBeGreaterThan(800);
  });

  test("every rule and holiday has a citation and the date of a reading, none older than 180 days at the pack's latest one", () => {
    const holidays = Object.values(calendars).flatMap(({ sources }) => sources ?? []);
    const readings = [...all, ...holidays].filter(({ confidence }) => confidence !== "policy");
    const latest = Math.max(...readings.map(({ lookedUp = "" }) => Date.parse(lookedUp) || 0));
    for (const { citation, lookedUp, confidence } of readings) {
      expect(citation).not.toBe("");
      if (confidence !== "unconfirmed")
        expect((latest - Date.parse(lookedUp ?? "")) / DAY_MS, `${citation}: ${lookedUp}`).toBeLessThanOrEqual(180);
    }
  });
});
