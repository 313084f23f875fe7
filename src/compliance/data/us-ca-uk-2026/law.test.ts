// The shipped pack's rules case by case: each with a call that it forbids and the nearest one that it allows, and hours minute by minute against
// a reading of the clock that shares nothing with the product.

import { beforeAll, describe, expect, test } from "vitest";
import {
  type CompiledPack,
  campaignOverlay,
  compilePack,
  createBuiltinGeography,
  decide,
  formatInstant,
  mergePacks,
  parseQuestion,
  readingOf,
  usCaUk2026,
} from "../../index.ts";

let pack: CompiledPack;
beforeAll(() => {
  pack = compilePack(usCaUk2026(), { geography: createBuiltinGeography() });
});

const TUESDAY = "2026-06-16T16:00:00Z";
const numberOf = (code: string) => (code.startsWith("+") ? code : `+1${code}5550131`);

function ask(code: string, facts: object = {}) {
  const question = parseQuestion({ number: numberOf(code), callType: "telemarketing", at: TUESDAY, ...facts });
  return decide(question.call, question.facts, pack, question.at);
}
const rules = (code: string, facts: object = {}) => ask(code, facts).rules;
const consent = (level: string) => ({ consent: { level, at: "2026-01-05T00:00:00Z" } });
const customer = { ebr: { kind: "transaction", date: "2026-06-01" } };
const inquired = (date: string) => ({ ebr: { kind: "inquiry", date } });
const recorded = { callType: "prerecorded" };

describe("sales calls that a dialer places need consent in writing", () => {
  const facts: [state: string, code: string, relationshipExempts: boolean][] = [
    ["Maryland", "410", false],
    ["Connecticut", "203", false],
    ["Oklahoma", "405", true],
    ["Florida", "305", true],
  ];
  test.each(facts)("in %s", (_state, code, relationshipExempts) => {
    expect(rules(code)).toEqual(["CONSENT_REQUIRED"]);
    expect(rules(code, consent("express"))).toEqual(["CONSENT_REQUIRED"]);
    expect(rules(code, consent("written"))).toEqual([]);
    expect(rules(code, customer)).toEqual(relationshipExempts ? [] : ["CONSENT_REQUIRED"]);
    expect(rules(code, { callType: "collection" })).toEqual([]);
  });

  test("from the first day of each law, and not in a state without one", () => {
    expect(rules("405", { at: "2022-10-28T16:00:00Z" })).toEqual([]);
    expect(rules("405", { at: "2022-11-01T16:00:00Z" })).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("305", { at: "2023-05-24T16:00:00Z" })).toEqual([]);
    expect(rules("305", { at: "2023-05-25T16:00:00Z" })).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("212")).toEqual([]);
  });
});

describe("caps on collection calls about one debt", () => {
  const hoursAgo = (...hours: number[]) => ({
    callType: "collection",
    subject: "debt 1",
    attempts: hours.map((ago) => ({ at: formatInstant(Date.parse(TUESDAY) - ago * 3_600_000), subject: "debt 1" })),
  });
  test.each([
    ["Massachusetts", "617", 2],
    ["Washington", "206", 3],
    ["the District of Columbia", "202", 4],
  ])("%s: %s allows %i in seven days", (_state, code, max) => {
    const spaced = [166, 150, 100, 50, 3];
    expect(rules(code, hoursAgo(...spaced.slice(0, max - 1)))).toEqual([]);
    expect(rules(code, hoursAgo(...spaced.slice(0, max)))).toEqual(["COLLECTION_7D"]);
    expect(rules(code, { ...hoursAgo(...spaced.slice(0, max)), subject: "debt 2" })).toEqual([]);
    // The oldest call leaves the seven days two hours later.
    expect(formatInstant(ask(code, hoursAgo(...spaced.slice(0, max))).next ?? 0)).toBe("2026-06-16T18:00:00Z");
  });
  test("elsewhere the seven of Regulation F stand", () => {
    expect(rules("716", hoursAgo(166, 150, 100, 50, 3))).toEqual([]);
  });
});

describe("recorded calls begin at nine", () => {
  const written = { ...recorded, ...consent("written") };
  test.each([
    ["California", "213", "America/Los_Angeles", "HOURS_STATE", true],
    ["Illinois", "312", "America/Chicago", "HOURS_STATE", false],
    ["Oklahoma", "405", "America/Chicago", "HOURS_RECORDED", true],
  ])("in %s, minute by minute over a day", (_state, code, zone, violation, alsoCustomers) => {
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    for (let at = Date.parse("2026-06-16T05:00:00Z"); at < Date.parse("2026-06-17T05:00:00Z"); at += 60_000) {
      const time = clock.format(at);
      const shut = time < "09:00" || time >= "21:00";
      const broken = rules(code, { ...written, at: formatInstant(at) }).includes(violation);
      if (broken !== shut) expect({ time, broken }).toEqual({ time, broken: shut });
    }
    const half = { at: code === "213" ? "2026-06-16T15:30:00Z" : "2026-06-16T13:30:00Z" };
    expect(rules(code, { ...written, ...half })).toEqual([violation]);
    expect(rules(code, { ...written, ...half, ...customer })).toEqual(alsoCustomers ? [violation] : []);
    // Live calls begin at eight.
    expect(rules(code, { ...consent("written"), ...half })).toEqual([]);
  });
});

