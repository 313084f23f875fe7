import fc from "fast-check";
import { expect, test } from "vitest";
import { maskedText, maskedValue } from "./texts.ts";

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
    `${number}.csv`,
    `ticket:${number.startsWith("+") ? "" : " "}${number}\n`,
  ]) {
    expect(maskedText(text)).not.toMatch(/\d{3}/);
    expect(maskedText(text)).toContain("77");
  }
});

test.each(["recording-2125550177.wav", "call_12125550177_1.csv"])("the number in the name %s is masked", (name) => {
  expect(maskedText(name)).not.toMatch(/\d{3}/);
});

test.each([
  "2026-11-24T10:57:24.472Z",
  "2026-11-24 10:57:24+00:00",
  "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
  "10,500 of 12,000 calls; 0.45739910313901344",
  "vm-16125-lgvq5x",
  "call_0000000001 and evt-1764000000000 of job_2125550177a",
  "call_000001 of job_01m86j1k2c5xsppp5d43-2",
  "127.0.0.1:18200",
  "within 300 of 1000 contacts + 25",
])("%s is no telephone number", (text) => {
  expect(maskedText(text)).toBe(text);
});

const { value } = fc.letrec((tie) => ({
  text: fc.tuple(fc.string(), fc.constantFrom("+12125550177", "(212) 555-0177", "212.555.0177")).map((parts) => parts.join(" ")),
  value: fc.oneof(
    { maxDepth: 4 },
    tie("text"),
    fc.integer({ max: 1000 }),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("members"),
  ),
  members: fc.dictionary(fc.constantFrom("reason", "sourceName", "id", "callIds", "+12125550177"), tie("value")),
}));

test.each([false, true])(
  "in any answer a number in a text or a name is masked, at whatever depth; ids are kept: %s",
  (keepIds) => {
    fc.assert(
      fc.property(value, (answer) => {
        expect(JSON.stringify(maskedValue(answer, { keepIds }))).not.toMatch(/212\D{0,3}555\D{0,3}0177/);
      }),
    );
  },
);

test("an id of the tenant that looks like a number stays where it is needed, and a cursor is what it was", () => {
  const answer = { items: [{ callId: "2125550177", ids: ["2125550178"], reason: "2125550179" }], next: "2125550170" };
  const shown = { items: [{ callId: "2125550177", ids: ["2125550178"], reason: "••••••••79" }], next: "2125550170" };
  expect(maskedValue(answer, { keepIds: true })).toEqual(shown);
  expect(maskedValue(answer)).toMatchObject({ items: [{ callId: "••••••••77" }], next: "2125550170" });
});
