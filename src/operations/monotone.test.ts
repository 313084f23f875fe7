// Less knowledge never gives a better verdict: each function that judges, on random facts of which some are taken away. The list of
// all of them, with the place of the property of each, is monotone.json beside this file; one that is missing there fails.

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  type CallFacts,
  type CompiledPack,
  compilePack,
  createBuiltinGeography,
  decide,
  mayCall,
  usCaUk2026,
} from "../compliance/index.ts";
import { createTriggerRule } from "./campaigns/failover/rule.ts";
import { keptLookOf } from "./campaigns/health/known.ts";
import { mayDialBy } from "./campaigns/health/why.ts";
import { contactsClosed, createCampaignGate, hoursAt } from "./campaigns/state/gate.ts";
import { campaignFacts } from "./campaigns/state/index.ts";
import { resumeVerdict } from "./campaigns/state/resume.ts";
import { judgedReading } from "./compliance/abandonment.ts";
import { comparedOf } from "./retrieval/compared.ts";
import { isReconciled, wholeOf } from "./retrieval/reconcile.ts";
import { judgeFile } from "./settings/gate.ts";
import { beginGuard, watch } from "./settings/guard.ts";
import { confirmOf } from "./views/plan.ts";
import { isAllPaused } from "./views/stop-views.ts";

const NOW = Date.parse("2026-06-16T16:30:00Z");
const HOUR = 3_600_000;
const day = (back: number) => new Date(NOW - back * 24 * HOUR).toISOString().slice(0, 10);

let pack: CompiledPack;
beforeAll(() => {
  pack = compilePack(usCaUk2026(), { geography: createBuiltinGeography(), timeZoneData: "test" });
});

test("decide: a call that is denied is not allowed when a consent, a file, a look-up or a relationship is not known, or is older", () => {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
  const date = fc.integer({ min: 0, max: 400 }).map(day);
  const call = fc.record({
    number: fc.constantFrom("+12125550123", "+13055550123", "+16175550123", "+442079460018", "+14165550123", "+18005550199"),
    callType: fc.constantFrom("telemarketing" as const, "prerecorded" as const, "collection" as const),
    postal: fc.constant(undefined),
  });
  const facts: fc.Arbitrary<CallFacts> = fc.record({
    consent: maybe(
      fc.record({ level: fc.constantFrom("written" as const, "express" as const), at: fc.constant(NOW - 24 * HOUR) }),
    ),
    ebr: maybe(fc.record({ kind: fc.constantFrom("transaction" as const, "inquiry" as const), date })),
    dnc: maybe(fc.record({ national: maybe(fc.boolean()) })),
    registryFiles: fc.dictionary(fc.constantFrom("US", "CA", "GB", "US-IN", "US-FL"), fc.option(date)),
    lineType: maybe(fc.constantFrom("landline" as const, "mobile" as const)),
    rndQueriedOn: maybe(date),
    guaranteedAgent: maybe(fc.boolean()),
  }) as never;
  fc.assert(
    fc.property(
      call,
      facts,
      fc.integer({ min: 0, max: 23 }),
      fc.constantFrom("consent", "ebr", "lineType", "rndQueriedOn", "guaranteedAgent", "registryFiles"),
      (asked, known, hours, lost) => {
        const at = NOW + hours * HOUR;
        const before = decide(asked, known, pack, at).decision;
        expect(mayCall(asked, known, pack, at)).toBe(before === "allow");
        if (before === "allow") return;
        expect(decide(asked, { ...known, [lost]: lost === "registryFiles" ? {} : undefined }, pack, at).decision).toBe("deny");
        const older = Object.fromEntries(Object.keys(known.registryFiles ?? {}).map((list) => [list, day(500)]));
        expect(decide(asked, { ...known, registryFiles: older }, pack, at).decision).toBe("deny");
      },
    ),
  );
});

const instant = fc.option(fc.integer({ min: NOW - 3 * HOUR, max: NOW + 3 * HOUR }));
const zone = fc.record({
  zone: fc.constant("UTC"),
  contacts: fc.constant(3),
  open: fc.constantFrom(0, 3),
  closes: instant,
  until: instant,
  opens: instant,
  opened: instant,
  closed: instant,
});

