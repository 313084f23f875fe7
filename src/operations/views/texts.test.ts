import { expect, test } from "vitest";
import { maskedText } from "./texts.ts";

test.each([
  "+12125550177",
  "+1 212 555 0177",
  "+1 (212) 555-0177",
  "+1-212-555-0177",
  "+1.212.555.0177",
  "12125550177",
  "2125550177",
  "212-555-0177",
  "212.555.0177",
  "212 555 0177",
  "(212) 555-0177",
  "(212)555-0177",
  "1-212-555-0177",
  "+44 20 7946 0177",
  "+49 (30) 1234 0177",
])("%s is masked wherever it stands in a text", (number) => {
  for (const text of [
    number,
    `ring ${number}, please`,
    `(${number}).`,
    `ticket:${number.startsWith("+") ? "" : " "}${number}\n`,
  ]) {
    expect(maskedText(text)).not.toMatch(/\d{3}/);
    expect(maskedText(text)).toContain("77");
  }
});

test.each([
  "2026-11-24T10:57:24.472Z",
  "2026-11-24 10:57:24+00:00",
  "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
  "10,500 of 12,000 calls; 0.45739910313901344",
  "vm-16125-lgvq5x",
  "call_000001 of job_01m86j1k2c5xsppp5d43-2",
  "127.0.0.1:18200",
  "within 300 of 1000 contacts + 25",
])("%s is no telephone number", (text) => {
  expect(maskedText(text)).toBe(text);
});
