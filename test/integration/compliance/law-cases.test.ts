// Decisions that were written from the statutes without looking at the pack, each with its citation and the date of the reading.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compilePack, createBuiltinGeography, decide, parseQuestion, usCaUk2026 } from "../../../src/compliance/index.ts";

const pack = compilePack(usCaUk2026(), { geography: createBuiltinGeography() });
const read = (name: string) => readFileSync(new URL(`../../data/compliance/${name}`, import.meta.url), "utf8");

/** Facts that satisfy every rule but those on clocks and calendars. */
const PERMITTED = { consent: { level: "written", at: "2025-06-01T00:00:00Z" }, lineType: "landline" };
let decisions = 0;
function rules(code: string, callType: string, at: string, facts: object = {}): readonly string[] {
  decisions++;
  const asked = { number: `+1${code}5550131`, callType, at, ...PERMITTED, rndQueriedOn: at.slice(0, 10), ...facts };
  const { call, facts: known, at: now } = parseQuestion(asked);
  return decide(call, known, pack, now).rules;
}

const blocks = read("law-holidays.txt")
  .split(/\n\n+/)
  .slice(1)
  .map((block) => {
    const [head = "", ...lines] = block.trim().split("\n");
    const [state = "", codes = "", offset = "", types = "", citation = "", on = "", violation = "HOLIDAY"] = head.split(" | ");
    return { state, codes: codes.split(" "), offset, types: types.split(" "), citation, on, violation, lines };
  });

describe.each(blocks)("$state, $citation, read $on", ({ state, codes, offset, types, violation, lines }) => {
  // Utah's rules are lifted by express consent.
  const facts = state === "US-UT" ? { consent: undefined } : {};
  const asked = (date: string) =>
    codes.flatMap((code) => types.map((type) => ({ date, rules: rules(code, type, `${date}T11:30:00${offset}`, facts) })));
  test.each(lines)("%s", (line) => {
    const [kind] = line.split(" ");
    for (const one of (line.match(/\d{4}-\d\d-\d\d/g) ?? []).flatMap(asked)) {
      if (kind === "open") expect(one).toEqual({ date: one.date, rules: [] });
      else expect(one.rules, one.date).toContain(violation);
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