test("whether a campaign may dial: without its look, without a zone of it, and long after its turn it never may more", () => {
  const gate = fc.record({
    refusals: fc.subarray([
      { code: "no_company_list", text: "" },
      { code: "nobody_callable", text: "" },
    ] as const),
    windows: fc.array(zone, { maxLength: 4 }),
    hoursOf: fc.constantFrom("campaign" as const, "called" as const),
    covers: fc.constantFrom({ known: 3, of: 3 }, { known: 3, of: 9 }, { known: 3, of: null }),
    from: fc.constantFrom("measured" as const, "assumed" as const),
    nextAllowed: fc.constant(null),
    manifest: fc.constant(null),
  });
  fc.assert(
    fc.property(gate, (look) => {
      expect(mayDialBy(null, NOW).verdict.is).toBe("unknown");
      expect(hoursAt([], NOW)).toBe("unknown");
      // Without the hours of its own, which may be shorter.
      expect(mayDialBy({ ...look, from: "assumed" }, NOW).verdict.is).not.toBe("ok");
      const now = mayDialBy(look, NOW).verdict.is;
      // A look at the beginning of a list that is called by one clock says nothing of the zones of the rest.
      for (const covers of [
        { known: 3, of: 9 },
        { known: 3, of: null },
      ])
        expect(mayDialBy({ ...look, hoursOf: "campaign", covers }, NOW).verdict.is).not.toBe("ok");
      // One clock for the whole list never permits more than a clock for each person.
      if (mayDialBy({ ...look, hoursOf: "called" }, NOW).verdict.is !== "ok")
        expect(mayDialBy({ ...look, hoursOf: "campaign" }, NOW).verdict.is).not.toBe("ok");
      if (now === "ok") return;
      const isFor = look.hoursOf === "called";
      for (const index of isFor ? look.windows.keys() : [])
        expect(mayDialBy({ ...look, windows: look.windows.toSpliced(index, 1) }, NOW).verdict.is).not.toBe("ok");
      // What is known of its windows is older: nothing that turns in between is taken for open.
      const turned = look.windows.map((one) => ({
        ...one,
        until: NOW - 2 * HOUR,
        opens: isFor || one.open > 0 ? null : one.opens,
      }));
      expect(mayDialBy({ ...look, windows: turned }, NOW).verdict.is).not.toBe("ok");
    }),
  );
});

test("whether a campaign may dial: a look at fewer people than are known, or at no list, keeps what was seen of the others, and its age", () => {
  const campaign = { ...campaignFacts("camp_1", { id: "camp_1", status: "active" }), listId: "list" };
  const verdict = {
    campaign,
    at: NOW - HOUR,
    allowed: false,
    refusals: [],
    manifest: null,
    read: 3,
    announced: null,
    whole: true,
    onCompanyList: 0,
    nextAllowed: null,
    windows: [],
    hoursOf: "campaign",
    suppressions: 0,
    calling: [],
    abandonment: [],
  } as const;
  const shrunk = [{ code: "list_shrunk", text: "" }] as const;
  fc.assert(
    fc.property(fc.array(zone, { maxLength: 4 }), fc.array(zone, { maxLength: 2 }), fc.boolean(), (windows, fewer, isNone) => {
      const before = keptLookOf({ ...verdict, windows }, "measured");
      const later = { ...verdict, at: NOW, ...(isNone ? {} : { windows: fewer, refusals: shrunk }) };
      const after = keptLookOf(later, "measured", before);
      if (windows.length === 0) return;
      for (const at of [NOW, NOW + HOUR]) {
        expect(hoursAt(after.look.windows, at)).toBe(hoursAt(windows, at));
        expect(mayDialBy(after.look, at).verdict.is).not.toBe("ok");
      }
      expect([after.look.at, after.look.covers.of]).toEqual([NOW - HOUR, null]);
      // Of another list it says nothing.
      const other = { ...later, campaign: { ...campaign, listId: "other" } };
      expect(keptLookOf(other, "measured", before).look.windows).toEqual(later.windows);
    }),
  );
});

