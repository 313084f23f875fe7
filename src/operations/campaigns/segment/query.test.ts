// The query language, as contacts are judged by it on our side.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContactQuery } from "./query.ts";

const CONTACT = {
  id: "p1",
  consentFlags: { outbound: { call: true, sms: false } },
  attributes: { plan: "gold", age: 42, note: "a && b" },
  state: "",
};
const matches = (text: string, contact: unknown = CONTACT) => parseContactQuery(text, "--query").matches(contact);

describe("judges", () => {
  it.each([
    ["true", true],
    ["  true ", true],
    ["true && true", true],
    ["consentFlags.outbound.call==true", true],
    ["consentFlags.outbound.call == true&&attributes.plan!=silver", true],
    ["consentFlags.outbound.sms==true", false],
    ["consentFlags.outbound.call=='true'", false],
    ["attributes.age==42", true],
    ["attributes.age==42.0", true],
    ["attributes.age=='42'", false],
    ['attributes.plan=="gold"', true],
    ["attributes.note=='a && b'", true],
    ["attributes.gone==null", true],
    ["attributes.gone!=x", true],
    ["attributes.gone==x", false],
    ["state==''", true],
    ["toString!=null", false],
    ["true==true", false],
  ] as const)("%s", (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it("never takes a missing flag for consent", () => {
    for (const contact of [{}, { consentFlags: {} }, { consentFlags: { outbound: { call: "yes" } } }, { consentFlags: null }])
      expect(matches("consentFlags.outbound.call==true", contact)).toBe(false);
  });
});

describe("refuses, with the place and what is wanted", () => {
  it.each([
    ["", /attribute path at character 1, found the end/],
    ["call=true", /== or != at character 5/],
    ["call==", /a value at character 7, found the end/],
    ["a==1 || b==2", /character 6, found/],
    ["a==1 b==2", /&& or the end at character 6, found "b"/],
    ["a==1 &&", /attribute path at character 8/],
    ["'a'==1", /attribute path at character 1/],
    ["a==(1)", /character 4/],
    ["a.==1", /attribute path at character 1, found "a\."/],
    ["a=='open", /character 4/],
  ] as const)("%s", (text, message) => {
    expect(() => parseContactQuery(text, "--where")).toThrow(message);
    expect(() => parseContactQuery(text, "--where")).toThrow(/--where/);
  });

  it("or reads, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", ".", "=", "!", "&", " ", "'", '"', "1", "true", "|") }), (text) => {
        try {
          matches(text);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: "invalid_input" });
        }
      }),
    );
  });
});

it("a comparison and its negation are opposites for every contact", () => {
  const value = fc.constantFrom("gold", "true", "null", "42", "'true'");
  const found = fc.constantFrom("gold", true, null, undefined, 42, "true", {}, []);
  fc.assert(
    fc.property(value, found, (text, member) => {
      const contact = { a: { b: member } };
      expect(matches(`a.b==${text}`, contact)).toBe(!matches(`a.b!=${text}`, contact));
    }),
  );
});
