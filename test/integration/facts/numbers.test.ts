// One reader of numbers: whatever a text is, importers, single entries, lists, questions and the gate agree on whom it names, or
// all refuse it. A doubt suppresses everybody whom the text may name, and permits nobody.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compilePack, createBuiltinGeography, usCaUk2026 } from "../../../src/compliance/index.ts";
import {
  answerTo,
  attemptsFile,
  consentFile,
  disconnectionsFile,
  explained,
  FactsUseCases,
  type GateVerdict,
  importFacts,
  internalListFile,
  loadRegistry,
  optOutsOf,
  readContacts,
  recordOutcomes,
} from "../../../src/operations/index.ts";
import { explainOf } from "../../../src/operations/views/index.ts";
import { runCli } from "../../support/cli.ts";
import { scaled } from "../../support/scale.ts";
import { startService } from "../../support/service.ts";
import { ANNA, type FactsWorld, file, openFactsWorld } from "./world.ts";

let world: FactsWorld;
let useCases: FactsUseCases;
beforeEach(async () => {
  world = await openFactsWorld();
  useCases = new FactsUseCases({ store: world.store, clock: world.clock, random: world.deps.random }, async () => pack);
});
afterEach(() => world.dispose());

const pack = compilePack(usCaUk2026(), { geography: createBuiltinGeography() });
const ASKED = { callType: "telemarketing", at: "2026-03-02T18:00:00Z" } as const;
const AUCKLAND = 6465550160;
const NEW_YORK = 16465550160;
const REVEALED = { reveal: true };

const of = async (...numbers: number[]) => {
  const found = await world.facts.of(numbers, { attemptsSince: 0, files: await world.facts.registryFiles() });
  return numbers.map((number) => found.get(number));
};
const isInvalid = (number: unknown) => {
  const answer = answerTo({ number, ...ASKED }, pack, undefined);
  return "error" in answer || answer.rules.includes("INVALID_NUMBER");
};
const ndjson = (texts: readonly unknown[], more: object = {}) => file(texts.map((number) => JSON.stringify({ number, ...more })));
async function refusedBy(run: (sink: { refused(line: { line: number }): void }) => Promise<unknown>) {
  const lines = new Set<number>();
  await run({ refused: ({ line }) => void lines.add(line) });
  return lines;
}

const digits = fc.oneof(
  fc.stringMatching(/^\d{1,16}$/),
  fc.stringMatching(/^[2-9]\d\d[2-9]\d{6}$/),
  fc.constantFrom("442079460018", "6465550160", "3525550160", "4581234567", "390612345678", "12125550123"),
);
const FULL_WIDTH = 0xfee0;
/** All its digits in full width, or some of them. */
const wide = fc
  .tuple(digits, fc.integer({ min: 0, max: 0xffff }))
  .map(([text, which]) =>
    Array.from(text, (one, i) => ((which >> i) & 1 ? String.fromCharCode(one.charCodeAt(0) + FULL_WIDTH) : one)).join(""),
  );
const written = fc
  .tuple(
    fc.constantFrom("", "+", "00", "011", "0011", "'+", "(+", "+1 1", "＋", "tel:+", "+44 (0)"),
    fc.oneof({ weight: 3, arbitrary: digits }, wide),
    fc.constantFrom("", " x5", ".0", "/", ";ext=2", " ", "E+09"),
  )
  .map((parts) => parts.join(""));
const anyText = fc.oneof(
  { weight: 4, arbitrary: written },
  fc.tuple(written, fc.constantFrom(",", " ", " or ", ""), written).map((parts) => parts.join("")),
  fc.string({ maxLength: 20 }).map((text) => `${text}!`),
);

