import { expect, test } from "vitest";
import { stripLines, stripStyle } from "./render-strip.ts";

const HALF_HOUR = 1_800_000;
const from = Date.parse("2026-06-15T22:30:00Z");
const cells = Array.from({ length: 96 }, (_, cell) => from + cell * HALF_HOUR);
type Rows = Parameters<typeof stripLines>[0]["rows"];
const strip = (all: readonly boolean[], rows: readonly Omit<Rows[number], "label">[]) => ({
  from: new Date(from).toISOString(),
  minutes: 30,
  all,
  rows: rows.map((row) => ({ ...row, label: row.violation })),
});
const utc = (_zone: string, at: number) => ({ hour: new Date(at).getUTCHours(), weekday: new Date(at).getUTCDay() });
const plain = stripStyle({ TERM: "dumb" });

test("a day a line, hours by threes, the weekday at midnight, one row for each rule and zone", () => {
  const even = cells.map((_, cell) => cell % 2 === 0);
  const rows = [
    { violation: "HOURS_STATE", ruleId: "us-fl-hours", zone: "America/New_York", open: even },
    { violation: "DNC_STALE", ruleId: "registry-age", zone: null, open: cells.map(() => true) },
  ];
  const lines = stripLines(strip(even, rows), ["America/New_York", "America/Chicago"], utc, plain);
  expect(lines.slice(0, 6)).toEqual([
    "New York                             Tu    03    06    09    12    15    18    21",
    "Chicago                              Tu    03    06    09    12    15    18    21",
    `all rules                         ${"#.".repeat(24)}`,
    `HOURS_STATE us-fl-hours New York  ${"#.".repeat(24)}`,
    `DNC_STALE registry-age            ${"#".repeat(48)}`,
    "",
  ]);
  expect(lines[6]).toContain("We    03");
  expect(lines).toHaveLength(11);
});

test("one rule is not drawn twice, and a place without a zone has no clock", () => {
  const closed = cells.map(() => false);
  const rows = [{ violation: "UNRESOLVED_LOCATION", ruleId: null, zone: null, open: closed }];
  const lines = stripLines(strip(closed, rows), [], utc, plain);
  expect(lines.filter((line) => line !== "")).toHaveLength(2);
  expect(lines[0]).toMatch(/^all rules +\.{48}$/);
});

test("block characters only where the terminal has them", () => {
  expect(stripStyle({ LANG: "en_US.UTF-8", TERM: "xterm" }).open).toBe("█");
  expect(stripStyle({ LANG: "en_US.UTF-8", TERM: "dumb" }).open).toBe("#");
  expect(stripStyle({ LANG: "C", TERM: "xterm" }).open).toBe("#");
  expect(stripStyle({ LC_ALL: "C", LANG: "en_US.UTF-8", TERM: "xterm" }).open).toBe("#");
});