describe("holidays", () => {
  const noon = (date: string) => ({ at: `${date}T17:00:00Z` });
  test("Utah keeps Juneteenth on a Monday", () => {
    // 2026: a Friday, 2027: a Saturday, 2028: a Monday, 2029: a Tuesday.
    for (const date of ["2026-06-15", "2027-06-21", "2028-06-19", "2029-06-18"])
      expect(rules("801", noon(date)), date).toEqual(["HOLIDAY"]);
    for (const date of ["2026-06-19", "2029-06-19"]) expect(rules("801", noon(date)), date).toEqual([]);
  });
  test("Utah adds Good Friday from 2027 on", () => {
    expect(rules("801", noon("2026-04-03"))).toEqual([]);
    expect(rules("801", noon("2027-03-26"))).toEqual(["HOLIDAY"]);
  });
  test("Rhode Island's election day is a holiday in even years only", () => {
    expect(rules("401", noon("2026-11-03"))).toEqual(["HOLIDAY"]);
    expect(rules("401", noon("2027-11-02"))).toEqual([]);
    expect(rules("401", noon("2028-11-07"))).toEqual(["HOLIDAY"]);
  });
});

describe("calls that were wrongly denied", () => {
  test("Pennsylvania's Sundays are open from eight", () => {
    expect(rules("215", { at: "2026-06-07T11:59:00Z" })).toEqual(["HOURS_FEDERAL"]);
    expect(rules("215", { at: "2026-06-07T12:00:00Z" })).toEqual([]);
  });
  test("Oklahoma's customers are outside its act: hours and cap are the federal ones", () => {
    const evening = { at: "2026-06-17T01:30:00Z" };
    const attempts = ["01:00", "00:40", "00:20"].map((time) => ({ at: `2026-06-17T${time}:00Z` }));
    expect(rules("405", { ...evening, ...consent("written") })).toEqual(["HOURS_STATE"]);
    expect(rules("405", { ...evening, ...customer })).toEqual([]);
    expect(
      rules("405", {
        at: TUESDAY,
        ...consent("written"),
        attempts: [{ at: "2026-06-16T15:00:00Z" }, { at: "2026-06-16T15:10:00Z" }, { at: "2026-06-16T15:20:00Z" }],
      }),
    ).toEqual(["FREQ_24H"]);
    expect(rules("405", { ...evening, ...customer, attempts })).toEqual([]);
  });
  test("Vancouver's 604 goes by Vancouver's clock alone, British Columbia's overlays by all of the province's", () => {
    expect(ask("604").zones).toEqual(["America/Vancouver"]);
    expect(ask("778").zones).toEqual(["America/Vancouver", "America/Edmonton", "America/Fort_Nelson"]);
  });
  describe("Canada", () => {
    const listed = { dnc: { national: true } };
    test("an inquiry counts for six months", () => {
      expect(rules("416", listed)).toEqual(["DNC_NATIONAL"]);
      expect(rules("416", { ...listed, ...inquired("2025-12-16") })).toEqual([]);
      expect(rules("416", { ...listed, ...inquired("2025-12-15") })).toEqual(["DNC_NATIONAL"]);
      // In the United States for three.
      expect(rules("212", { ...listed, ...inquired("2026-03-16") })).toEqual([]);
      expect(rules("212", { ...listed, ...inquired("2026-03-15") })).toEqual(["DNC_NATIONAL"]);
    });
    test("express consent need not be written", () => {
      expect(rules("416", { ...listed, ...consent("express") })).toEqual([]);
      expect(rules("416", { ...recorded, ...consent("express") })).toEqual([]);
      expect(rules("416", { ...recorded, ...customer })).toEqual(["CONSENT_REQUIRED"]);
      expect(rules("212", { ...listed, ...consent("express") })).toEqual(["DNC_NATIONAL"]);
      expect(rules("212", { ...recorded, ...consent("express") })).toEqual(["CONSENT_REQUIRED"]);
    });
    test("a number on one side of the border with an address on the other is bound by both", () => {
      const both = { ...listed, postal: "M5V 2T6" };
      expect(rules("212", { ...both, ...consent("express") })).toEqual(["DNC_NATIONAL"]);
      expect(rules("212", { ...both, ...consent("written") })).toEqual([]);
    });
  });
});

describe("the United Kingdom", () => {
  const london = "+442079460018";
  const open = { at: "2026-06-16T12:30:00Z" };
  test("a relationship does not lift the Telephone Preference Service, consent does and need not be written", () => {
    const listed = { ...open, dnc: { national: true } };
    expect(rules(london, listed)).toEqual(["DNC_NATIONAL"]);
    expect(rules(london, { ...listed, ...customer })).toEqual(["DNC_NATIONAL"]);
    expect(rules(london, { ...listed, ...consent("express") })).toEqual([]);
    expect(rules(london, { ...open, ...recorded })).toEqual(["CONSENT_REQUIRED"]);
    expect(rules(london, { ...open, ...recorded, ...consent("express") })).toEqual([]);
  });
  test("the register's file may be 28 days old, North America's 31", () => {
    expect(rules(london, { ...open, scrubbedOn: "2026-05-19" })).toEqual([]);
    expect(rules(london, { ...open, scrubbedOn: "2026-05-18" })).toEqual(["DNC_STALE"]);
    for (const code of ["212", "416"]) {
      expect(rules(code, { scrubbedOn: "2026-05-16" })).toEqual([]);
      expect(rules(code, { scrubbedOn: "2026-05-15" })).toEqual(["DNC_STALE"]);
    }
  });
  test("no rule of the pack says that Ofcom allows a share of abandoned calls", () => {
    const limit = usCaUk2026().rules.find(({ id }) => id === "gb-abandonment");
    expect(limit).toMatchObject({ confidence: "policy", maxRate: 0.03, period: { rollingHours: 24 } });
    expect(limit?.note).toContain("ended on 2017-02-28");
  });
});