test("whether a campaign may dial by one clock: not while it is not known of a zone whether all of it has opened", () => {
  const open = { zone: "UTC", contacts: 3, open: 3, closes: null, until: null, opens: null, opened: null, closed: null };
  const before = { refusals: [], hoursOf: "campaign" as const, covers: { known: 6, of: 6 }, from: "measured" as const };
  const look = { ...before, nextAllowed: null, manifest: null };
  expect(mayDialBy({ ...look, windows: [open, open] }, NOW).verdict.is).toBe("ok");
  fc.assert(
    fc.property(zone, (other) => {
      const windows = [open, other];
      const verdict = mayDialBy({ ...look, windows }, NOW).verdict.is;
      if (contactsClosed(windows, NOW) !== 0) expect(verdict).not.toBe("ok");
    }),
    { numRuns: 300 },
  );
  // A part of it opened two hours ago, the rest opens at a time that is not known.
  const partly = { ...open, open: 0, opens: NOW - 2 * HOUR, closed: NOW - 3 * HOUR };
  expect(contactsClosed([open, partly], NOW)).toBeNull();
  expect(mayDialBy({ ...look, windows: [open, partly] }, NOW).verdict.is).toBe("unknown");
});

test("why a campaign must not dial, and what is missing to know: each case by itself", () => {
  const zone = { zone: "UTC", contacts: 3, open: 3, closes: null, until: null, opens: null, opened: null, closed: null };
  const look = {
    refusals: [],
    windows: [zone],
    hoursOf: "called" as const,
    covers: { known: 3, of: 3 },
    from: "measured" as const,
    nextAllowed: null,
    manifest: null,
  };
  const of = (change: object) => mayDialBy({ ...look, ...change }, NOW);
  const refused = (...codes: readonly string[]) => ({ refusals: codes.map((code) => ({ code, text: "" })) });
  const shut = { ...zone, open: 0, opens: NOW + HOUR, opened: NOW + HOUR, closed: NOW - HOUR };
  expect(of({})).toEqual({ verdict: { is: "ok" }, why: [], atAnyHour: false });
  expect(of({ windows: [shut] })).toEqual({ verdict: { is: "not_ok" }, why: ["outside hours"], atAnyHour: false });
  expect(of(refused("nobody_callable"))).toMatchObject({ why: ["nobody may be called"], atAnyHour: true });
  expect(of({ ...refused("no_company_list"), windows: [shut] })).toMatchObject({
    why: ["outside hours", "no company do-not-call list"],
    atAnyHour: true,
  });
  // Nobody could be called before another window opened: that says nothing of now.
  for (const opens of [NOW - 1, NOW])
    expect(of({ ...refused("nobody_callable"), windows: [zone, { ...shut, opens, opened: opens }] })).toMatchObject({ why: [] });
  expect(of({ ...refused("nobody_callable"), windows: [zone, shut] })).toMatchObject({ why: ["nobody may be called"] });
  expect(of({ ...refused("nobody_callable"), covers: { known: 3, of: 9 } })).toMatchObject({ why: [] });
  expect(of({ hoursOf: "campaign", windows: [zone, shut] })).toMatchObject({ why: ["outside hours"] });
  const missing = (change: object) => {
    const { verdict } = of(change);
    return verdict.is === "unknown" ? verdict.missing : [];
  };
  expect(missing({ from: "assumed" })).toEqual([{ what: "the campaigns' own calling hours", count: 1 }]);
  const part = { hoursOf: "campaign", covers: { known: 3, of: 9 } };
  expect(missing(part)).toEqual([{ what: "calling windows of contacts further down the lists", count: 1 }]);
  expect(missing({ windows: [] })).toEqual([{ what: "calling windows", count: 1 }]);
});

