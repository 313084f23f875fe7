import fc from "fast-check";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { describe, expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { callingCountries, certainText, normalisePostal, readNumber } from "./numbers.ts";

const read = (text: string) => readNumber(text);
const named = (text: string): readonly string[] => {
  const found = readNumber(text);
  return "problem" in found ? [] : found.numbers;
};
const ANNA = "+12125550123";
const LONDON = "+442079460018";

describe("one number", () => {
  test.each([
    ["as E.164", "+12125550123", ANNA],
    ["with the national prefix", "12125550123", ANNA],
    ["as ten digits", "2125550123", ANNA],
    ["in brackets", "(212) 555-0123", ANNA],
    ["with dots", "1.212.555.0123", ANNA],
    ["with the area code in a column of its own", "212,5550123", ANNA],
    ["as a link", "tel:+1-212-555-0123", ANNA],
    ["with 00", "001 212 555 0123", ANNA],
    ["with 011", "011 44 20 7946 0018", LONDON],
    ["with 0011", "0011 44 20 7946 0018", LONDON],
    ["with 0011 before a North American number", "0011 212 555 0123", ANNA],
    ["with marks of direction and hard blanks", "\u202a+1\u00a0(212)\u00a0555‑0123\u202c", ANNA],
    ["with a byte order mark", "\ufeff2125550123", ANNA],
    ["in full-width characters", "＋１（２１２）５５５－０１２３", ANNA],
    ["in Arabic digits", "٢١٢٥٥٥٠١٢٣", ANNA],
    ["as a spreadsheet's text", "'+12125550123", ANNA],
    ["as a spreadsheet's formula", '="2125550123"', ANNA],
    ["as a spreadsheet's number", "12125550123.0", ANNA],
    ["with an exponent that keeps every digit", "2.125550123E+09", ANNA],
    ["with a doubled country code", "+1 1 212 555 0123", ANNA],
    ["with a doubled country code of two digits", "+44 44 20 7946 0018", LONDON],
    ["with plus and 00", "+0044 20 7946 0018", LONDON],
    ["with the trunk zero", "+44 020 7946 0018", LONDON],
    ["with the trunk zero in brackets", "+44 (0)20 7946 0018", LONDON],
    ["with 00 and the trunk zero in brackets", "0044 (0)20 7946 0018", LONDON],
    ["with the zero that belongs to it", "+39 (0)6 1234 5678", "+390612345678"],
    ["with its country set apart", "+64 6 555 0160", "+6465550160"],
    ["with 00, where a plus would be in doubt", "006465550160", "+6465550160"],
    ["with 0011 and its country set apart", "0011 64 6 555 0160", "+6465550160"],
    ["twice", "2125550123 / +12125550123", ANNA],
    ["of an area code that no table has", "+14565550131", "+14565550131"],
  ])("%s", (_, text, number) => {
    expect(read(text)).toEqual({ numbers: [number], doubt: undefined });
  });
});

describe("a doubt names every number", () => {
  const both = ["+6465550160", "+16465550160"];
  test.each([
    ["a plus before ten digits that two countries have", "+6465550160", both, /^may be \+6465550160 or \+16465550160$/],
    ["the same in groups of North America", "+646-555-0160", both, /^may be/],
    ["the same where the area code is a country code as well", "+352 555 0160", ["+3525550160", "+13525550160"], /^may be/],
    ["0011, Australia's prefix or 00 and a second 1", "0011 646 555 0160", both, /^may be/],
    ["the same without blanks", "00116465550160", both, /^may be/],
    ["two numbers in a cell", "2125550123 / 3125550124", [ANNA, "+13125550124"], /^holds/],
    ["two with a comma", "2125550123,3125550124", [ANNA, "+13125550124"], /^holds/],
    ["two with a blank", "2125550123 3125550124", [ANNA, "+13125550124"], /^holds/],
    ["two with a plus", "+12125550123+442079460018", [ANNA, LONDON], /^holds/],
    ["two in words", "(212) 555-0123 or (312) 555-0124", [ANNA, "+13125550124"], /^holds/],
    ["an extension", "+1 212 555 0123 x5", [ANNA], /extension/],
    ["an extension in words", "212-555-0123 ext. 77", [ANNA], /extension/],
    ["an extension of a link", "tel:+1-212-555-0123;ext=5", [ANNA], /extension/],
  ])("%s", (_, text, numbers, doubt) => {
    expect(read(text)).toEqual({ numbers, doubt: expect.stringMatching(doubt) });
  });
});

describe("no number, with the reason", () => {
  test.each([
    ["+2125550160", /plus before ten digits.*\+212.*write it as E\.164: \+12125550160/],
    ["+99955501601234", /E\.164/],
    ["020 7946 0018", /trunk zero/],
    ["0114 311 3610", /trunk zero, or one abroad after 011/],
    ["(0118) 248 1765", /trunk zero, or one abroad after 011/],
    ["01182360063", /trunk zero, or one abroad after 011/],
    ["(0)20 7946 0018", /trunk zero/],
    ["2.12555E+09", /shortened by a spreadsheet/],
    ["+1 212 555 0123 / 0124", /E\.164/],
    ["+49 30 123456/7", /E\.164/],
    ["", /E\.164/],
    ["5550123", /E\.164/],
    ["442079460018", /E\.164/],
    ["+1", /E\.164/],
    ["++12125550123", /E\.164/],
    ["+19995550123", /E\.164/],
    ["+1 212 911 0123", /^has the exchange 911, which is a service code/],
    ["(212) 411-0123", /^has the exchange 411/],
    ["212 911 0123 ext 5", /E\.164/],
    ["call 212 555 0123 please", /E\.164/],
    ["2125550123 do not call", /E\.164/],
    ["+1-800-FLOWERS", /E\.164/],
    ["2125550123 / nobody", /E\.164/],
    ["1".repeat(400), /E\.164/],
  ])("%j", (text, problem) => {
    expect(read(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

/** Texts as people and exports have them, and any others. */
const digits = fc.oneof(
  fc.stringMatching(/^\d{1,16}$/),
  fc.stringMatching(/^[2-9]\d\d[2-9]\d{6}$/),
  fc.constantFrom(...getCountries()).map((country) => getExampleNumber(country, examples)?.number.slice(1) ?? "442079460018"),
);
const written = fc
  .tuple(
    fc.constantFrom("", "+", "00", "011", "0011", "'+", "(+", "+1 1", "＋", "tel:+"),
    digits,
    fc.constantFrom("", " x5", ".0", "/", ";"),
  )
  .map((parts) => parts.join(""));
const anyText = fc.oneof(
  written,
  fc.tuple(written, fc.constantFrom(",", " ", " or ", ""), written).map((parts) => parts.join("")),
  fc.string(),
);

test("of any text every number is E.164 in its own right, and its certain writing is read as itself alone", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const found = readNumber(text);
      if ("problem" in found) return;
      expect(found.doubt === undefined || found.doubt.length > 5).toBe(true);
      if (found.numbers.length > 1) expect(found.doubt).toContain(found.numbers[1]);
      for (const number of found.numbers) {
        expect(number).toMatch(/^\+[1-9]\d{4,14}$/);
        expect(named(number)[0]).toBe(number);
        expect(read(certainText(number))).toEqual({ numbers: [number], doubt: undefined });
      }
    }),
    { numRuns: scaled(20_000, 1000) },
  );
});

test("an example number of every country outside of North America is read, with the country among those of its calling code", () => {
  let known = 0;
  for (const country of getCountries()) {
    const number = getExampleNumber(country, examples);
    if (number === undefined || number.countryCallingCode === "1") continue;
    expect(callingCountries(number.number), number.number).toContain(country);
    expect(named(number.formatInternational())[0]).toBe(number.number);
    known++;
  }
  expect(known).toBeGreaterThan(200);
});

test("whatever libphonenumber calls valid is read first as what it is, and what it calls impossible is no literal number", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("44", "49", "33", "61", "81", "7", "39", "353", "800"),
      fc.stringMatching(/^[1-9]\d{3,11}$/),
      (code, rest) => {
        const number = `+${code}${rest}`;
        const parsed = parsePhoneNumberFromString(number);
        if (parsed?.isValid() === true && parsed.number === number) expect(named(number)[0]).toBe(number);
        if (parsed === undefined || !parsed.isPossible()) expect(named(number)).not.toContain(number);
      },
    ),
    { numRuns: scaled(2000, 200) },
  );
});

test("a North American number is ten digits: [2-9]XX but no N11 and no N9X, [2-9]XX but no N11, four more", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9]\d{8,10}$/), (rest) => {
      const isOne = /^[2-9](?!11)[0-8]\d[2-9](?!11)\d{6}$/.test(rest);
      expect(named(`+1${rest}`).includes(`+1${rest}`)).toBe(isOne);
    }),
    { numRuns: scaled(2000, 200) },
  );
});

test("postal codes are read in the ways people write them", () => {
  expect(["32501", "32501-1234", "325011234", " 32501 ", "A1C 5S7", "a1c5s7", "A1C-5S7"].map(normalisePostal)).toEqual([
    "32501",
    "32501",
    "32501",
    "32501",
    "A1C5S7",
    "A1C5S7",
    "A1C5S7",
  ]);
  expect(["3250", "325012", "SW1A 1AA", "", "A1C 5SX", "32501-12"].map(normalisePostal)).toEqual(Array.from({ length: 6 }));
});