test("every rule has a citation and says what was read of it and when; what nobody read claims no day", () => {
  for (const rule of usCaUk2026().rules) {
    expect(rule.citation, rule.id).not.toBe("");
    expect(readingOf(rule), rule.id).toMatch(
      /^(no law|text not read|text (read|not read; (quotation|summary|tables) of) 2026-\d\d-\d\d)$/,
    );
    // A policy is a choice of the pack, which has a day only where something was read for it.
    if (rule.confidence !== "policy") expect(rule.lookedUp === undefined, rule.id).toBe(rule.confidence === "unconfirmed");
    if (rule.confidence === "unconfirmed") expect(rule.note, rule.id).toMatch(/not read/);
  }
});

describe("do-not-call lists of states", () => {
  const at = { at: "2026-06-16T16:00:00Z" };
  const files = (list: string, date: string | null) => ({ ...at, registryFiles: { US: "2026-06-10", [list]: date } });
  const states: [code: string, list: string, relationshipExempts: boolean, last?: string, tooOld?: string][] = [
    ["303", "US-CO", true],
    ["305", "US-FL", true],
    ["317", "US-IN", false],
    // Louisiana's comes each month.
    ["504", "US-LA", true, "2026-05-16", "2026-05-15"],
    ["617", "US-MA", true],
    ["314", "US-MO", true],
    ["215", "US-PA", true],
    ["615", "US-TN", true],
    ["214", "US-TX", true],
    ["307", "US-WY", true],
  ];
  test.each(states)("%s: %s", (code, list, relationshipExempts, last = "2026-03-16", tooOld = "2026-03-15") => {
    const written = (facts: object) => rules(code, { ...facts, ...consent("written") });
    const own = (facts: object) => rules(code, facts).filter((rule) => rule.startsWith("DNC_"));
    expect(own({ ...at, dnc: { lists: [list] } })).toEqual(["DNC_STATE"]);
    expect(own({ ...at, dnc: { lists: ["US-XX"] } })).toEqual([]);
    expect(written({ ...at, dnc: { lists: [list] } })).toEqual([]);
    expect(own({ ...at, dnc: { lists: [list] }, ...customer })).toEqual(relationshipExempts ? [] : ["DNC_STATE"]);
    expect(own({ ...at, dnc: { lists: [list] }, callType: "collection" })).toEqual([]);
    // A quarter old at most where it comes each quarter, and loaded at all.
    expect(own(files(list, last))).toEqual([]);
    expect(own(files(list, tooOld))).toEqual(["DNC_STATE_STALE"]);
    expect(own(files(list, null))).toEqual(["DNC_STATE_STALE"]);
    expect(own({ ...at, registryFiles: { US: "2026-06-10" } })).toEqual(["DNC_STATE_STALE"]);
    expect(written({ ...at, registryFiles: { US: "2026-06-10" } })).toEqual([]);
  });

  test("Oklahoma's, where a customer is outside of the act", () => {
    expect(rules("405", { ...at, ...consent("express"), ...customer, dnc: { lists: ["US-OK"] } })).toEqual([]);
    expect(rules("405", { ...at, dnc: { lists: ["US-OK"] } })).toEqual(["CONSENT_REQUIRED", "DNC_STATE"]);
  });

  test.each([
    ["Louisiana", "504", "2025-12-16", "2025-12-15"],
    ["Missouri", "314", "2026-01-16", "2026-01-15"],
    ["Pennsylvania", "215", "2025-06-16", "2025-06-15"],
    ["Tennessee", "615", "2025-06-16", "2025-06-15"],
    ["Texas", "214", "2025-06-16", "2025-06-15"],
  ])("a relationship ends earlier in %s than under federal law", (state, code, last, after) => {
    const list = usCaUk2026().jurisdictions.find(({ title }) => title === state)?.id ?? "";
    const facts = { ...consent("express"), dnc: { lists: [list] } };
    const bought = (date: string) => rules(code, { ...facts, ebr: { kind: "transaction", date } });
    expect(bought(last)).toEqual([]);
    expect(bought(after)).toEqual(["DNC_STATE"]);
  });

  test("the reason names the list, its date and how to load one", () => {
    const [missing] = ask("317", files("US-IN", null)).reasons;
    expect(missing?.text).toMatch(/^no do-not-call list of US-IN is loaded.*--registry US-IN --as-of DATE/);
    const [old] = ask("317", files("US-IN", "2026-03-01")).reasons;
    expect(old?.text).toMatch(/^the file of the do-not-call list of US-IN is of 2026-03-01, 107 days old.*92 are allowed/);
  });
});

