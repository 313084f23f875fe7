// The decisions against the plain reference at its finest: every case of the conventions, minute by minute over Intl.

import { beforeAll, expect, test } from "vitest";
import {
  type CompiledPack,
  compilePack,
  decide,
  formatInstant,
  parseQuestion,
  parseRulePack,
} from "../../../src/compliance/index.ts";
import conventionCases from "../../data/compliance/cases.json" with { type: "json" };
import flatRuleSet from "../../data/compliance/flat-rule-set.json" with { type: "json" };
import { type ReferenceInput, referenceDecision } from "../../support/compliance-reference.ts";

const { ruleset } = flatRuleSet;
// The reference knows no spelling of numbers and postal codes but the tables' own; how others are read is stated by the cases themselves.
const known = conventionCases.filter(
  ({ input }) =>
    (input.postal === undefined || input.postal in ruleset.postal) &&
    (/^\+1\w+$/.test(input.number) || /^\+44\d{10}$/.test(input.number)),
);
let pack: CompiledPack;
beforeAll(() => {
  pack = compilePack(parseRulePack(flatRuleSet, "flat-rule-set.json"));
});

test.each(known)("$convention: $title", ({ input, expect: expected }) => {
  const question = JSON.parse(JSON.stringify(input)) as ReferenceInput;
  const reference = referenceDecision(ruleset, question, 1);
  const { call, facts, at } = parseQuestion(input);
  const { decision, rules, next } = decide(call, facts, pack, at);
  expect({ decision, rules, next: next === null ? null : formatInstant(next) }).toEqual(reference);
  expect(expected).toEqual({ ...reference, next: reference.next });
});