test("abandonment: what is certain whatever comes is over the limit, and nothing else", () => {
  const judged = (abandoned: number, live: number, toCome: number | null) => {
    const reading = { live, abandoned, limit: { maxRate: 0.03, windowHours: 720 }, withinLimit: abandoned <= 0.03 * live };
    const { withinLimit, importing } = judgedReading(reading as never, { since: NOW, toCome });
    return [withinLimit, importing?.overBy];
  };
  expect(judged(50, 100, 0)).toEqual([false, 47]);
  expect(judged(50, 100, 1000)).toEqual([false, 17]);
  // They may all be live answers that were served: then it is at the limit, and not over it.
  expect(judged(6, 100, 100)).toEqual([null, null]);
  expect(judged(6, 100, 99)).toEqual([false, 1]);
  expect(judged(50, 100, null)).toEqual([null, null]);
  expect(judged(0, 100, 0)).toEqual([null, null]);
});

test("abandonment: while an import is under way nothing is within the limit, and only what is certain is over it", () => {
  const counts = fc.record({
    live: fc.nat(10_000),
    share: fc.double({ min: 0, max: 0.2, noNaN: true }),
    toCome: fc.option(fc.nat(20_000)),
  });
  fc.assert(
    fc.property(counts, ({ live, share, toCome }) => {
      const abandoned = Math.floor(live * share);
      const reading = { live, abandoned, limit: { maxRate: 0.03, windowHours: 720 }, withinLimit: abandoned <= 0.03 * live };
      const { withinLimit } = judgedReading(reading as never, { since: NOW, toCome });
      expect(withinLimit).not.toBe(true);
      if (reading.withinLimit) expect(withinLimit).toBeNull();
      // Knowing how much is still to come never makes it better than not knowing.
      if (judgedReading(reading as never, { since: NOW, toCome: null }).withinLimit === false) expect(withinLimit).toBe(false);
    }),
  );
});

test("failover's evidence: figures without counts, with fewer calls or none never hand over where the whole figures do not", () => {
  const rule = createTriggerRule({ threshold: 0.2, windowMinutes: 5, everySeconds: 60, minimumCalls: 50, rule: "evidence" });
  const reading = fc
    .record({ calls: fc.nat(2000), share: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ calls, share }) => {
      const successes = Math.floor(calls * share);
      return { calls, successes, successRate: calls === 0 ? null : successes / calls, windowMinutes: 5 };
    });
  fc.assert(
    fc.property(reading, fc.integer({ min: 2, max: 50 }), (whole, part) => {
      for (const lost of [{ calls: null }, { successes: null }, { calls: null, successes: null, successRate: null }])
        expect(rule.judge({ ...whole, ...lost }).verdict).not.toBe("trigger");
      if (rule.judge(whole).verdict === "trigger") return;
      const fewer = { ...whole, calls: Math.floor(whole.calls / part), successes: Math.ceil(whole.successes / part) };
      expect(rule.judge(fewer).verdict).not.toBe("trigger");
    }),
  );
});

test("the guard over new settings: a watch that saw less is never good where one that saw all is not", () => {
  const plan = {
    durationMs: 10 * 60_000,
    everyMs: 60_000,
    campaigns: ["a"],
    limit: 0.03,
    alternative: 0.06,
    alpha: 0.01,
    beta: 0.05,
  };
  const portions = fc.array(fc.record({ answered: fc.nat(400), share: fc.double({ min: 0, max: 0.1, noNaN: true }) }), {
    minLength: 10,
    maxLength: 10,
  });
  const end = (seen: readonly ({ answered: number; abandoned: number } | { problem: string })[]) => {
    let state = beginGuard(plan, NOW);
    for (const [i, portion] of seen.entries()) {
      const { state: next, verdict } = watch(plan, state, portion, NOW + (i + 1) * 60_000);
      if (verdict !== "watching") return verdict;
      state = next;
    }
    throw new Error("a watch that does not end");
  };
  fc.assert(
    fc.property(portions, (given) => {
      const all = given.map(({ answered, share }) => ({ answered, abandoned: Math.floor(answered * share) }));
      expect(end(all.map(() => ({ problem: "blind" })))).toBe("inconclusive");
      // What was counted until the watch went blind for good: what it had not shown by then it does not show.
      if (end(all) !== "inconclusive") return;
      for (const seen of all.keys()) expect(end(all.map((one, i) => (i < seen ? one : { problem: "blind" })))).not.toBe("good");
    }),
  );
});

