import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import conventionCases from "../../../test/data/compliance/cases.json" with { type: "json" };
import flatRuleSet from "../../../test/data/compliance/flat-rule-set.json" with { type: "json" };
import { type ReferenceInput, referenceDecision } from "../../../test/support/compliance-reference.ts";
import { scaled } from "../../../test/support/scale.ts";
import { DAY_MS } from "../../kernel/index.ts";
import {
  type CallFacts,
  type CompiledPack,
  compilePack,
  createBuiltinGeography,
  type Decision,
  DNC_NOT_COVERED,
  decide,
  formatInstant,
  formatQuestion,
  mayCall,
  NOT_COVERED,
  parseQuestion,
  parseRulePack,
  usCaUk2026,
} from "../index.ts";

const QUARTER = 15 * 60_000;
let pack: CompiledPack;
beforeAll(() => {
  pack = compilePack(parseRulePack(flatRuleSet, "flat-rule-set.json"), { timeZoneData: "test" });
});

const ask = (input: unknown): Decision => {
  const { call, facts, at } = parseQuestion(input);
  return decide(call, facts, pack, at);
};
const plain = ({ decision, rules, next }: Decision) => ({ decision, rules, next: next === null ? null : formatInstant(next) });

test.each(conventionCases)("$convention: $title", ({ input, expect: expected }) => {
  expect(plain(ask(input))).toEqual(expected);
});

// Inputs whose instants are whole quarters of an hour, but for the question's own: there the reference is exact.
const { npa, postal } = flatRuleSet.ruleset;
const codes = Object.keys(npa);
const STARTS = ["2026-02-20", "2026-05-20", "2026-07-20", "2026-10-10", "2026-12-10", "2027-12-20", "2028-02-10"].map((day) =>
  Date.parse(day),
);
const instantText = (at: number) => new Date(at).toISOString();
const dayText = (at: number) => instantText(at).slice(0, 10);
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 3) => fc.option(arbitrary, { nil: undefined, freq });

const number = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...codes).map((code) => `+1${code}5550123`) },
  { weight: 2, arbitrary: fc.constant("+442079460018") },
  { weight: 1, arbitrary: fc.constantFrom("+18005550199", "+19115550123", "+12121550123", "+19995550123", "+1212555012") },
);

const question: fc.Arbitrary<ReferenceInput> = fc
  .record({ start: fc.constantFrom(...STARTS), offset: fc.integer({ min: 0, max: 40 * DAY_MS }), onGrid: fc.boolean() })
  .chain(({ start, offset, onGrid }) => {
    const at = onGrid ? start + Math.floor(offset / QUARTER) * QUARTER : start + Math.floor(offset / 1000) * 1000;
    const near = (days: number) =>
      fc.integer({ min: -days * 96, max: 96 }).map((quarters) => (Math.floor(at / QUARTER) + quarters) * QUARTER);
    const subject = maybe(fc.constantFrom("A", "B"), 2);
    const attempt = fc.record({
      at: near(9).map(instantText),
      kind: maybe(fc.constantFrom("attempt", "conversation", "inbound-conversation", "abandoned"), 2),
      subject,
    });
    const input = fc.record({
      number,
      at: fc.constant(instantText(at)),
      callType: fc.constantFrom("telemarketing", "prerecorded", "collection"),
      subject,
      postal: maybe(fc.constantFrom(...Object.keys(postal)), 1),
      attempts: maybe(fc.array(attempt, { maxLength: 9 }), 2),
      consent: maybe(
        fc.record({
          level: fc.constantFrom("none", "express", "written"),
          at: near(60).map(instantText),
          revokedAt: maybe(near(30).map(instantText), 1),
        }),
        2,
      ),
      ebr: maybe(
        fc.record({
          kind: fc.constantFrom("transaction", "inquiry"),
          date: fc
            .oneof(
              near(100),
              fc.integer({ min: -560, max: -530 }).map((days) => at + days * DAY_MS),
            )
            .map(dayText),
        }),
        2,
      ),
      dnc: maybe(fc.record({ national: maybe(fc.boolean()), internalAt: maybe(near(30).map(instantText), 1) }), 1),
      scrubbedOn: maybe(
        fc.integer({ min: -45, max: 1 }).map((days) => dayText(at + days * DAY_MS)),
        1,
      ),
      rndDisconnectedOn: maybe(near(80).map(dayText), 1),
      guaranteedAgent: maybe(fc.boolean(), 1),
    });
    // JSON has no undefined: what is missing is not there.
    return input.map((value) => JSON.parse(JSON.stringify(value)) as ReferenceInput);
  });

