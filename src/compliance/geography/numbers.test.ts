import fc from "fast-check";
import examples from "libphonenumber-js/examples.mobile.json" with { type: "json" };
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { NumberReader, normalisePostal } from "./numbers.ts";

test("an example number of every country outside of North America is read, with the country among those of its calling code", () => {
  const reader = new NumberReader();
  let read = 0;
  for (const country of getCountries()) {
    const number = getExampleNumber(country, examples);
    if (number === undefined || number.countryCallingCode === "1") continue;
    expect(reader.countries(number.number), number.number).toContain(country);
    read++;
  }
  expect(read).toBeGreaterThan(200);
});

test("whatever libphonenumber calls valid is accepted, and what it calls impossible is not", () => {
  const reader = new NumberReader();
  fc.assert(
    fc.property(
      fc.constantFrom("44", "49", "33", "61", "81", "7", "39", "353", "800"),
      fc.stringMatching(/^[1-9]\d{3,11}$/),
      (code, rest) => {
        const number = `+${code}${rest}`;
        const parsed = parsePhoneNumberFromString(number);
        const accepted = reader.countries(number) !== undefined;
        if (parsed?.isValid() === true && parsed.number === number) expect(accepted, number).toBe(true);
        if (parsed === undefined || !parsed.isPossible()) expect(accepted, number).toBe(false);
      },
    ),
    { numRuns: scaled(2000, 200) },
  );
});

test("a North American number is ten digits: [2-9]XX but no N11, [2-9]XX, four more", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+1\d{9,11}$/), (number) => {
      const good = /^\+1([2-9]\d\d)[2-9]\d{6}$/.exec(number)?.[1];
      const expected = good === undefined || good.endsWith("11") ? 0 : Number(good);
      expect(NumberReader.areaCode(number)).toBe(expected);
    }),
    { numRuns: scaled(2000, 200) },
  );
  for (const text of ["", "+", "+1", "12125550123", "+1 2125550123", "+1212555012\n", "+1212555012３"])
    expect(NumberReader.areaCode(text)).toBe(0);
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