test("for any text, importers, list, question and gate name the same numbers, or all refuse", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 40 }), async (texts) => {
      const source = ndjson(texts);
      const named = new Map<number, readonly number[]>();
      for await (const one of readContacts(source)) {
        if ("number" in one) named.set(one.line ?? 0, [one.number, ...(one.others ?? [])]);
      }
      const refused = (line: number) => !named.has(line);
      const accept = { accept: true };
      const dnc = await refusedBy((sink) => importFacts(internalListFile, source, world.deps, sink, accept));
      const times = { at: "2026-03-01T12:00:00Z" };
      const attempts = await refusedBy((sink) => importFacts(attemptsFile, ndjson(texts, times), world.deps, sink, accept));
      const given = { level: "written", given_at: "2026-03-01T12:00:00Z" };
      const consent = await refusedBy((sink) => importFacts(consentFile, ndjson(texts, given), world.deps, sink, accept));
      const gone = { disconnected_on: "2026-03-01" };
      const disconnected = await refusedBy((sink) =>
        importFacts(disconnectionsFile, ndjson(texts, gone), world.deps, sink, accept),
      );
      const alive = { queried_on: "2026-03-01" };
      const queried = await refusedBy((sink) => importFacts(disconnectionsFile, ndjson(texts, alive), world.deps, sink, accept));
      const registry = { registry: "US", asOf: "2026-03-01", covers: "all", ...accept } as const;
      const unlisted = await refusedBy((sink) => loadRegistry(source, registry, world.deps, sink));
      for (const [index, text] of texts.entries()) {
        const line = index + 1;
        const keys = named.get(line) ?? [];
        expect(disconnected.has(line), text).toBe(refused(line));
        // The registry of the United States has numbers of North America only.
        const american = keys.filter((key) => /^1\d{10}$/.test(String(key)));
        expect(unlisted.has(line), text).toBe(american.length === 0);
        expect([dnc.has(line), attempts.has(line), isInvalid(text)], text).toEqual([refused(line), refused(line), refused(line)]);
        const asked = { number: text, callType: "telemarketing", at: Date.parse(ASKED.at) };
        const { numbers, decision } = await explained(asked, pack, Date.parse(ASKED.at), async () => world.store);
        expect(numbers, text).toEqual(keys.map((key) => `+${key}`));
        if (keys.length === 0) {
          expect(decision.rules).toContain("INVALID_NUMBER");
          await expect(useCases.suppress({ number: text, reason: "asked" }, "ann", REVEALED)).rejects.toThrow("number: ");
          await expect(useCases.revokeConsent({ number: text, channel: "sms" }, "ann", REVEALED)).rejects.toThrow("number: ");
          continue;
        }
        // Suppressed under every reading, and so decided.
        const known = await of(...keys);
        expect(
          known.map((one) => [one?.suppressedSince !== undefined, one?.disconnectedOn !== undefined]),
          text,
        ).toEqual(keys.map(() => [true, true]));
        expect(
          known.map((one) => one?.registries),
          text,
        ).toEqual(keys.map((key) => (american.includes(key) ? ["US"] : [])));
        expect(decision.rules).toContain("DNC_INTERNAL");
        // A permission only for one certain number.
        if (keys.length > 1) expect([consent.has(line), queried.has(line)], text).toEqual([true, true]);
        const rows = [{ id: `c${line}`, phoneNumber: text, dispositionCode: "DO_NOT_CALL" }];
        expect(optOutsOf(rows, { campaign: "c", now: 0 })[0]?.numbers, text).toEqual(keys);
        const { number, others } = await useCases.suppression(text, REVEALED);
        expect([number, ...others.map((one) => one.number)], text).toEqual(numbers);
        for (const done of [
          await useCases.suppress({ number: text, reason: "asked" }, "ann", REVEALED),
          await useCases.revokeConsent({ number: text, channel: "sms" }, "ann", REVEALED),
        ])
          expect([done.number, ...done.others], text).toEqual(numbers);
      }
    }),
    { numRuns: scaled(60, 4) },
  );
});