describe("a country without a loaded registry", () => {
  const german = () => {
    const { jurisdictions, ...rest } = usCaUk2026();
    return compilePack({ ...rest, jurisdictions: [...jurisdictions, { id: "DE" }] }, { geography: createBuiltinGeography() });
  };
  test("says so, and cites no American law", () => {
    const call = { number: "+4930901820", callType: "telemarketing" } as const;
    const at = Date.parse("2026-06-16T12:30:00Z");
    const { rules: broken, reasons } = decide(call, { registryFiles: { DE: null, US: "2026-06-10" } }, german(), at);
    expect(broken).toEqual(["DNC_STALE"]);
    expect(reasons[0]?.text).toMatch(/^no registry of DE is loaded/);
    expect(reasons[0]?.text).not.toMatch(/CFR|days old/);
    expect(decide(call, { registryFiles: { DE: "2026-05-19" } }, german(), at).rules).toEqual([]);
    expect(decide(call, { registryFiles: { DE: "2026-05-18" } }, german(), at).rules).toEqual(["DNC_STALE"]);
    // The file of another country says nothing.
    expect(decide(call, { registryFiles: { US: "2026-06-15" } }, german(), at).rules).toEqual(["DNC_STALE"]);
  });
  test("each country of a call needs its own file", () => {
    const both = { postal: "M5V 2T6" };
    expect(rules("212", { ...both, registryFiles: { US: "2026-06-10", CA: "2026-06-10" } })).toEqual([]);
    expect(rules("212", { ...both, registryFiles: { US: "2026-06-10" } })).toEqual(["DNC_STALE"]);
    expect(rules("212", { ...both, registryFiles: { CA: "2026-06-10" } })).toEqual(["DNC_STALE"]);
  });
});

describe("a declared state of emergency, written from the statutes' texts", () => {
  const emergencies = ["US-LA", "US-NY"].map((jurisdiction) => ({
    jurisdiction,
    start: "2026-06-15T05:00:00Z",
    end: "2026-06-17T05:00:00Z",
  }));
  const declared = compilePack({ ...usCaUk2026(), emergencies }, { geography: createBuiltinGeography() });
  const broken = (code: string, facts: object) => {
    const question = parseQuestion({ number: numberOf(code), callType: "telemarketing", at: TUESDAY, ...facts });
    return decide(question.call, question.facts, declared, question.at).rules;
  };
  test("closes sales calls into New York that nobody asked for, to customers, too (N.Y. Gen. Bus. Law 399-z(5-a), 399-pp)", () => {
    expect(broken("212", {})).toEqual(["EMERGENCY"]);
    // Only 399-z says that a call to a customer is not unsolicited.
    expect(broken("212", customer)).toEqual(["EMERGENCY"]);
    for (const level of ["express", "written"]) expect(broken("212", consent(level))).toEqual([]);
    expect(broken("212", { callType: "collection" })).toEqual([]);
    expect(broken("212", { at: "2026-06-17T16:00:00Z" })).toEqual([]);
  });
  test("closes all sales calls into Louisiana, to customers and to who consented, too, but not collection (La. R.S. 45:844.31(A))", () => {
    for (const facts of [consent("written"), { ...customer, lineType: "landline" }, { ...consent("written"), ...recorded }])
      expect(broken("504", facts)).toEqual(["EMERGENCY"]);
    expect(broken("504", { callType: "collection" })).toEqual([]);
    expect(broken("504", { ...consent("written"), at: "2026-06-17T16:00:00Z" })).toEqual([]);
    expect(broken("601", { ...consent("written") })).toEqual([]);
  });
});

describe("New Jersey's mobiles", () => {
  test("need an express written request or a customer; what a line is decides, and what is not known may be a mobile", () => {
    const line = (lineType: string, facts: object = {}) => rules("201", { lineType, ...facts });
    expect(line("mobile")).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("201")).toEqual(["CONSENT_REQUIRED"]);
    expect(line("landline")).toEqual([]);
    expect(line("voip")).toEqual([]);
    expect(line("mobile", consent("express"))).toEqual(["CONSENT_REQUIRED"]);
    expect(line("mobile", consent("written"))).toEqual([]);
    // A customer still owes payments or has a contract (N.J.A.C. 13:45D-1.3): that something was bought does not say so.
    expect(line("mobile", customer)).toEqual(["CONSENT_REQUIRED"]);
    expect(line("mobile", inquired("2026-06-10"))).toEqual(["CONSENT_REQUIRED"]);
    expect(rules("212", { lineType: "mobile" })).toEqual([]);
  });
});

describe("Maine's query about reassigned numbers", () => {
  test("must have been made within 31 days, from 2024-07-16 on, and not for customers", () => {
    expect(rules("207")).toEqual(["REASSIGNED_NOT_ASKED"]);
    expect(rules("207", { rndQueriedOn: "2026-05-16" })).toEqual([]);
    expect(rules("207", { rndQueriedOn: "2026-05-15" })).toEqual(["REASSIGNED_NOT_ASKED"]);
    expect(rules("207", { rndQueriedOn: "2026-06-17" })).toEqual(["REASSIGNED_NOT_ASKED"]);
    expect(rules("207", customer)).toEqual([]);
    expect(rules("207", { at: "2024-07-15T16:00:00Z" })).toEqual([]);
    expect(rules("207", { callType: "collection" })).toEqual([]);
    expect(rules("603")).toEqual([]);
    expect(ask("207").reasons[0]?.text).toMatch(
      /^nobody has asked the Reassigned Numbers Database.*outdial consent disconnections FILE/,
    );
    expect(ask("207", { rndQueriedOn: "2026-05-10" }).reasons[0]?.text).toContain(
      "last asked about the number on 2026-05-10, 37 days before the call",
    );
  });
});