test("the guard over new settings: far above the limit is bad, far below it good", () => {
  const plan = {
    durationMs: 600_000,
    everyMs: 60_000,
    campaigns: ["a"],
    limit: 0.03,
    alternative: 0.06,
    alpha: 0.01,
    beta: 0.05,
  };
  const end = (abandoned: number) => {
    let state = beginGuard(plan, NOW);
    for (let minute = 1; ; minute += 1) {
      const seen = watch(plan, state, { answered: 400, abandoned }, NOW + minute * 60_000);
      if (seen.verdict !== "watching") return [seen.verdict, minute];
      state = seen.state;
    }
  };
  expect(end(200)).toEqual(["bad", 1]);
  expect(end(0)).toEqual(["good", 10]);
});

test("settings: what breaks a rule, here or at the tenant, is refused, also without a reason; a warning is not", async () => {
  const settings = {
    name: "s",
    concurrency: { max_agents: 40, max_concurrent_calls: 100 },
    algorithm: { type: "predictive", dial_ratio: 2, abandonment_rate_target: 0.03 },
  };
  const fact = (name: string) => ({ name, low: 0.1, high: 0.2, from: "measured", at: NOW });
  const band = { low: 0, median: 0.01, high: 0.02 };
  const basis = [fact("agents"), fact("answerRate")];
  const prediction = { abandonment: band, occupancy: band, attemptsPerHour: band, chanceAboveLimit: 0, basis };
  const refusals = async (status: string, severity?: string, told: object = {}) => {
    const validate = () => Promise.resolve({ compliance_status: status, violations: [], capacity_warnings: [], ...told });
    const judged = await judgeFile({ settings, carrier: {}, expected: {} } as never, {
      pacing: { validate } as never,
      predict: () => prediction as never,
      chance: 0.05,
      checks: [],
      overrides: [],
      ...(severity !== undefined && { found: [{ check: "rule", severity, path: "x", message: "m" }] as never }),
    });
    return judged.refusals;
  };
  expect(await refusals("PASS")).toEqual([]);
  expect(await refusals("PASS", "warning")).toEqual([]);
  expect(await refusals("PASS", "violation")).toEqual(["x: m"]);
  expect(await refusals("FAIL")).toEqual(["the tenant's validation says FAIL"]);
  const item = { check: "lines", message: "too many" };
  expect(await refusals("PASS", undefined, { violations: [item] })).toEqual(["lines: too many"]);
  expect(await refusals("FAIL", undefined, { violations: [item], capacity_warnings: ["few"] })).toEqual(["lines: too many"]);
  expect(await refusals("PASS", undefined, { capacity_warnings: ["few"] })).toEqual([]);
});

test("settings: without a prediction, or with one on an assumed answer rate, nothing passes that did not pass with it", async () => {
  const settings = {
    name: "s",
    concurrency: { max_agents: 40, max_concurrent_calls: 100 },
    algorithm: { type: "predictive", dial_ratio: 2, abandonment_rate_target: 0.03 },
  };
  const pacing = { validate: () => Promise.resolve({ compliance_status: "PASS", violations: [], capacity_warnings: [] }) };
  const band = { low: 0, median: 0.01, high: 0.02 };
  const verdict = (prediction: unknown) =>
    judgeFile({ settings, carrier: {}, expected: {} } as never, {
      pacing: pacing as never,
      predict: () => prediction as never,
      chance: 0.05,
      checks: [],
      overrides: [],
    });
  const fact = (name: string, from: string) => ({ name, low: 0.1, high: 0.2, from, at: NOW });
  const of = (chance: number, from: string) => ({
    abandonment: band,
    occupancy: band,
    attemptsPerHour: band,
    chanceAboveLimit: chance,
    basis: [fact("agents", "measured"), fact("answerRate", from)],
  });
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom("measured", "given"), async (chance, from) => {
      const known = await verdict(of(chance, from));
      const lost = [await verdict(of(chance, "assumed")), await verdict("it cannot be predicted")];
      expect(lost.map(({ refusals }) => refusals.length > 0)).toEqual([true, true]);
      expect(known.refusals.length === 0).toBe(chance <= 0.05);
    }),
    { numRuns: 20 },
  );
});

