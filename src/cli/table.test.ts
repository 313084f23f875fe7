import { expect, test } from "vitest";
import { table, tableOf } from "./table.ts";

interface Call {
  readonly id: string;
  readonly seconds: number | null;
}
const rows: readonly Call[] = [
  { id: "call_1", seconds: 7 },
  { id: "=call_22", seconds: null },
];
const calls = table<Call>([
  { title: "call", value: ({ id }) => id },
  { title: "seconds", value: ({ seconds }) => seconds, align: "right" },
]);

test("columns that are declared once give text, objects and CSV", () => {
  expect(calls.lines(rows)).toEqual(["call      seconds", "call_1          7", "=call_22"]);
  expect(calls.objects(rows)).toEqual([
    { call: "call_1", seconds: 7 },
    { call: "=call_22", seconds: null },
  ]);
  // A spreadsheet must not run what a tenant has written.
  expect(calls.csv(rows)).toEqual(["call,seconds", "call_1,7", "'=call_22,"]);
});

test("a table of many columns fits a terminal, and numbers stay whole", () => {
  const names = ["id", "entity", "entityId", "action", "actor", "before", "after", "timestamp"];
  const row = { ...Object.fromEntries(names.map((name) => [name, "x".repeat(40)])), calls: 12_345_678 };
  const [head = "", line = ""] = tableOf([row]).lines([row], 80);
  expect([head.length, line.length]).toEqual([80, 80]);
  expect(line.endsWith("  12345678")).toBe(true);
});

test("rows of unknown fields have a column for each field, numbers to the right, long and steering text made harmless", () => {
  const found = [
    { a: 1, b: "x\u001b[2J" },
    { a: 20, c: "y".repeat(80) },
  ];
  expect(tableOf(found).lines(found)).toEqual([" a  b      c", " 1  x�[2J", `20         ${"y".repeat(59)}…`]);
});