test("decides as the plain reference does, which tries every quarter of an hour", () => {
  fc.assert(
    fc.property(question, (input) => {
      expect(plain(ask(input))).toEqual(referenceDecision(flatRuleSet.ruleset, input, 15));
    }),
    { numRuns: 80 },
  );
});

test("a cap counts the calls known here or those that the tenant shows, whichever are more, and says so", () => {
  const caps = new Set(pack.pack.rules.flatMap((rule) => (rule.kind === "attempt-cap" ? [rule.violation] : [])));
  fc.assert(
    fc.property(question, fc.nat(9), (input, known) => {
      const all = input.attempts ?? [];
      const some = all.slice(0, known);
      const whole = ask(input);
      expect(plain(ask({ ...input, tenantAttempts: some }))).toEqual(plain(whole));
      const capped = ({ rules }: Decision) => rules.filter((rule) => caps.has(rule));
      const shown = ask({ ...input, attempts: some, tenantAttempts: all });
      expect(capped(shown)).toEqual(capped(whole));
      expect(shown.cap?.placed).toBe(whole.cap?.placed);
      const { call, facts, at } = parseQuestion({ ...input, tenantAttempts: all });
      expect(parseQuestion(formatQuestion(call, facts, at)).facts.tenantAttempts).toEqual(facts.tenantAttempts);
    }),
    { numRuns: scaled(300, 40) },
  );
  const at = "2026-06-16T17:00:00Z";
  const called = ["2026-06-16T14:00:00Z", "2026-06-16T15:00:00Z", "2026-06-16T16:00:00Z"].map((one) => ({ at: one }));
  const person = {
    number: "+13055550123",
    callType: "telemarketing",
    at,
    consent: { level: "written", at: "2026-01-01T00:00:00Z" },
  };
  const { reasons } = ask({ ...person, attempts: called.slice(1), tenantAttempts: called });
  expect(reasons.map(({ text }) => text).join("\n")).toMatch(
    /3 calls about this subject were placed .*, as the tenant shows them \(2 of them known here\); /,
  );
  const own = ask({ ...person, attempts: called, tenantAttempts: [] }).reasons.map(({ text }) => text);
  expect(own.join("\n")).toMatch(/3 calls about this subject were placed [^,]*; /);
});

test("an allowed call's next instant is the one asked about, and no next instant lies before it or is itself denied", () => {
  fc.assert(
    fc.property(question, (input) => {
      const { call, facts, at } = parseQuestion(input);
      const decision = decide(call, facts, pack, at);
      expect(mayCall(call, facts, pack, at)).toBe(decision.decision === "allow");
      expect(decision.rules).toEqual([...decision.rules].sort());
      expect(new Set(decision.reasons.map((reason) => reason.rule))).toEqual(new Set(decision.rules));
      if (decision.decision === "allow") expect(decision.next).toBe(at);
      else if (decision.next !== null) {
        expect(decision.next).toBeGreaterThan(at);
        expect(decision.next).toBeLessThanOrEqual(at + 45 * DAY_MS);
        expect(decide(call, facts, pack, decision.next).rules).toEqual([]);
        expect(decide(call, facts, pack, decision.next - 1).rules).not.toEqual([]);
      }
    }),
    { numRuns: scaled(1000, 100) },
  );
});