test("for any text, a service and the command line name the same numbers as the library, or refuse it", async () => {
  await using service = await startService();
  const env = service.environment;
  const onCommandLine = async (...args: readonly string[]) => {
    const { code, stdout } = await runCli(args, { cwd: `${service.dir}/..`, env });
    return { code, ...(JSON.parse(stdout) as { readonly number?: string; readonly others?: readonly string[] }) };
  };
  const sent = async (kind: string, texts: readonly string[], more: object) => {
    const body = texts.map((number) => `${JSON.stringify({ number, ...more })}\n`).join("");
    const headers = { "content-type": "application/x-ndjson" };
    const answer = await service.ask(`/api/v1/facts/kind/${kind}?accept=true`, { method: "POST", headers, body });
    return ((await answer.json()) as { readonly refused: number }).refused;
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 3, maxLength: 12 }), async (texts) => {
      const named: (readonly string[])[] = texts.map(() => []);
      for await (const one of readContacts(ndjson(texts)))
        if ("number" in one) named[(one.line ?? 0) - 1] = [one.number, ...(one.others ?? [])].map((key) => `+${key}`);
      const none = named.filter((numbers) => numbers.length === 0).length;
      expect(await sent("dnc", texts, {})).toBe(none);
      expect(await sent("disconnections", texts, { disconnected_on: "2026-03-01" })).toBe(none);
      for (const [index, text] of texts.entries()) {
        const numbers = named[index] ?? [];
        const isRefused = numbers.length === 0;
        const added = await service.post("/api/v1/suppressions", { number: text, reason: "asked" });
        const revoked = await service.post("/api/v1/consents/revoke", { number: text, channel: "sms" });
        const found = await service.post("/api/v1/compliance/suppression", { number: text, reveal: true });
        const { body } = await service.post("/api/v1/compliance/check", { questions: [{ number: text, ...ASKED }] });
        const [answer] = body["answers"] as readonly { readonly rules?: readonly string[] }[];
        expect([added.status, revoked.status, found.status], text).toEqual(isRefused ? [400, 400, 400] : [201, 201, 200]);
        expect(answer?.rules?.includes("INVALID_NUMBER") ?? true, text).toBe(isRefused);
        if (!isRefused) {
          const shown = [found.body, ...(found.body["others"] as readonly Record<string, unknown>[])];
          expect(
            shown.map(({ number }) => number),
            text,
          ).toEqual(numbers);
          expect(
            shown.every(({ suppressedSince }) => typeof suppressedSince === "string"),
            text,
          ).toBe(true);
          const masked = numbers.map((number) => number.slice(-2));
          for (const done of [added.body, revoked.body])
            expect(
              [done["number"], ...(done["others"] as readonly unknown[])].map((one) => String(one).slice(-2)),
              text,
            ).toEqual(masked);
        }
        // A command takes longer than a request.
        if (index > 1) continue;
        for (const line of [
          ["dnc", "add", "--reason", "asked"],
          ["consent", "revoke", "--channel", "sms"],
        ]) {
          const { code, number, others = [] } = await onCommandLine(...line, "--json", "--", text);
          expect([code, ...(number === undefined ? [] : [number]), ...others], text).toEqual(isRefused ? [2] : [0, ...numbers]);
        }
      }
    }),
    { numRuns: scaled(40, 4) },
  );
});

/** What the gate says of a list that is this one cell, and explain and check of the same text; facts are those of the store. */
async function doors(text: string, { callType, at }: { callType: "telemarketing" | "prerecorded"; at: number }) {
  const verdicts: GateVerdict[] = [];
  const records: string[] = [];
  const asked = { campaign: "c", callType, at, pack, reasons: true, contacts: readContacts(ndjson([text])) };
  await world.gate(asked, { verdict: (one) => void verdicts.push(one), record: (line) => void records.push(line) });
  const found = await explained({ number: text, callType, at }, pack, at, async () => world.store);
  const bare = await explained({ number: text, callType, at, facts: {} }, pack, at, async () => "no store");
  const line = answerTo({ number: text, callType, at: new Date(at).toISOString() }, pack, undefined);
  return {
    verdict: verdicts[0],
    records: records.map((one) => JSON.parse(one)),
    found,
    shown: explainOf(found, REVEALED),
    bare,
    line,
  };
}

async function loadLists() {
  const asOf = { asOf: "2026-11-20", accept: true, covers: "all" } as const;
  await loadRegistry(file(["2125550199"]), { registry: "US", ...asOf }, world.deps);
  await importFacts(
    disconnectionsFile,
    file(["number,queried_on", ...["5025550101", "2135550101", "2125550107", "2135550107"].map((one) => `${one},2026-11-24`)]),
    world.deps,
  );
  const written = ["number,level,given_at", ...["2125550107", "2135550107"].map((one) => `${one},written,2026-01-05`)];
  await importFacts(consentFile, file(written), world.deps);
}