describe("rules of cities", () => {
  const calls = (at: string, count: number) => ({
    callType: "collection",
    at,
    attempts: Array.from({ length: count }, (_, i) => ({ at: formatInstant(Date.parse(at) - (i + 1) * 3_600_000) })),
  });
  test("New York City allows two collection calls in seven days, from 2027-01-01 three about one debt, the rest of the state seven", () => {
    const autumn = "2026-09-15T18:00:00Z";
    const winter = "2027-01-12T18:00:00Z";
    expect(rules("212", calls(autumn, 1))).toEqual([]);
    expect(rules("212", calls(autumn, 2))).toEqual(["FREQ_168H"]);
    expect(rules("212", { ...calls(autumn, 2), subject: "another debt" })).toEqual(["FREQ_168H"]);
    expect(rules("212", calls("2026-08-25T18:00:00Z", 2))).toEqual(["FREQ_168H"]);
    expect(rules("212", calls(winter, 2))).toEqual([]);
    expect(rules("212", calls(winter, 3))).toEqual(["COLLECTION_7D"]);
    expect(rules("212", { ...calls(winter, 3), subject: "another debt" })).toEqual([]);
    expect(rules("716", calls(autumn, 3))).toEqual([]);
    // An address decides: Brooklyn, Staten Island, Glen Oaks are in the city, Buffalo and Yonkers are not.
    for (const postal of ["11201", "10301", "11004"])
      expect(rules("716", { ...calls(autumn, 3), postal }), postal).toEqual(["FREQ_168H"]);
    for (const postal of ["14201", "10701"]) expect(rules("212", { ...calls(autumn, 3), postal }), postal).toEqual([]);
    expect(rules("212", { ...calls(autumn, 3), postal: "99999" })).toContain("FREQ_168H");
  });
});

describe("what cannot be parsed closes", () => {
  const call = { number: "+12125550131", callType: "telemarketing" } as const;
  const at = Date.parse(TUESDAY);
  // What JavaScript callers can hand over, past the types.
  const decideAny = (facts: unknown, given: object = {}) => decide({ ...call, ...given }, facts as object, pack, at);
  const recordedCall = { callType: "prerecorded" };
  test("consent of an unknown level is none, a relationship of an unknown kind is none, an unknown answer about a registry is yes", () => {
    expect(decideAny({ consent: { level: "WRITTEN", at: at - 1 } }, recordedCall).rules).toEqual(["CONSENT_REQUIRED"]);
    expect(
      decideAny({ consent: { level: "implied", at: at - 1 }, dnc: { national: true } }, { number: "+14165550131" }).rules,
    ).toEqual(["DNC_NATIONAL"]);
    expect(decideAny({ ebr: { kind: "friend", date: "2026-06-01" }, dnc: { national: true } }).rules).toEqual(["DNC_NATIONAL"]);
    expect(decideAny({ dnc: { national: "yes" } }).rules).toEqual(["DNC_NATIONAL"]);
    expect(decideAny({ lineType: "satellite" }, { number: "+12015550131" }).rules).toEqual(["CONSENT_REQUIRED"]);
  });
  test("dates and types of calls that are none are refused", () => {
    const refused = expect.objectContaining({ code: "invalid_facts" });
    expect(() => decideAny({ registryFiles: { US: "June" } })).toThrow(refused);
    expect(() => decideAny({ rndQueriedOn: "yesterday" })).toThrow(refused);
    expect(() => decideAny({}, { callType: "sms" })).toThrow(refused);
  });
});

describe("of all caps the smallest binds, and the decision names it", () => {
  const at = "2026-09-15T18:00:00Z";
  const ago = (...hours: number[]) => ({
    at,
    callType: "collection",
    attempts: hours.map((hour) => ({ at: formatInstant(Date.parse(at) - hour * 3_600_000) })),
  });
  test("whether it denies or not", () => {
    expect(ask("617", ago()).cap).toMatchObject({ ruleId: "us-ma-collection-calls", max: 2, placed: 0, left: 2 });
    expect(ask("617", ago(3)).cap).toMatchObject({ ruleId: "us-ma-collection-calls", placed: 1, left: 1 });
    expect(ask("716", ago(3)).cap).toMatchObject({ ruleId: "us-collection-calls", max: 7, placed: 1, left: 6 });
    expect(ask("212", ago(3)).cap).toMatchObject({ ruleId: "us-ny-nyc-collection-calls", max: 2, placed: 1, left: 1 });
    expect(ask("604", ago(3)).cap).toBeNull();
    expect(ask("212").cap).toBeNull();
  });
  test("of several that are reached, the one that lets go last", () => {
    // Seven calls in the last day: Massachusetts waits for the sixth of them to be a week old, Regulation F for the first to leave its seven dates.
    const seven = ask("617", ago(7, 6, 5, 4, 3, 2, 1));
    expect(seven.rules).toEqual(["COLLECTION_7D", "REGF_7IN7"]);
    expect(seven.cap).toMatchObject({ ruleId: "us-ma-collection-calls", left: 0, placed: 7 });
    expect(formatInstant(seven.next ?? 0)).toBe("2026-09-22T16:00:00Z");
  });
  test("a campaign's own limit may be the smallest, and a cap that is lifted binds nobody", () => {
    const rateLimits = { maxCallsPerContactPerDay: 1, maxCallsPerContactPerWeek: 9, maxCallsPerDay: 900 };
    const own = mergePacks(usCaUk2026(), campaignOverlay("c1", { timeZone: "America/New_York", rateLimits }));
    const compiled = compilePack(own, { geography: createBuiltinGeography() });
    const call = { number: numberOf("617"), callType: "collection" } as const;
    expect(decide(call, {}, compiled, Date.parse(at)).cap).toMatchObject({ ruleId: "campaign-contact-day", left: 1 });
    const sales = { at: "2026-06-16T18:00:00Z", ...consent("written") };
    expect(ask("405", sales).cap).toMatchObject({ ruleId: "us-ok-cap", left: 3 });
    expect(ask("405", { ...sales, ...customer }).cap).toBeNull();
  });
  test("is in the decision's JSON", () => {
    expect(JSON.parse(JSON.stringify(ask("617", ago(3))))).toMatchObject({ cap: { ruleId: "us-ma-collection-calls", left: 1 } });
  });
});

