// What docs/rule-packs.md shows and counts is so.

import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { lawTables, rulePackDocument } from "../../../scripts/law/table.ts";
import { parseRulePack, usCaUk2026 } from "../../../src/compliance/index.ts";

let document = "";
beforeAll(async () => {
  document = await readFile(new URL("../../../docs/rule-packs.md", import.meta.url), "utf8");
});

test("the overlay it shows is a valid one, of the shipped pack and for its jurisdictions", () => {
  const [, text = ""] = /```json rule pack\n(.*?)```/s.exec(document) ?? [];
  const overlay = parseRulePack(JSON.parse(text), "docs/rule-packs.md");
  const shipped = usCaUk2026();
  expect(overlay.base).toBe(shipped.id);
  const known = shipped.jurisdictions.map(({ id }) => id);
  for (const { jurisdiction } of [...overlay.rules, ...overlay.emergencies]) expect(known).toContain(jurisdiction);
});

test("it counts the places with hours of their own right", () => {
  const own = usCaUk2026().jurisdictions.filter(({ id, noOwnHours }) => /^US-[A-Z]{2}$/.test(id) && noOwnHours !== true);
  expect(document.replaceAll(/\s+/g, " ")).toContain(`${own.length} of them have their own hours`);
});

describe("the tables of laws by place", () => {
  const shipped = usCaUk2026();
  /** Each cell by "PLACE column"; rows that are alike share a line. */
  const cellsOf = (text: string) => {
    const found = new Map<string, string>();
    let columns: string[] = [];
    const [, tables = ""] = /<!-- generated: laws by place -->(.*)<!-- end of what is generated -->/s.exec(text) ?? [];
    for (const line of tables.split("\n").filter((one) => one.startsWith("| ") && !one.startsWith("| ---"))) {
      const [places = "", ...cells] = line.slice(2, -2).split(" | ");
      if (places === "place") columns = cells;
      else
        for (const place of places.split(", ")) {
          expect(cells, line).toHaveLength(columns.length);
          for (const [i, cell] of cells.entries()) {
            expect(found.has(`${place} ${columns[i]}`), `${place} ${columns[i]}`).toBe(false);
            found.set(`${place} ${columns[i]}`, cell);
          }
        }
    }
    return found;
  };

  test("are those of the pack and of the file of cells", () => {
    expect(document).toBe(rulePackDocument());
  });

  test("have a cell for each place and column: rules with what was read of them, citations with it, or why there is nothing", () => {
    const cells = cellsOf(document);
    const places = shipped.jurisdictions.filter(({ id }) => /^US(-[A-Z]{2})?$/.test(id));
    expect(places).toHaveLength(1 + 51 + 5);
    expect(cells.size).toBe(places.length * 16);
    const read = String.raw`(text read|text not read; (quotation|summary|tables) of) 2026-\d\d-\d\d`;
    const rule = String.raw`\`[a-z][a-z0-9-]+\` \((${read}|text not read|no law)\)`;
    const said = String.raw`(?:(?!\(text |\(named only).)+`;
    const unread = String.raw`named only; text not had, searched 2026-\d\d-\d\d`;
    const forms = new RegExp(
      [
        rule,
        `${rule}, as ${said} \\(${read}\\)`,
        String.raw`none found \((sources of the pack|two summaries|a search of the codes that were had)\)`,
        `(none found|not decidable from a line): ${said} \\((${read}|${unread})\\)`,
        "not decidable from a line",
      ]
        .map((form) => `^${form}$`)
        .join("|"),
    );
    for (const [where, cell] of cells)
      for (const part of cell.split(/; (?=`|none found|not decidable from a line)/)) expect(part, where).toMatch(forms);
    for (const other of [
      "Ark. Code 4-99-405 (text not found 2026-11-27)",
      "a law",
      "`us-hours`",
      "Ark. Code 4-99-405 (text read 2026-11-27)",
    ])
      expect(other).not.toMatch(forms);
  });

  test("have no reading of another day than within 180 days before their latest one", () => {
    const dates = [...cellsOf(document).values()]
      .flatMap((cell) => cell.match(/(?<=(read|of|searched) )\d{4}-\d\d-\d\d(?=[);])/g) ?? [])
      .sort();
    expect(dates.length).toBeGreaterThan(300);
    expect(Date.parse(dates.at(-1) ?? "") - Date.parse(dates[0] ?? "")).toBeLessThanOrEqual(180 * 86_400_000);
  });

  test("name every rule that binds in the United States, and no other", () => {
    const named = new Set([...cellsOf(document).values()].flatMap((cell) => cell.match(/(?<=`)[a-z][a-z0-9-]+(?=`)/g) ?? []));
    const bind = shipped.rules.filter(
      ({ jurisdiction, except }) => /^(\*|US)/.test(jurisdiction) && except?.includes("US") !== true,
    );
    expect([...named].sort()).toEqual(bind.map(({ id }) => id).sort());
  });

  test.each([
    ["US-XX | hours | a law | text not read", "US-XX is no place of the pack"],
    ["US-AL | hour | a law | text not read", "hour is no column: hours, days"],
    ["US-AL | hours | a law", '"" does not say what was read'],
    ["US-AL | hours | a law | text read yesterday", '"text read yesterday" does not say what was read'],
    ["US-AL | hours |  | text not read", "a line is place | column"],
    ["US-AL | hours | a law | text not found 2026-11-27", '"text not found 2026-11-27" does not say what was read'],
    ["US-AL | hours | as `us-hour`: a law | text read 2026-11-27", '"as `us-hour`: a law" names no rule'],
    ["US-AL | hours | none found: a law | text not had, searched 2026-11-27", "what was not had says nothing"],
  ])("refuse the cell %j", (line, problem) => {
    expect(() => lawTables(`# cells\n${line}\n`)).toThrow(`cells.txt:2: ${problem}`);
  });
});