describe("a cell of several numbers is decided number by number, at every door", () => {
  beforeEach(() => {
    world.clock.advance(Date.UTC(2026, 10, 26) - world.clock.now());
  });

  test.each([
    ["502 555 0101 / 213 555 0101", "telemarketing", "2026-11-24T17:00:00Z"],
    ["212 555 0107 / 213 555 0107", "prerecorded", "2026-11-25T18:00:00Z"],
  ] as const)("%s for %s at %s", async (text, callType, at) => {
    await loadLists();
    const { verdict, found, shown } = await doors(text, { callType, at: Date.parse(at) });
    expect(found.decision.rules).toEqual(verdict?.rules);
    expect([found.decision.decision, verdict?.verdict, shown.decision]).toEqual(["allow", "dial", "allow"]);
    expect(shown.readings.map(({ number, decision }) => [number, decision])).toEqual(
      found.numbers.map((number) => [number, "allow"]),
    );
  });

  test("of one that may be of either of two countries, no sentence about one has the clock or the law of the other", async () => {
    await loadLists();
    const { verdict, found, shown } = await doors("+6465550142", {
      callType: "telemarketing",
      at: Date.parse("2026-11-25T18:00:00Z"),
    });
    expect(found.decision.rules).toEqual(verdict?.rules);
    expect(verdict?.verdict).toBe("never");
    const [zealand, york] = shown.readings;
    expect(zealand).toMatchObject({
      number: "+6465550142",
      decision: "deny",
      rules: ["COUNTRY_NOT_COVERED", "DNC_STALE"],
      next: null,
    });
    expect(york).toMatchObject({ number: "+16465550142", zones: ["America/New_York"] });
    for (const { text } of found.decision.reasons)
      expect(text.startsWith("+6465550142: ") ? /US|United States|New_York/.test(text) : /NZ|Auckland/.test(text), text).toBe(
        false,
      );
  });

  test("for any text and moment, gate, explain and check agree in verdict, rules, sentences and the next moment", async () => {
    await loadLists();
    const known = fc.constantFrom(
      "5025550101",
      "213 555 0101",
      "+12125550107",
      "2135550107",
      "+6465550142",
      "+442079460177",
      "2125550199",
      "8005550101",
    );
    const cell = fc
      .tuple(known, fc.constantFrom(" / ", ", ", " or ", ";", " x5"), known)
      .map(([one, between, other]) => (between === " x5" ? `${one}${between}` : `${one}${between}${other}`));
    const hour = fc.integer({ min: 0, max: 48 }).map((hours) => Date.UTC(2026, 10, 24) + hours * 3_600_000);
    await fc.assert(
      fc.asyncProperty(cell, hour, fc.constantFrom("telemarketing", "prerecorded"), async (text, at, callType) => {
        const { verdict, records, found, shown, bare, line } = await doors(text, { callType, at });
        const { decision } = found;
        expect(decision.rules, text).toEqual(verdict?.rules);
        expect(decision.decision === "allow", text).toBe(verdict?.verdict === "dial");
        expect(decision.reasons.map((one) => one.text)).toEqual(verdict?.reasons ?? []);
        expect((decision.weighed ?? []).map((one) => one.text)).toEqual(verdict?.weighed ?? []);
        if (verdict?.verdict !== "dial") {
          expect(decision.next === null ? undefined : new Date(decision.next).toISOString().replace(".000Z", "Z")).toBe(
            verdict?.next,
          );
        }
        if (found.numbers.length > 1) {
          expect(shown.readings.map(({ decision: one, rules }) => [one, rules])).toEqual(
            records.map(({ decision: one, rules }) => [one, rules]),
          );
        }
        expect("error" in line ? line : [line.rules, line.reasons]).toEqual([
          bare.decision.rules,
          bare.decision.reasons.map((one) => one.text),
        ]);
      }),
      { numRuns: scaled(300, 40) },
    );
  });
});

test("an opt-out written with a plus before its national number is refused, never stored; the gate says the same", async () => {
  for (const text of ["+2125550160", "+99955501601234"]) {
    const refused: unknown[] = [];
    const importing = importFacts(internalListFile, file(["number", `"${text}"`]), world.deps, {
      refused: (line) => void refused.push(line),
    });
    await expect(importing).rejects.toThrow(/^the file is not put in force, because its only line is refused: nothing of it/);
    expect(refused).toEqual([{ line: 2, field: "number", reason: expect.stringContaining("E.164") }]);
    await expect(useCases.suppress({ number: text, reason: "asked" }, "ann", REVEALED)).rejects.toThrow("E.164");
    expect(isInvalid(text)).toBe(true);
    const registry = await loadRegistry(file([text]), { registry: "US", asOf: "2026-03-01", accept: true }, world.deps);
    expect(registry).toMatchObject({ result: "kept", refused: 1, numbers: 0 });
  }
  // A program that takes digits for E.164 is refused as well.
  await expect(useCases.suppress({ number: 2125550160, reason: "asked" }, "ann", REVEALED)).rejects.toThrow("E.164");
  expect(await world.facts.suppressedNumbers(0, 10)).toEqual([]);
  expect(await world.facts.companyList()).toMatchObject({ state: "declared-empty" });
});

