// Suppression is one-way: whatever is done afterwards, in whatever order, short of a lift, a number that opted out is never called.

import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  attemptsFile,
  consentFile,
  importFacts,
  internalListFile,
  loadRegistry,
  recordOutcomes,
  relationshipsFile,
} from "../../../src/operations/index.ts";
import { contacts, type FactsWorld, file, NOW, openFactsWorld, pack } from "./world.ts";

let world: FactsWorld;
beforeEach(async () => {
  world = await openFactsWorld();
});
afterEach(() => world.dispose());

const minutesAgo = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

/** What somebody may do, in good or bad faith, to a number; none of it is a lift. */
const step = fc.oneof(
  fc.record({ do: fc.constant("consent" as const), level: fc.constantFrom("none", "express", "written"), ago: fc.nat(5000) }),
  fc.record({
    do: fc.constant("outcome" as const),
    code: fc.constantFrom("SALE", "CALLBACK", "DNC", "STOP", "OK"),
    ago: fc.nat(5000),
  }),
  fc.record({ do: fc.constant("attempt" as const), ago: fc.nat(5000) }),
  fc.record({ do: fc.constant("list" as const), ago: fc.nat(5000) }),
  fc.record({ do: fc.constant("relationship" as const) }),
  fc.record({ do: fc.constant("registry" as const) }),
  fc.record({ do: fc.constant("restart" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** An opt-out by any of the ways they come. */
const optOut = fc.constantFrom("outcome", "numberless outcome", "revocation", "revoked consent", "list", "by hand");

let files = 0;
async function doStep(number: number, one: Step): Promise<void> {
  const { deps, facts } = world;
  if (one.do === "consent") {
    const lines = ["number,level,given_at", `+${number},${one.level},${minutesAgo(one.ago)}`];
    await importFacts(consentFile, file(lines), deps);
  } else if (one.do === "outcome") {
    // A mapping that calls every code a sale, and one that knows more opt-outs: neither reaches what was written.
    await recordOutcomes(
      facts,
      [{ callId: `call-${number}`, numbers: [number], code: one.code, at: NOW - one.ago }],
      deps,
      one.ago % 2 ? ["OK"] : [],
    );
  } else if (one.do === "attempt") {
    await importFacts(attemptsFile, file(["number,at", `+${number},${minutesAgo(one.ago + 100_000)}`]), deps);
  } else if (one.do === "list")
    await importFacts(internalListFile, file(["number,at", `+${number},${minutesAgo(one.ago)}`]), deps);
  else if (one.do === "relationship") {
    await importFacts(relationshipsFile, file(["number,kind,date", `+${number},transaction,2026-03-01`]), deps);
  } else if (one.do === "registry") {
    await loadRegistry(
      file(["+13055550100", `+1305${5_550_101 + files++}`]),
      { registry: "US", asOf: "2026-03-01", covers: "all", accept: true },
      deps,
    );
  } else {
    const store = await world.again();
    await store.close();
  }
}

async function doOptOut(number: number, way: typeof optOut extends fc.Arbitrary<infer T> ? T : never, n: number): Promise<void> {
  const { deps, facts } = world;
  const at = NOW - n;
  if (way === "outcome")
    await recordOutcomes(facts, [{ callId: `o-${number}`, numbers: [number], code: "DO_NOT_CALL", at }], deps);
  else if (way === "numberless outcome") {
    await recordOutcomes(facts, [{ callId: `n-${number}`, code: "DO_NOT_CALL", at }], deps);
    await importFacts(attemptsFile, file(["number,at,call_id", `+${number},${minutesAgo(100_000)},n-${number}`]), deps);
  } else if (way === "revocation") await facts.addRevocations([{ number, revokedAt: at, channel: "sms", reference: "" }], deps);
  else if (way === "revoked consent") {
    const line = `+${number},written,${minutesAgo(9000)},${minutesAgo(1)}`;
    await importFacts(consentFile, file(["number,level,given_at,revoked_at", line]), deps);
  } else if (way === "list") await importFacts(internalListFile, file([`+${number}`]), deps);
  else await facts.suppress([{ number, saidAt: at, origin: "manual", code: "asked", reference: "" }], deps);
}

test("no sequence of imports, mappings, outcomes and restarts un-suppresses a number", async () => {
  const rules = pack();
  let number = 12125550000;
  await loadRegistry(file(["+13055550100"]), { registry: "US", asOf: "2026-03-01", covers: "all" }, world.deps);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 4 }),
      optOut,
      fc.array(step, { minLength: 1, maxLength: 6 }),
      async (before, way, after) => {
        number += 1;
        const seen: string[] = [];
        const look = async () => {
          await world.gate(
            { campaign: "c", callType: "telemarketing", at: NOW, pack: rules, contacts: contacts(number) },
            {
              verdict: ({ verdict, rules }) =>
                void seen.push(rules.includes("DNC_INTERNAL") ? verdict : `dialable: ${rules.join()}`),
            },
          );
          // An earlier moment does not make it callable either.
          await world.gate(
            { campaign: "c", callType: "telemarketing", at: NOW - 30 * 86_400_000, pack: rules, contacts: contacts(number) },
            {
              verdict: ({ verdict, rules }) =>
                void seen.push(rules.includes("DNC_INTERNAL") ? verdict : `dialable: ${rules.join()}`),
            },
          );
        };
        for (const one of before) await doStep(number, one);
        await doOptOut(number, way, number % 1000);
        await look();
        for (const one of after) {
          await doStep(number, one);
          await look();
        }
        expect(new Set(seen)).toEqual(new Set(["never"]));
      },
    ),
    { numRuns: 25 },
  );
});

test("a lift and consent given anew let the number be called again, and the next opt-out ends that", async () => {
  const number = 12125550001;
  const rules = pack();
  const verdict = async () => {
    const { counts } = await world.gate({
      campaign: "c",
      callType: "telemarketing",
      at: NOW,
      pack: rules,
      contacts: contacts(number),
    });
    return counts.dial;
  };
  await loadRegistry(file(["+13055550100"]), { registry: "US", asOf: "2026-03-01", covers: "all" }, world.deps);
  expect(await verdict()).toBe(1);
  await doOptOut(number, "outcome", 5);
  expect(await verdict()).toBe(0);
  await world.facts.lift({ number, reason: "asked in writing to be called again", actor: "officer" });
  // Off the list, but the consent is still revoked.
  expect(await verdict()).toBe(0);
  await world.facts.addConsents([
    { number, givenAt: NOW, level: "express", basis: "letter", wording: "", source: "", evidence: "letter of 2 March" },
  ]);
  expect(await verdict()).toBe(1);
  await doOptOut(number, "outcome", 5);
  expect(await verdict()).toBe(1);
  await doOptOut(number, "revocation", 4);
  expect(await verdict()).toBe(0);
});