test("a fact more never turns a denial into permission, unless it is consent or a relationship", () => {
  const without: readonly (keyof CallFacts)[] = ["attempts", "dnc", "scrubbedOn", "rndDisconnectedOn"];
  fc.assert(
    fc.property(question, fc.constantFrom(...without), (input, fact) => {
      const { call, facts, at } = parseQuestion(input);
      const less = decide(call, { ...facts, [fact]: undefined }, pack, at);
      const more = decide(call, facts, pack, at);
      for (const rule of less.rules) expect(more.rules).toContain(rule);
      if (less.next === null) expect(more.next).toBeNull();
      else if (more.next !== null) expect(more.next).toBeGreaterThanOrEqual(less.next);
    }),
    { numRuns: scaled(1000, 100) },
  );
});

test("the strictest zone wins: what an area code allows, each address in it allows", () => {
  const places = Object.entries(postal);
  fc.assert(
    fc.property(question, (input) => {
      const code = input.number.slice(2, 5);
      const area = (npa as Record<string, { state: string; zones: string[] }>)[code];
      const { postal: _, ...anywhere } = input;
      if (area === undefined || ask(anywhere).decision === "deny") return;
      for (const [zip, place] of places) {
        if (place.state === area.state && area.zones.includes(place.zone))
          expect(ask({ ...anywhere, postal: zip }).rules).toEqual([]);
      }
    }),
    { numRuns: scaled(800, 80) },
  );
});

test("revocation is monotone: once consent is withdrawn nothing after it is allowed, however long the wait", () => {
  fc.assert(
    fc.property(question, fc.integer({ min: 0, max: 400 * DAY_MS }), (input, later) => {
      const { call, facts, at } = parseQuestion(input);
      if (facts.consent === undefined) return;
      const revoked = { ...facts, consent: { ...facts.consent, revokedAt: at } };
      const decision = decide(call, revoked, pack, at + later);
      expect(decision.decision).toBe("deny");
      expect(decision.next).toBeNull();
    }),
    { numRuns: scaled(800, 80) },
  );
});

test("a decision as JSON carries its reasons, the pack and the time-zone data", () => {
  const decision = ask({ number: "+12125550123", callType: "telemarketing", at: "2026-06-16T03:00:00Z" });
  expect(JSON.parse(JSON.stringify(decision))).toMatchObject({
    decision: "deny",
    rules: ["HOURS_FEDERAL"],
    zones: ["America/New_York"],
    packVersion: "flat-rule-set-2026@1",
    timeZoneData: "test",
    reasons: [{ rule: "HOURS_FEDERAL", ruleId: "us-hours", jurisdiction: "US", citation: "47 CFR 64.1200(c)(1)" }],
  });
  expect(decision.reasons[0]?.text).toContain("it is Mon 2026-06-15 23:00 in America/New_York");
});

test("facts that are no dates and no instants are refused, never passed over", () => {
  const call = { number: "+12125550123", callType: "telemarketing" } as const;
  const now = Date.parse("2026-06-16T15:00:00Z");
  const refused: CallFacts[] = [
    { scrubbedOn: "yesterday" },
    { ebr: { kind: "transaction", date: "2026-02-30" } },
    { attempts: [{ at: Number.NaN }] },
    { consent: { level: "written", at: Number.NaN } },
    { consent: { level: "written", at: now, revokedAt: Number.NaN } },
    { dnc: { internalAt: Number.NaN } },
    { consent: { level: "written", at: now }, rndDisconnectedOn: "2026-13-01" },
  ];
  for (const facts of refused)
    expect(() => decide(call, facts, pack, now)).toThrow(expect.objectContaining({ code: "invalid_facts" }));
  expect(() => decide(call, {}, pack, Number.NaN)).toThrow(expect.objectContaining({ code: "invalid_facts" }));
});

const ASKED_CALL = { number: "+13175550123", callType: "telemarketing" } as const;
const ASKED = { number: "+13175550123", callType: "telemarketing", at: "2026-06-16T15:00:00Z" };

