// The forms of a number, what stands in its place, and what only looks like it.

import { expect, test } from "vitest";
import { anyOfPattern, personPattern, redacting } from "./person.ts";

const NUMBER = 12_125_550_123;

const CASES: readonly (readonly [text: string, left: string])[] = [
  ["+12125550123", "E"],
  ["12125550123, 2125550123", "E, E"],
  ["calls of (212) 555-0123.csv", "calls of E.csv"],
  ["1-212-555-0123 or 0012125550123", "E or E"],
  ["tel=%2B1%20212%20555%200123", "tel=E"],
  ["212\u2011555\u20110123", "E"],
  [
    '{"n":12125550123,"a":[2125550123],"m":"212 555 0123","l":12345678901234567890}',
    '{"n":0,"a":[0],"m":"E","l":12345678901234567890}',
  ],
  ['{"a":"212\\u00a0555\\u00a00123"}', '{"a":"E"}'],
  [JSON.stringify(JSON.stringify({ n: NUMBER, t: "+12125550123" })), JSON.stringify(JSON.stringify({ n: 0, t: "E" }))],
];
test.each(CASES)("%s becomes %s, and is the number no more", (text, left) => {
  expect(new RegExp(personPattern(NUMBER)).test(text)).toBe(true);
  expect(redacting(NUMBER, "E")(text)).toBe(left);
  expect(new RegExp(personPattern(NUMBER)).test(left)).toBe(false);
});

test.each(["22125550123", "21255501234", "+442125550123", "2125550124", '{"cost":212555.0123}'])("%s stays", (text) => {
  expect(redacting(NUMBER, "E")(text)).toBe(text);
});

test("a day and an hour are not a number of Washington, which is found in its own forms", () => {
  const redact = redacting(12_026_061_617, "E");
  for (const text of ["2026-06-16 17:00:00", '{"at":"2026-06-16 17:30"}']) {
    expect(new RegExp(personPattern(12_026_061_617)).test(text)).toBe(false);
    expect(redact(text)).toBe(text);
  }
  expect(redact("+1 (202) 606-1617, 2026061617")).toBe("E, E");
});

test("the id of a call is not in a longer one", () => {
  const pattern = new RegExp(anyOfPattern(["call-9.a", "7"]) ?? "");
  for (const text of ["call-9.a", '["call-9.a"]', "it was call-9.a.", "x,7,y"])
    expect([text, pattern.test(text)]).toEqual([text, true]);
  for (const text of ["call-9.ab", "call-9xa", "call-9.a-2", "call-9.a.b", "my-call-9.a", "17", "7.5"])
    expect([text, pattern.test(text)]).toEqual([text, false]);
});
