// The contact query language.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { type ContactFilter, holds, parseContactFilter, QueryError, valueAtPath } from "./query.ts";

const RECORD = { a: { b: true, n: 5, text: "x y", nothing: null }, state: "NY", "zip-code": "10001" };
const matches = (query: string, record: unknown = RECORD) =>
  parseContactFilter(query).terms.every((term) => holds(term, valueAtPath(record, term.path)));

describe("a query", () => {
  it.each([
    ["true", true],
    ["  true  ", true],
    ["a.b==true", true],
    ["a.b == true", true],
    ["a.b==false", false],
    ["a.b!=false", true],
    ['a.b=="true"', false],
    ["a.n==5", true],
    ["a.n==5.0", true],
    ["a.n!=6", true],
    ["a.text=='x y'", true],
    ["zip-code==10001", true],
    ["state==NY && a.n==5", true],
    ["true&&state==NY&&a.b!=true", false],
    ["truest==1", false],
    ["missing.path==true", false],
    ["missing.path!=true", true],
    ["missing==null", true],
    ["a.nothing==null", true],
    ["state==null", false],
    ["constructor.name!=null", false],
  ])("%s is %s", (query, expected) => {
    expect(matches(query)).toBe(expected);
  });

  it.each([
    ["", 0],
    ["a", 1],
    ["a=1", 1],
    ["a==", 3],
    ["a==1 &&", 7],
    ["a==1 & b==2", 5],
    ["a==1 || b==2", 5],
    ["(a==1)", 0],
    ["a.==1", 1],
    ["a=='open", 3],
    ["true true", 5],
    ["1==a", 0],
  ])("refuses %j and says where", (query, position) => {
    expect(() => parseContactFilter(query)).toThrow(QueryError);
    expect(() => parseContactFilter(query)).toThrow(
      expect.objectContaining({
        code: "malformed_query",
        details: { position },
        message: expect.stringContaining(`${position + 1}`),
      }),
    );
  });

  it("has one text for all its spellings", () => {
    expect(parseContactFilter(" a.b==true&&c != 'x' ").text).toBe(parseContactFilter('a.b == true && true && c!="x"').text);
    expect(parseContactFilter("a==1").text).not.toBe(parseContactFilter("a=='1'").text);
    expect(parseContactFilter(parseContactFilter("true").text).terms).toEqual([]);
  });

  it("either parses or throws QueryError, whatever the text, in short time", () => {
    const alphabet = fc.constantFrom("a", ".", "=", "!", "&", " ", '"', "'", "true", "==", "&&", "_", "1", "\n", "é");
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 60 }), (parts) => {
        let query: ContactFilter;
        try {
          query = parseContactFilter(parts.join(""));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(QueryError);
          return;
        }
        expect(parseContactFilter(query.text)).toEqual(query);
      }),
      { numRuns: scaled(2000, 200) },
    );
    expect(() => parseContactFilter("a".repeat(5000))).toThrow(QueryError);
  });
});