test.each([
  [{ ...ASKED, dnc: { lists: ["us-in"] } }, /dnc\.lists\[0\]: .*US-IN, in capitals/],
  [{ ...ASKED, dnc: { lists: ["Indiana"] } }, /dnc\.lists\[0\]/],
  [{ ...ASKED, registryFiles: { "US-in": "2026-06-10" } }, /registryFiles/],
  [{ ...ASKED, registryFiles: { US: "covered" } }, /registryFiles\.US: .*not-covered/],
  [{ id: 1, input: ASKED, dnc: { national: true } }, /dnc: belongs into input/],
])("a question with a fact that nobody would read is refused: %j", (question, message) => {
  expect(() => parseQuestion(question)).toThrow(message);
});

test("what no loaded file covers is denied, whatever else is known: knowing less of the files never allows more", () => {
  const shipped = compilePack(parseRulePack(usCaUk2026(), "us-ca-uk-2026"), { geography: createBuiltinGeography() });
  const at = Date.parse(ASKED.at);
  const { reasons, ...denied } = ((of: Decision) => of.toJSON())(
    decide(ASKED_CALL, { registryFiles: { US: NOT_COVERED, "US-IN": NOT_COVERED } }, shipped, at),
  );
  expect(denied).toMatchObject({ decision: "deny", rules: [DNC_NOT_COVERED], next: null });
  expect(reasons.map(({ text, citation }) => [text, citation])).toEqual([
    [
      expect.stringMatching(/no file of the registry of US .*covers the area code 317.*--registry US --as-of/),
      expect.stringContaining("16 CFR"),
    ],
    [
      expect.stringMatching(/no file of the do-not-call list of US-IN .*covers the area code 317.*--registry US-IN/),
      expect.any(String),
    ],
  ]);
  // From most to least: fresh, older, of no day, of another area code, not loaded.
  const known = fc.constantFrom<CallFacts["registryFiles"]>(
    ...["2026-06-10", "2026-06-01", "2026-01-01", NOT_COVERED, null].flatMap((US) =>
      ["2026-06-10", "2026-03-01", "2025-01-01", NOT_COVERED, null].map((indiana) => ({ US, "US-IN": indiana })),
    ),
  );
  const weaker = fc.constantFrom(NOT_COVERED, null, "2020-01-01", "2030-01-01");
  const more = fc.record(
    {
      dnc: fc.record({ national: fc.boolean(), lists: fc.constantFrom([], ["US-IN"]) }),
      consent: fc.record({ level: fc.constantFrom("express" as const, "written" as const), at: fc.constant(at - DAY_MS) }),
      ebr: fc.constant({ kind: "transaction" as const, date: "2026-06-01" }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(known, weaker, fc.constantFrom("US", "US-IN"), more, fc.nat(40), (registryFiles, less, list, facts, days) => {
      const on = at + days * DAY_MS;
      const before = decide(ASKED_CALL, { ...facts, registryFiles }, shipped, on);
      const after = decide(ASKED_CALL, { ...facts, registryFiles: { ...registryFiles, [list]: less } }, shipped, on);
      if (before.decision === "deny") expect(after.decision).toBe("deny");
      expect(mayCall(ASKED_CALL, { ...facts, registryFiles: { ...registryFiles, [list]: less } }, shipped, on)).toBe(
        after.decision === "allow",
      );
    }),
  );
});

test("a file of a day that is still to come is none, but that of tomorrow may have been loaded where it is tomorrow", () => {
  const shipped = compilePack(parseRulePack(usCaUk2026(), "us-ca-uk-2026"), { geography: createBuiltinGeography() });
  const rulesOn = (day: string) => {
    const { call, facts, at } = parseQuestion({ ...ASKED, registryFiles: { US: day, "US-IN": day } });
    return decide(call, facts, shipped, at).rules;
  };
  expect(rulesOn("2026-06-16")).toEqual([]);
  expect(rulesOn("2026-06-17")).toEqual([]);
  expect(rulesOn("2026-06-18")).toEqual(["DNC_STALE", "DNC_STATE_STALE"]);
  const { call, facts, at } = parseQuestion({ ...ASKED, number: "+12125550123", scrubbedOn: "2026-07-15" });
  expect(decide(call, facts, shipped, at).rules).toEqual(["DNC_STALE"]);
});