test("a file of bare numbers is one also when its first row has an extension or two numbers; the whole row is judged", async () => {
  const rows = [
    "2125550163 ext 5",
    "2125550164 or 2125550165",
    "2125550167;2125550168",
    "+12125550169",
    "2129110170",
    "2125550171 do not call",
  ];
  for (const first of [0, 1, 3]) {
    const refused: unknown[] = [];
    const source = file([rows[first] ?? "", ...rows]);
    const sink = { refused: (line: unknown) => void refused.push(line) };
    const report = await importFacts(internalListFile, source, world.deps, sink, { accept: true });
    expect(report).toMatchObject({ read: 7, refused: 2 });
    expect(refused).toEqual([
      { line: 6, field: "number", reason: expect.stringContaining("exchange 911") },
      { line: 7, field: "number", reason: expect.stringContaining("do not call") },
    ]);
  }
  const suppressed = [163, 164, 165, 167, 168, 169].map((line) => 12125550000 + line);
  expect(await world.facts.suppressedNumbers(0, 10)).toEqual(suppressed);
  expect(isInvalid("+1 212 911 0123")).toBe(true);
  expect(isInvalid("2125550171 do not call")).toBe(true);
});

test("a number with some digits in full width has its area code in a registry too, and is the same in a file of one area code", async () => {
  const asOf = { registry: "US", asOf: "2026-03-01" } as const;
  for (const [covers, text] of [
    ["all", "２１２5550160"],
    [new Set([212]), "２１２5550161"],
    [new Set([212]), "５５５0162"],
  ] as const) {
    const report = await loadRegistry(ndjson([text]), { ...asOf, covers }, world.deps);
    expect(report, text).toMatchObject({ result: "switched", refused: 0, numbers: 1 });
  }
  expect((await of(12125550162)).map((one) => one?.registries)).toEqual([["US"]]);
});

