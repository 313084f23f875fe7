// Lines of a file of calls: what contradicts itself or is no day or number is refused by field, and is no record.

import { expect, test } from "vitest";
import { readCallRecords } from "./use-cases.ts";

async function read(header: string, line: string, zone?: string) {
  async function* file() {
    yield new TextEncoder().encode(`${header}\n${line}\n`);
  }
  const found: unknown[] = [];
  for await (const one of readCallRecords(file(), { zone })) found.push(one);
  expect(found).toHaveLength(1);
  return found[0];
}

const TIMED = "time,outcome";
const ALL = "hour,outcome,ring_seconds,talk_seconds,abandoned";

test.each([
  [TIMED, "2026-02-30T09:00:00-05:00,live", "time", /"2026-02-30T09:00:00-05:00" is no time such as/],
  [TIMED, "2026-13-01T09:00:00-05:00,live", "time", /is no time/],
  [TIMED, "2026-03-01T09:75:00-05:00,live", "time", /is no time/],
  ["hour,day,outcome", "9,2026-02-30,live", "day", /"2026-02-30" is no day/],
  [ALL, "9,live,0x10,,", "ring_seconds", /"0x10" is not seconds from 0 to 86400/],
  [ALL, "0b11,live,,,", "hour", /"0b11" is not hours/],
  [ALL, "9,abandoned,8,,false", "abandoned", /abandoned is false although the outcome is abandoned/],
  [ALL, "9,Abandoned,8,,no", "abandoned", /abandoned is no although/],
  [ALL, "9,busy,8,30,", "talk_seconds", /talk_seconds is 30 although the outcome is busy: no person/],
])("%s: %s is refused", async (header, line, field, reason) => {
  expect(await read(header, line)).toEqual({ line: 2, field, reason: expect.stringMatching(reason) });
});

test("a day that is none is refused in a zone too", async () => {
  expect(await read(TIMED, "2026-02-30T09:00:00Z,live", "Europe/Paris")).toMatchObject({ line: 2, field: "time" });
});

test.each([
  [TIMED, "2028-02-29 09:30:00+01:00,live", { hour: 9.5, day: "2028-02-29", outcome: "live" }],
  [ALL, "9,abandoned,1e1,0,true", { hour: 9, outcome: "live", ringSeconds: 10, abandoned: true }],
  [ALL, "9,abandoned,.5,,", { hour: 9, outcome: "live", ringSeconds: 0.5, abandoned: true }],
  [ALL, "9,machine,8,30,", { hour: 9, outcome: "machine", ringSeconds: 8 }],
  [ALL, "9,machine,8,0,", { hour: 9, outcome: "machine", ringSeconds: 8 }],
])("%s: %s is a record", async (header, line, record) => {
  expect(await read(header, line)).toEqual({ line: 2, record });
});