test("a resume: what the pair or the tenant's groups do not answer is no permission", async () => {
  const gate = (refusals: readonly object[]) =>
    ({ campaign: { id: "a" }, refusals, allowed: refusals.length === 0, onCompanyList: 0, whole: true }) as never;
  const groups = { missing: 0, groups: [] } as never;
  expect((await resumeVerdict({ pairAgainst: async () => null, doNotCall: async () => groups }, gate([]))).allowed).toBe(true);
  const silent = () => Promise.reject(new Error("no answer"));
  await expect(resumeVerdict({ pairAgainst: silent, doNotCall: async () => groups }, gate([]))).rejects.toThrow("no answer");
  await expect(resumeVerdict({ pairAgainst: async () => null, doNotCall: silent }, gate([]))).rejects.toThrow("no answer");
  const problem = { problem: "not read" } as never;
  // Numbers are added to the tenant's group for the start alone: not when anything else forbids it.
  const starts: unknown[] = [];
  const asked = async (_: unknown, __: unknown, start: unknown) => {
    starts.push(start);
    return groups;
  };
  const given = { start: "start" as never };
  const forbidden = gate([{ code: "outside_hours", text: "" }]);
  expect((await resumeVerdict({ pairAgainst: async () => null, doNotCall: asked }, gate([]), given)).allowed).toBe(true);
  expect((await resumeVerdict({ pairAgainst: async () => null, doNotCall: asked }, forbidden, given)).allowed).toBe(false);
  expect((await resumeVerdict({ pairAgainst: async () => "it dials", doNotCall: asked }, gate([]), given)).allowed).toBe(false);
  expect(starts).toEqual(["start", undefined, undefined]);
  const unread = { ...(gate([]) as object), onCompanyList: null, whole: false } as never;
  expect((await resumeVerdict({ doNotCall: async () => problem }, unread)).allowed).toBe(false);
  expect((await resumeVerdict({ pairAgainst: async () => "its partner dials" }, gate([]))).allowed).toBe(false);
});

test("a confirmation holds for exactly what was shown: anything more, less or otherwise known is another one", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue(), { minKeys: 1, maxKeys: 5 }),
      fc.nat(),
      (relies, which) => {
        const confirm = confirmOf({ operation: "dialer.apply", relies });
        const names = Object.keys(relies);
        const { [names[which % names.length] ?? ""]: _, ...less } = relies;
        expect(confirmOf({ operation: "dialer.apply", relies: less })).not.toBe(confirm);
        expect(confirmOf({ operation: "dialer.rollback", relies })).not.toBe(confirm);
      },
    ),
  );
});

test("retrieval: nothing is whole by less that counts its calls, nor with a filter", () => {
  const covers = fc.constantFrom(undefined, { known: 8, of: 8 }, { known: 4, of: 8 });
  const number = fc.record({
    by: fc.constantFrom("the lake", "the tenant's own counter of answered calls", "dials"),
    count: fc.nat(20),
    share: fc.constantFrom(1, 0.5),
    certain: fc.boolean(),
    brought: fc.option(fc.nat(20), { nil: undefined }),
    covers,
  });
  const judged = (numbers: readonly object[], codes: readonly string[] | null, ok: boolean) =>
    wholeOf({ ok, codes, compared: comparedOf({ calls: 10, compared: numbers, codes }) });
  fc.assert(
    fc.property(fc.array(number, { maxLength: 4 }), fc.boolean(), (numbers, ok) => {
      expect(judged([], null, ok)).not.toBe(true);
      expect(judged(numbers, ["CONVERTED"], ok)).not.toBe(true);
      // Whatever it was compared with: with a filter it has not all.
      const compared = comparedOf({ calls: 10, compared: numbers, codes: null });
      expect(wholeOf({ ok, codes: ["CONVERTED"], compared })).not.toBe(true);
      // Other retrievals may have read an hour of its days, and days that are counted say nothing of those that are not.
      expect(
        judged(
          numbers.filter(({ by, covers: of, brought }) => by === "the lake" || of?.known === 4 || (of === undefined && brought)),
          null,
          ok,
        ),
      ).not.toBe(true);
      if (judged(numbers, null, ok) !== null) return;
      for (const at of numbers.keys()) expect(judged(numbers.toSpliced(at, 1), null, ok)).not.toBe(true);
    }),
  );
});