describe("a second reading", () => {
  const TEXT = "+6465550160";

  test("of an opt-out suppresses both, and says so at every door", async () => {
    const doubts: unknown[] = [];
    const report = await importFacts(internalListFile, file(["number", `"${TEXT}"`, "+12125550123"]), world.deps, {
      doubted: (line) => void doubts.push(line),
    });
    expect(report).toMatchObject({ read: 2, added: 3, refused: 0 });
    expect(doubts).toEqual([
      { line: 2, reason: `number: "${TEXT}" may be +${AUCKLAND} or +${NEW_YORK}; the line counts for each` },
    ]);
    const added = await useCases.suppress({ number: TEXT, reason: "asked again" }, "ann", REVEALED);
    expect(added).toMatchObject({
      number: `+${AUCKLAND}`,
      others: [`+${NEW_YORK}`],
      doubt: `may be +${AUCKLAND} or +${NEW_YORK}`,
    });
    const masked = JSON.stringify(await useCases.suppress({ number: TEXT, reason: "asked" }, "ann", { reveal: false }));
    expect(masked).not.toMatch(/6465550160/);
    expect((await of(AUCKLAND, NEW_YORK)).map((one) => one?.suppressedSince !== undefined)).toEqual([true, true]);
    await recordOutcomes(
      world.facts,
      optOutsOf([{ id: "c1", toNumber: "+6475550161", dispositionCode: "DNC" }], { campaign: "c", now: 1 }),
      world.deps,
    );
    expect((await of(6475550161, 16475550161)).map((one) => one?.suppressedSince !== undefined)).toEqual([true, true]);
    const registry = await loadRegistry(file([`"${TEXT}"`]), { registry: "US", asOf: "2026-03-01" }, world.deps);
    // The number of Auckland can be on no registry of North America.
    expect(registry).toMatchObject({ result: "switched", numbers: 1 });
  });

  test("of a consent refuses it and says how to be clear; its revocation holds for both", async () => {
    const lines = [
      "number,level,given_at,revoked_at",
      `${TEXT},written,2026-01-05,`,
      `${TEXT},written,2026-01-05,2026-02-01`,
      "+64 6 555 0160,written,2026-01-05,",
      "+12125550123 x5,written,2026-01-05,",
      "2125550123/3125550124,written,2026-01-05,",
    ];
    const reasons: string[] = [];
    const sink = { refused: ({ reason }: { reason: string }) => void reasons.push(reason) };
    const report = await importFacts(consentFile, file(lines), world.deps, sink, { accept: true });
    expect(report).toMatchObject({ read: 5, added: 1, refused: 4 });
    expect(reasons).toEqual([
      expect.stringMatching(/may be \+6465550160 or \+16465550160; write the one that is meant: 006465550160 or \+16465550160$/),
      expect.stringMatching(/suppressed all the same$/),
      expect.stringMatching(/has an extension/),
      expect.stringMatching(/holds \+12125550123 and \+13125550124/),
    ]);
    const [auckland, newYork, anna] = await of(AUCKLAND, NEW_YORK, ANNA);
    expect([auckland?.consents.length, newYork?.consents.length, anna]).toEqual([1, 0, undefined]);
    expect([auckland?.revocations, newYork?.revocations]).toEqual([[Date.UTC(2026, 1, 1)], [Date.UTC(2026, 1, 1)]]);
    await expect(useCases.planLift({ number: TEXT, reason: "asked in writing" })).rejects.toThrow("write the one that is meant");
  });

  test("of an attempt counts for both, of an answer about a disconnection only what forbids", async () => {
    await importFacts(attemptsFile, file(["number,at,kind", `${TEXT},2026-02-01T12:00:00Z,conversation`]), world.deps);
    expect((await of(AUCKLAND, NEW_YORK)).map((one) => one?.attempts.length)).toEqual([1, 1]);
    await importFacts(
      disconnectionsFile,
      file(["number,disconnected_on,queried_on", `${TEXT},2026-02-01,2026-02-20`]),
      world.deps,
    );
    expect((await of(AUCKLAND, NEW_YORK)).map((one) => [one?.disconnectedOn, one?.queriedOn])).toEqual([
      ["2026-02-01", undefined],
      ["2026-02-01", undefined],
    ]);
    const asked = importFacts(disconnectionsFile, file(["number,queried_on", `${TEXT},2026-02-20`]), world.deps);
    await expect(asked).rejects.toThrow("write the one that is meant");
  });
});

describe("a file of which too much is refused is not put in force", () => {
  const lines = (good: number, bad: number) => [
    "number",
    ...Array.from({ length: good }, (_, n) => `+1212555${String(n).padStart(4, "0")}`),
    ...Array.from({ length: bad }, (_, n) => `+212555${String(n).padStart(4, "0")}`),
  ];

  test.each([
    [1, 2],
    [90, 11],
    [0, 1],
  ])("%i good lines and %i bad ones", async (good, bad) => {
    await expect(importFacts(internalListFile, file(lines(good, bad)), world.deps)).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringMatching(/not put in force.*nothing of it is in force; the first is line \d+: number: /),
      advice: expect.stringContaining("--accept"),
    });
    expect(await world.facts.suppressedNumbers(0, 200)).toEqual([]);
    // It does not count as the company list.
    expect(await world.facts.companyList()).toMatchObject({ state: "declared-empty" });
    const [ended] = await world.facts.listImports({ brokenOff: false, limit: 1 });
    expect(ended).toMatchObject({ kind: "dnc", counts: null, inForce: {}, completedBy: ended?.id });
    expect(ended?.reason).not.toMatch(/\+212\d/);
    const report = await importFacts(internalListFile, file(lines(good, bad)), world.deps, {}, { accept: true });
    expect(report).toMatchObject({ read: good + bad, added: good, refused: bad });
  });

  test.each([
    [1, 1],
    [90, 10],
    [100, 11],
  ])("but %i good lines and %i bad ones are", async (good, bad) => {
    const report = await importFacts(internalListFile, file(lines(good, bad)), world.deps);
    expect(report).toMatchObject({ added: good, refused: bad });
  });

  test("what comes after thousands of good lines ends the import, and says what is in force", async () => {
    await expect(importFacts(internalListFile, file(lines(6000, 900)), world.deps)).rejects.toThrow(
      /because 900 of 6900 lines are refused: 5000 records that came before are in force, the rest is not/,
    );
    expect(await world.facts.companyList()).toMatchObject({ state: "declared-empty" });
  });
});
