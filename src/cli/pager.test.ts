// A long answer goes through the pager; where there is none, it is written as it is. Refused lines of one kind are told a few times.

import { expect, test } from "vitest";
import { page } from "./pager.ts";
import { Refusals } from "./refusals.ts";
import { table } from "./table.ts";

const env = { PATH: process.env["PATH"] };

test("a pager that is left early is no failure, one that is not there is told", async () => {
  expect(await page("head -1 > /dev/null", "line\n".repeat(100_000), env)).toBe(true);
  expect(await page("no-such-pager 2> /dev/null", "line\n", env)).toBe(false);
});

test("170 lines with one fault are four lines", () => {
  const said: string[] = [];
  {
    using refusals = new Refusals({ complain: (line) => void said.push(line) });
    for (let line = 2; line < 172; line++)
      refusals.tell({ line, field: "number", reason: `number: "555-0${line}" is no telephone number` });
    refusals.tell({ line: 172, field: "at", reason: "at: a date is needed" });
  }
  expect(said).toEqual([
    'line 2: number: "555-02" is no telephone number',
    'line 3: number: "555-03" is no telephone number',
    'line 4: number: "555-04" is no telephone number',
    "line 172: at: a date is needed",
    'and 167 more lines such as: number: "555-02" is no telephone number',
  ]);
});

test("a table fits the terminal: the widest text is cut, no number is", () => {
  const wide = table<{ name: string; reason: string; calls: number }>([
    { title: "name", value: ({ name }) => name },
    { title: "reason", value: ({ reason }) => reason },
    { title: "calls", value: ({ calls }) => calls, align: "right" },
  ]);
  const rows = [
    { name: "camp_primary_001", reason: "the do-not-call registry file is too old for somebody", calls: 1_234_567_890 },
  ];
  const fitted = wide.lines(rows, 50);
  expect(Math.max(...fitted.map((line) => line.length))).toBeLessThanOrEqual(50);
  expect(fitted[1]).toMatch(/^camp_primary_001 {2}the do-not-call.*… {2}1234567890$/);
  expect(wide.lines(rows)[1]).toContain("for somebody");
});