test("reconcile: a difference, or a row that could not be compared, is never the same on both sides", () => {
  const none = { not_in_lake: 0, not_at_vendor: 0, not_in_crm: 0 };
  const same = { differences: none, unreadable: 0, vendor: 4 };
  expect(isReconciled(same)).toBe(true);
  for (const name of Object.keys(none)) expect(isReconciled({ ...same, differences: { ...none, [name]: 1 } })).toBe(false);
  expect(isReconciled({ ...same, unreadable: 1 })).toBe(false);
  expect(isReconciled({ ...same, vendor: 0 })).toBe(false);
});

test("a stop: what is not confirmed, only listed, or missing from the list is no all-clear", () => {
  const listProblem = fc.constantFrom(null, { code: "known_unread", message: "" } as const);
  const stop = fc.record({
    changes: fc.array(fc.record({ confirmed: fc.boolean() }), { maxLength: 4 }),
    alreadyPaused: fc.subarray(["x", "y"]),
    listProblem,
  });
  fc.assert(
    fc.property(stop, (given) => {
      const isClear = (change: object) => isAllPaused({ ...given, endedAt: "", supersededBy: null, ...change } as never);
      expect(isClear({ endedAt: null })).toBe(false);
      expect(isClear({ supersededBy: "stop_2" })).toBe(false);
      expect(isClear({ listProblem: { code: "unreachable", message: "" } })).toBe(false);
      expect(isClear({ alreadyPaused: [...given.alreadyPaused, "z"] })).toBe(false);
      expect(isClear({ changes: [...given.changes, { confirmed: false }] })).toBe(false);
    }),
  );
});

/** What the list must have, each at least once. */
const AREAS = [
  "decide",
  "pre-dial gate",
  "resumeVerdict",
  "settings gate and prediction",
  "the guard's verdict",
  "failover evidence",
  "hand-over",
  "stop's all-clear",
  "attention",
  "readiness",
  "doctor",
  "campaign plan",
  "campaign apply",
  "retrieval's whole",
  "reconcile",
  "report verdicts",
  "abandonment budget",
  "tenant probe",
  "audit verify",
  "preview confirm",
];

/** Every function that judges by what is known, with the test that takes knowledge from it. `none`: by their name only. */
const LIST = JSON.parse(readFileSync(join(import.meta.dirname, "monotone.json"), "utf8")) as {
  readonly judges: Readonly<Record<string, { readonly area?: string; readonly file: string; readonly title: string }>>;
  readonly none: readonly string[];
};

test("every function that judges is on the list with its test, and every test on the list is there", () => {
  const root = join(import.meta.dirname, "../..");
  const files = globSync("src/**/*.{ts,tsx}", { cwd: root }).filter((file) => !file.includes(".test."));
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
  const named =
    /^export (?:interface|type) (\w*(?:Verdict|Judgement|Comparison|MayDial|NotDialing|Hours|JudgedReading|TenantKnown|Trend|Decision|Gate|Prediction|Coverage|Budget))\b/gm;
  const verdicts = new Set([...texts.values()].flatMap((text) => [...text.matchAll(named)].map(([, name]) => name ?? "")));
  const byType = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/^export (?:async )?function (\w+)[\s\S]{0,900}?\): ([^\n]+) \{$/gm)].flatMap(([, name, type = ""]) =>
      (type.match(/\w+/g) ?? []).some((word) => verdicts.has(word)) ? [`${file} ${name}`] : [],
    ),
  );
  const words =
    /^export (?:async )?(?:function|const) (\w*(?:[vV]erdictOf|[jJ]udge|wholeOf|isWhole|Ready|Counted|Reconciled|AllPaused|PartOf))\b/gm;
  // Whatever says yes or no: those of operations, the law and the app, and permissions anywhere.
  const yesOrNo = /^export (?:async )?(?:function|const) ((?:may|is|are|has|can|lets|passes|holds)[A-Z]\w*)/gm;
  const judging = /^src\/(?:operations|app|compliance)\//;
  const byName = [...texts].flatMap(([file, text]) => [
    ...[...text.matchAll(words)].map(([, name]) => `${file} ${name}`),
    ...[...text.matchAll(yesOrNo)].flatMap(([, name = ""]) =>
      judging.test(file) || name.startsWith("may") ? [`${file} ${name}`] : [],
    ),
  ]);
  expect(byType.length).toBeGreaterThan(20);
  const none = new Set(LIST.none);
  expect([...byType, ...byName].filter((one) => LIST.judges[one] === undefined && !none.has(one))).toEqual([]);
  const areas = new Set(Object.values(LIST.judges).map(({ area }) => area));
  expect(AREAS.filter((area) => !areas.has(area))).toEqual([]);
  for (const [judge, { file, title }] of Object.entries(LIST.judges)) {
    const [path = "", name = ""] = judge.split(" ");
    expect([judge, new RegExp(`export (?:async )?(?:function|const|class) ${name}\\b`).test(texts.get(path) ?? "")]).toEqual([
      judge,
      true,
    ]);
    expect([judge, readFileSync(join(root, file), "utf8").includes(title)]).toEqual([judge, true]);
  }
});