test("reasons name states as people do, say what would lift a rule, and what to do about a fact that is missing", () => {
  const text = (code: string, facts: object = {}) => ask(code, facts).reasons.map((reason) => reason.text);
  expect(text("405")).toEqual([
    "Oklahoma requires written consent to sales calls that a dialer places, and there is none in force; a business relationship in force would lift that (15 O.S. 775C.3, 775C.5)",
  ]);
  expect(text("201")[0]).toMatch(
    /^New Jersey requires written consent.*a line whose type is not known counts as one.*outdial consent lines FILE/,
  );
  expect(text("801", { at: "2026-06-15T17:00:00Z" })[0]).toMatch(
    /^Utah allows no calls on the holiday 2026-06-15: it is Mon 2026-06-15 11:00/,
  );
  expect(text("617", { ...recorded, ...consent("written") })).toEqual([
    "Massachusetts allows no recorded sales calls at any time (201 CMR 12.02(4))",
  ]);
  expect(text("416", { dnc: { national: true } })[0]).toMatch(
    /; a business relationship in force or express consent would lift that \(CRTC/,
  );
  expect(text("270", { at: "2026-07-03T12:30:00Z" })[1]).toMatch(/^Kentucky allows calls on Fridays from 10:00 to 21:00/);
  // Hours of recorded calls are told as such, and what would lift hours is told, too.
  const early = { at: "2026-06-16T13:30:00Z" };
  expect(text("312", { ...recorded, ...consent("written"), ...early })).toEqual([
    "Illinois allows recorded sales calls on Tuesdays from 09:00 to 21:00: it is Tue 2026-06-16 08:30 in America/Chicago; a business relationship in force would lift that (815 ILCS 305/15(a), 305/20(a))",
  ]);
  expect(text("402", { ...recorded, at: "2026-11-26T15:30:00Z" })[1]).toMatch(
    /^Nebraska allows recorded sales calls from 13:00 to 21:00 on holidays: it is .*; express consent or consent in writing would lift that/,
  );
  expect(
    text("207", { ...recorded, ...consent("written"), rndQueriedOn: "2026-06-18", at: "2026-06-19T17:00:00Z" }),
  ).toContainEqual(expect.stringMatching(/^Maine allows no recorded sales calls on the holiday 2026-06-19: it is /));
  expect(text("605", { ...recorded, ...consent("written"), lineType: "landline", at: "2026-06-20T17:00:00Z" })[0]).toMatch(
    /^South Dakota allows no recorded sales calls on Saturdays: it is /,
  );
  expect(text("307", { dnc: {}, ...consent("written"), at: "2026-06-17T02:30:00Z" })[0]).toMatch(
    /^Wyoming allows calls on Tuesdays from 08:00 to 20:00: it is .*; a business relationship in force would lift that/,
  );
  const attempts = [{ at: "2026-06-16T15:00:00Z" }, { at: "2026-06-16T15:30:00Z" }];
  expect(text("617", { callType: "collection", attempts })).toEqual([
    "2 calls about this subject were placed within 168 hours; Massachusetts allows 2 (940 CMR 7.04(1)(f); 209 CMR 18.16(1)(d))",
  ]);
});

describe("an allowed call says what was weighed", () => {
  const weighed = (code: string, facts: object = {}) => ask(code, facts).weighed;
  const of = (code: string, ruleId: string, facts: object = {}) =>
    weighed(code, facts)
      ?.find((one) => one.ruleId === ruleId)
      ?.text.replace(/ \([^()]*(\([^()]*\)[^()]*)*\)$/, "");
  const files = { registryFiles: { US: "2026-06-10", "US-CO": "2026-04-01", "US-FL": "2026-04-01" } };
  const unlisted = { dnc: { national: false, lists: [] } };

  test("every rule of the place and kind of call that is in force, once, and a denied call none", () => {
    const inForce = (binding: string[], type: string, date: string) =>
      usCaUk2026()
        .rules.filter(({ kind }) => !["relationship", "revocation-deadline", "abandonment-limit"].includes(kind))
        .filter((rule) => binding.includes(rule.jurisdiction) && (rule.binds as string[]).includes(type))
        .filter(({ effective = "0", ends = "9", except = [] }) => effective <= date && date <= ends && !except.includes("US"))
        .map(({ id }) => id);
    // In New Jersey recorded calls are for customers alone, and a purchase makes one on its own day.
    const all = {
      ...consent("written"),
      rndQueriedOn: "2026-06-10",
      lineType: "landline",
      ebr: { kind: "transaction", date: "2026-06-16" },
    };
    for (const [code, state] of Object.entries({ 303: "CO", 305: "FL", 504: "LA", 207: "ME", 212: "NY", 201: "NJ", 702: "NV" })) {
      const places = ["*", "US", `US-${state}`, ...(state === "NY" ? ["US-NY-NYC"] : [])];
      for (const callType of ["telemarketing", "prerecorded", "collection"]) {
        const told = weighed(code, { ...all, callType })?.map(({ ruleId }) => ruleId);
        const unread = places.includes("US-ME") || places.includes("US-NY") ? [`us-${state.toLowerCase()}-unread`] : [];
        const named = callType === "collection" || told === undefined ? [] : unread;
        expect(told, `${state} ${callType}`).toEqual([...inForce(places, callType, "2026-06-16"), ...named]);
      }
    }
    // A rule is weighed from its first day to its last.
    const cap = (at: string, of2027 = "") => of("212", `us-ny-nyc-collection-calls${of2027}`, { at, callType: "collection" });
    expect([cap("2026-12-31T18:00:00Z", "-2027"), cap("2027-01-01T18:00:00Z")]).toEqual([undefined, undefined]);
    expect([cap("2026-12-31T18:00:00Z"), cap("2027-01-01T18:00:00Z", "-2027")]).not.toContain(undefined);
    expect(weighed("405")).toBeNull();
  });

  test("and that law which is known by its number alone was not weighed, of sales calls to the state", () => {
    const told = (code: string, facts: object = {}) =>
      weighed(code, facts)?.filter(({ ruleId }) => ruleId.endsWith("-unread")) ?? [];
    const written = { ...consent("written"), rndQueriedOn: "2026-06-10", lineType: "landline" };
    expect(told("502", written)).toEqual([
      {
        ruleId: "us-ky-unread",
        jurisdiction: "US-KY",
        citation: expect.stringContaining("KRS 367.46955") as string,
        text: expect.stringMatching(/^Kentucky: not weighed: KRS 367\.46955\(8\).*, whose text was not had$/) as string,
      },
    ]);
    expect(told("502", { ...written, callType: "collection" })).toEqual([]);
    expect(told("303", written)).toEqual([]);
    for (const { id, unread } of usCaUk2026().jurisdictions)
      if (unread !== undefined) expect(unread.searched, id).toBe("2026-11-27");
  });

  test("with the fact that satisfied it, and its date", () => {
    expect(of("303", "us-hours")).toBe("United States: mon-sun 08:00-21:00: it is Tue 2026-06-16 10:00 in America/Denver");
    expect(of("303", "us-registry", { ...files, ...unlisted })).toBe(
      "United States: no calls to numbers on the national registry: not on it, file of US of 2026-06-10",
    );
    expect(of("303", "us-registry-age", files)).toMatch(/at most 31 days old: file of US of 2026-06-10$/);
    expect(of("303", "us-co-list", { ...files, ...unlisted })).toMatch(
      /at most 92 days old: not on it, file of US-CO of 2026-04-01$/,
    );
    expect(of("305", "us-fl-consent", consent("written"))).toBe(
      "Florida: written consent is needed: written consent of 2026-01-05",
    );
    expect(of("410", "us-md-recorded", { ...recorded, ...consent("written") })).toBe(
      "Maryland: no recorded sales calls: lifted by written consent of 2026-01-05",
    );
    expect(of("402", "us-ne-hours", { ...recorded, ...consent("written") })).toBe(
      "Nebraska: recorded sales calls mon-sat 08:00-21:00, sun 13:00-21:00, holidays 13:00-21:00: lifted by written consent of 2026-01-05",
    );
    expect(of("305", "us-fl-consent", customer)).toBe(
      "Florida: written consent is needed: lifted by the transaction of 2026-06-01, which counts for 18 months",
    );
    const two = { attempts: [{ at: "2026-06-15T17:00:00Z" }, { at: "2026-06-16T15:00:00Z" }, { at: "2026-06-15T15:00:00Z" }] };
    expect(of("305", "us-fl-cap", { ...customer, ...two })).toBe(
      "Florida: at most 3 calls in 24 hours, about one subject: 2 of 3, the latest call at 2026-06-16 15:00:00 UTC",
    );
    expect(of("207", "us-me-reassigned", { rndQueriedOn: "2026-06-10" })).toMatch(/at most 31 days ago: asked on 2026-06-10$/);
    expect(of("201", "us-nj-consent", { lineType: "voip" })).toMatch(
      /consent is needed: it binds mobile lines, and this one is voip$/,
    );
    expect(of("504", "us-la-holidays", consent("written"))).toMatch(
      /Tue 2026-06-16 11:00 in America\/Chicago is on none of them$/,
    );
    const talked = { callType: "collection", attempts: [{ at: "2026-06-01T15:00:00Z", kind: "conversation" }] };
    expect(of("303", "us-collection-conversation", talked)).toMatch(/the latest was at 2026-06-01 15:00:00 UTC$/);
  });

  test("and what nobody told is called unknown", () => {
    expect(of("303", "us-registry")).toMatch(/: not known to be on it, no file was named or checked$/);
    expect(of("303", "us-registry", { scrubbedOn: "2026-06-10" })).toMatch(/: not known to be on it, file of 2026-06-10$/);
    expect(of("303", "us-co-list", { ...unlisted, scrubbedOn: "2026-06-10" })).toMatch(
      /: not on it, no file was named or checked$/,
    );
    expect(of("305", "us-fl-cap", customer)).toMatch(/: earlier calls were not looked at$/);
    expect(of("305", "us-fl-cap", { ...customer, attempts: [] })).toMatch(/: 0 of 3$/);
    expect(of("303", "internal-list")).toMatch(/: the list was not looked at$/);
    expect(of("303", "internal-list", unlisted)).toMatch(/: not on it$/);
    const later = { dnc: { internalAt: "2026-07-01T00:00:00Z" } };
    expect(of("303", "internal-list", later)).toMatch(/: on it from 2026-07-01 00:00:00 UTC on, not yet at this moment$/);
  });
});

describe("Louisiana's holidays (La. R.S. 45:811(3), 1:55), written from the statute's text", () => {
  const weekdays: [name: string, dates: string[]][] = [
    ["New Year's Day", ["2026-01-01", "2027-01-01"]],
    ["Battle of New Orleans", ["2026-01-08", "2027-01-08"]],
    ["Inauguration Day of Baton Rouge", ["2028-01-10"]],
    ["third Monday in January", ["2026-01-19", "2027-01-18", "2028-01-17"]],
    ["third Monday in February", ["2026-02-16", "2027-02-15", "2028-02-21"]],
    ["the day of Mardi Gras", ["2026-02-17", "2027-02-09", "2028-02-29"]],
    ["Good Friday", ["2026-04-03", "2027-03-26", "2028-04-14"]],
    ["last Monday in May", ["2026-05-25", "2027-05-31", "2028-05-29"]],
    ["the Friday and the third Saturday of Juneteenth", ["2026-06-19", "2026-06-20", "2027-06-18", "2027-06-19", "2028-06-17"]],
    ["19 June as proclaimed", ["2028-06-19"]],
    ["4 July, also on a Saturday, and the days kept for it", ["2026-07-04", "2026-07-03", "2027-07-05", "2028-07-04"]],
    ["30 August", ["2027-08-30", "2028-08-30"]],
    ["first Monday in September", ["2026-09-07", "2027-09-06", "2028-09-04"]],
    ["second Monday in October", ["2026-10-12", "2027-10-11", "2028-10-09"]],
    ["1 November", ["2027-11-01", "2028-11-01"]],
    ["general election of even years", ["2026-11-03", "2028-11-07"]],
    ["11 November, also on a Saturday", ["2026-11-11", "2027-11-11", "2028-11-11"]],
    ["fourth Thursday in November and Acadian Day", ["2026-11-26", "2026-11-27", "2027-11-25", "2028-11-23"]],
    ["25 December, also on a Saturday, and the days kept for it", ["2026-12-25", "2027-12-24", "2027-12-25", "2028-12-25"]],
  ];
  const consentOf2025 = { consent: { level: "express", at: "2025-01-05T00:00:00Z" } };
  const noon = (date: string, code = "504", facts: object = {}) =>
    rules(code, {
      at: new Date(Date.parse(`${date}T18:00:00Z`)).toISOString(),
      ...consentOf2025,
      ...facts,
    });

  test.each(weekdays)("%s", (_name, dates) => {
    for (const date of dates) {
      expect(noon(date), date).toEqual(["HOLIDAY"]);
      expect(noon(date, "318", { consent: { level: "written", at: "2025-01-05T00:00:00Z" } }), date).toEqual(["HOLIDAY"]);
      expect(noon(date, "504", recorded), date).toContain("HOLIDAY");
      expect(noon(date, "504", { callType: "collection" }), date).toEqual([]);
    }
  });

  test("on a Sunday the day is a holiday and closed", () => {
    for (const date of ["2026-08-30", "2026-11-01", "2027-07-04"]) expect(noon(date)).toEqual(["DAY_CLOSED", "HOLIDAY"]);
  });

  test("days that it does not name, or no longer names, stay open; so do Saturdays, which some parishes keep", () => {
    const open = ["2026-01-17", "2027-01-19", "2026-06-03", "2026-08-31", "2027-11-02", "2026-11-25", "2026-12-24", "2026-10-10"];
    for (const date of open) expect(noon(date), date).toEqual([]);
  });

  test("each holiday says what names it, whether that was read, and when", () => {
    const { sources, days } = usCaUk2026().calendars["US-LA"] ?? {};
    expect(days?.filter((date) => date.startsWith("2026"))).toHaveLength(20);
    expect(sources?.filter(({ confidence }) => confidence === "statute").map(({ name }) => name)).toHaveLength(17);
    for (const { citation, lookedUp, confidence, note } of sources ?? []) {
      expect(citation).toMatch(/R\.S\.|Acts|proclamation/);
      expect(lookedUp).toBe("2026-11-25");
      if (confidence === "summary") expect(note).toBeDefined();
    }
  });
});
