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
  const names = ["key", "entity", "entityId", "action", "actor", "before", "after", "timestamp"];
  const row = { ...Object.fromEntries(names.map((name) => [name, "x".repeat(40)])), calls: 12_345_678 };
  const [head = "", line = ""] = tableOf([row]).lines([row], 80);
  expect([head.length, line.length]).toEqual([80, 80]);
  expect(line.endsWith("  12345678")).toBe(true);
});

test("where a terminal has too little room times lose their seconds, ids nothing, and rows that still do not fit take several lines", () => {
  const jobs = table<{ id: string; at: string; by: string; calls: number }>([
    { title: "id", value: ({ id }) => id, isWhole: true },
    { title: "at", value: ({ at }) => at },
    { title: "by", value: ({ by }) => by },
    { title: "calls", value: ({ calls }) => calls, align: "right" },
  ]);
  const rows = [{ id: "job_01m84820ygnsf7f4neb7", at: "2026-06-16T15:00:01.123Z", by: "ann", calls: 7 }];
  const line = `job_01m84820ygnsf7f4neb7  2026-06-16T15:00Z  ann      7`;
  expect(jobs.lines(rows)[1]).toBe("job_01m84820ygnsf7f4neb7  2026-06-16T15:00:01.123Z  ann      7");
  expect(jobs.lines(rows, line.length)[1]).toBe(line);
  expect(jobs.lines(rows, 50)[1]).toBe("job_01m84820ygnsf7f4neb7  2026-06-16T…  ann      7");
  expect(jobs.lines([...rows, { id: "b", at: "", by: "a name of somebody that is long", calls: 0 }], 30)).toEqual([
    "id     job_01m84820ygnsf7f4neb",
    "       7",
    "at     2026-06-16T15:00Z",
    "by     ann",
    "calls  7",
    "",
    "id     b",
    "by     a name of somebody that",
    "       is long",
    "calls  0",
  ]);
});

test("rows of unknown fields have a column for each field, numbers to the right, long and steering text made harmless", () => {
  const found = [
    { a: 1, b: "x\u001b[2J" },
    { a: 20, c: "y".repeat(80) },
  ];
  expect(tableOf(found).lines(found)).toEqual([" a  b      c", " 1  x�[2J", `20         ${"y".repeat(59)}…`]);
});
