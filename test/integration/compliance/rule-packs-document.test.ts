// What docs/rule-packs.md shows and counts is so.

import { readFile } from "node:fs/promises";
import { beforeAll, expect, test } from "vitest";
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

test("it counts the states with hours of their own right", () => {
  const own = usCaUk2026().jurisdictions.filter(({ id, noOwnHours }) => /^US-[A-Z]{2}$/.test(id) && noOwnHours !== true);
  expect(document.replaceAll(/\s+/g, " ")).toContain(`${own.length} states have their own hours`);
});
