// The differences between two rule packs in sentences, on which a person decides whether a pack takes effect.

import { canonicalJson } from "../../kernel/index.ts";
import { describeRule } from "./describe.ts";
import type { Rule, RulePack } from "./schema.ts";

/** A sentence for each change from `before` to `after`; empty when their rules are the same. */
export function describeDifferences(before: RulePack, after: RulePack): string[] {
  return [...ruleSentences(before, after), ...calendarSentences(before, after), ...placeSentences(before, after)];
}

const LIFTS = { ebr: "a relationship", express: "express consent", written: "consent in writing" } as const;

function ruleSentences(before: RulePack, after: RulePack): string[] {
  const old = new Map(before.rules.map((rule) => [rule.id, rule]));
  const kept = new Set(after.rules.map(({ id }) => id));
  const name = nameOf(before, after);
  const gone = before.rules.filter(({ id }) => !kept.has(id));
  return [
    ...after.rules.flatMap((rule) => {
      const was = old.get(rule.id);
      if (was === undefined) return [`${name(rule)}: new rule ${rule.id}: ${whole(rule)}.`];
      const changes = changesOf(was, rule);
      return changes.length === 0 ? [] : [`${name(rule)}, rule ${rule.id}: ${changes.join("; ")}.`];
    }),
    ...gone.map((rule) => `${name(rule)}: rule ${rule.id} ends: ${describeRule(rule)} (${rule.citation}).`),
  ];
}

function whole(rule: Rule): string {
  const more = [bindsText(rule), liftText(rule), datesText(rule)].filter((part) => part !== "");
  return `${describeRule(rule)}; ${more.join("; ")} (${rule.citation}, ${rule.confidence})`;
}

function changesOf(was: Rule, rule: Rule): string[] {
  const changed = (what: string, of: (one: Rule) => string) => {
    const [from, to] = [of(was), of(rule)];
    return from === to ? [] : [`${what}${from === "" ? "nothing" : from} becomes ${to === "" ? "nothing" : to}`];
  };
  const said = [
    ...changed("", describeRule),
    ...changed("", bindsText),
    ...changed("what lifts it: ", liftText),
    ...changed("in force: ", datesText),
    ...changed("lines: ", ({ lines }) => (lines ?? []).join(", ")),
    ...changed("not in ", ({ except }) => (except ?? []).join(", ")),
    ...changed("citation: ", ({ citation }) => citation),
    ...changed("confidence: ", ({ confidence }) => confidence),
    ...changed("last looked up: ", ({ lookedUp }) => lookedUp ?? ""),
  ];
  if (said.length > 0) return said;
  return canonicalJson(was) === canonicalJson(rule) ? [] : ["its note or the names of what it reports change"];
}

function bindsText({ binds }: Rule): string {
  return `binds ${binds.join(", ")} calls`;
}

function liftText({ exempt }: Rule): string {
  return exempt === undefined || exempt.length === 0 ? "" : `lifted by ${exempt.map((one) => LIFTS[one]).join(" or ")}`;
}

function datesText({ effective, ends }: Rule): string {
  return [effective === undefined ? "" : `from ${effective}`, ends === undefined ? "" : `through ${ends}`]
    .filter((part) => part !== "")
    .join(" ");
}

/** Names of jurisdictions for people. */
function nameOf(...packs: readonly RulePack[]): (rule: Rule) => string {
  const titles = new Map(packs.flatMap(({ jurisdictions }) => jurisdictions.map(({ id, title }) => [id, title ?? id] as const)));
  return ({ jurisdiction }) => (jurisdiction === "*" ? "Everywhere" : (titles.get(jurisdiction) ?? jurisdiction));
}

function calendarSentences(before: RulePack, after: RulePack): string[] {
  const names = [...new Set([...Object.keys(before.calendars), ...Object.keys(after.calendars)])];
  return names.flatMap((name) => {
    const [was, is] = [new Set(before.calendars[name]?.days), new Set(after.calendars[name]?.days)];
    const list = (what: string, days: readonly string[]) =>
      days.length === 0
        ? []
        : [
            `Calendar ${name}: ${what} ${days.slice(0, 12).join(", ")}${days.length > 12 ? ` and ${days.length - 12} more` : ""}.`,
          ];
    return [
      ...list(
        "adds",
        [...is].filter((day) => !was.has(day)),
      ),
      ...list(
        "drops",
        [...was].filter((day) => !is.has(day)),
      ),
    ];
  });
}

function placeSentences(before: RulePack, after: RulePack): string[] {
  const changed = (what: string, from: unknown, to: unknown) => (canonicalJson(from) === canonicalJson(to) ? [] : [what]);
  const lifting = ({ jurisdictions }: RulePack) =>
    jurisdictions.map(({ id, exempt, places }) => ({ id, exempt: exempt ?? [], places: places ?? null }));
  return [
    ...changed(
      "The jurisdictions, what lifts all rules of one, or the places of cities change.",
      lifting(before),
      lifting(after),
    ),
    ...changed("The declared emergencies change.", before.emergencies, after.emergencies),
    ...changed("The time-zone data that are needed change.", before.zoneData ?? null, after.zoneData ?? null),
    ...changed("The tables of places change.", before.geography, after.geography),
  ];
}