test("the gate of a campaign: what is not known of its list, its rules, the company's list, the clock or the store never lets it dial", async () => {
  const known = {
    list: "list",
    rules: undefined as unknown,
    hasCompanyList: true,
    isSetBack: false,
    skewMs: 0,
    most: 2,
  };
  const losses: Readonly<Record<string, Partial<typeof known>>> = {
    "its list": { list: "" },
    "its rules": { rules: { timeZone: "Nowhere/None", dialingRules: {} } },
    "the company's list": { hasCompanyList: false },
    "what the database lacks": { isSetBack: true },
    "the time": { skewMs: 10 * 60_000 },
    "most of the contacts": { most: 10 },
  };
  const isAllowed = async (given: typeof known) => {
    const contacts = ["+12125550123", "+12125550124"].map((phoneNumber, i) => ({ id: `${i}`, phoneNumber }));
    const page = { number: 1, items: contacts, reply: { total: contacts.length }, nextToken: undefined };
    const gate = createCampaignGate({
      runner: {
        capability: { hoursOf: "campaign" },
        status: async () => ({ id: "camp", status: "paused", contactListId: given.list, complianceConfig: given.rules }),
      },
      contacts: {
        contacts: () => ({
          pages: async function* () {
            yield page;
          },
        }),
      },
      metrics: {},
      // Whatever it is asked of single people it allows.
      gate: async ({ contacts: asked }: { contacts: AsyncIterable<unknown> }) => {
        const { length } = await Array.fromAsync(asked);
        return { manifest: { counts: { dial: length, refused: 0 }, byReason: [], byRule: {}, input: { contacts: length } } };
      },
      facts: {
        companyList: async () => (given.hasCompanyList ? {} : undefined),
        lastSuppression: async () => 0,
        importsUnderWay: async () => undefined,
        answeredHours: async () => [],
      },
      audit: { held: given.isSetBack ? [{ at: NOW, what: "entries", size: 2, known: 3 }] : [] },
      counts: { knownCounts: { find: async () => ({ count: given.most, seenAt: NOW }), keep: async () => undefined } },
      pack: usCaUk2026(),
      compile: () => pack,
      clock: { now: () => NOW },
      dayEnds: () => NOW + HOUR,
      countEarlyHangups: false,
      skewMs: () => given.skewMs,
    } as never);
    return (await gate("camp", { keep: false })).allowed;
  };
  expect(await isAllowed(known)).toBe(true);
  for (const [what, loss] of Object.entries(losses))
    expect([what, await isAllowed({ ...known, ...loss })]).toEqual([what, false]);
  const some = fc.subarray(Object.values(losses), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(some, async (several) => {
      expect(await isAllowed(Object.assign({}, known, ...several) as typeof known)).toBe(false);
    }),
    { numRuns: 20 },
  );
});
