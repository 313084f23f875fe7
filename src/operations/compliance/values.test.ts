import { expect, test } from "vitest";
import { phone } from "./values.ts";

const ANNA = 12125550123;

test.each([
  ["+12125550123", ANNA],
  ["12125550123", ANNA],
  ["2125550123", ANNA],
  ["(212) 555-0123", ANNA],
  ["1-212-555-0123", ANNA],
  ["1.212.555.0123", ANNA],
  ["212,5550123", ANNA],
  ["tel:+1-212-555-0123", ANNA],
  ["001 212 555 0123", ANNA],
  ["\u202a+1\u00a0(212)\u00a0555‑0123\u202c", ANNA],
  ["\ufeff2125550123", ANNA],
  ["+44 20 7946 0018", 442079460018],
  ["0044 20 7946 0018", 442079460018],
])("%j is read", (text, key) => {
  expect(phone(text)).toEqual({ ok: key });
});

test.each([
  "",
  "5550123",
  "020 7946 0018",
  "2.12555E+09",
  "12125550123.0",
  "+12125550123.0",
  "+1 212 555 0123 / 0124",
  "+1 212 555 0123 x5",
  "+1212555012",
  "+1",
  "++12125550123",
  "+0125550123",
  "00",
  "２１２５５５０１２３",
  "1".repeat(400),
])("%j is refused rather than guessed at", (text) => {
  expect(phone(text)).toMatchObject({ problem: expect.stringContaining("E.164") });
});
