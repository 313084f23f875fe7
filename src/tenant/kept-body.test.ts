// What a tenant's own failure said, as it may be kept.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keptBody, withoutNumbers } from "./kept-body.ts";
import { SecretScrubber } from "./secrets.ts";

const kept = (body: string) => keptBody(body, new SecretScrubber());

describe("the body of a 5xx", () => {
  it.each([
    '{"phone":"+12125550187"}',
    '{"phone":"+1 (212) 555-0187"}',
    '{"phone":2125550187}',
    "dialing 212.555.0187 failed",
    "dialing 212-555-0187 failed",
    "tel%3A%2B12125550187",
    "contact_12125550187 is locked",
    "\\u002b442079460187",
    "+44 20 7946 0187",
  ])("holds no whole number: %s", (body) => {
    const text = kept(body) ?? "";
    expect(text.replaceAll(/\D/g, "")).not.toMatch(/555018|794601/);
    expect(text).toContain("87");
  });

  it.each([
    '{"error":{"code":"overload","message":"Backend overload at 2026-03-02T12:00:00.123Z, load 0.8734521987","details":[]},"correlationId":"550e8400-e29b-41d4-a716-446655440000"}',
    "upstream 10.250.100.200:8443 timed out after 60000 ms",
  ])("keeps what explains it: %s", (body) => {
    expect(kept(body)).toBe(body);
  });

  it.each([
    "Authorization: Bearer MARKER-abc.def",
    "authorization=Basic TUFSS0VSMARKER==",
    '{"access_token":"MARKER","x":1}',
    "{'client_secret': 'MARKER'}",
    "token=MARKER&a=b",
    "X-Api-Key: MARKER",
    'password="MAR\\"KER"',
    "it was eyJMARKER123.eyJMARKER123.MARKERsig",
    'cut off in the middle of "refreshToken":"MARKER',
  ])("holds no secret: %s", (body) => {
    expect(kept(body)).not.toMatch(/MAR|KER/);
    expect(kept(body)).toContain("[secret]");
  });

  it("is one bounded line, and none of nothing", () => {
    expect(kept("")).toBeUndefined();
    expect(kept(" \n\t ")).toBeUndefined();
    expect(kept("<html>\r\n  <h1>502</h1>")).toBe("<html> <h1>502</h1>");
    const long = kept("x".repeat(100_000));
    expect(long).toHaveLength(2000);
    expect(long?.endsWith("…")).toBe(true);
  });

  it("of megabytes is looked at in its beginning only, and what was cut in two there is left out", () => {
    expect(kept("a".repeat(4_000_000))).toHaveLength(2000);
    for (const cut of [" +1 212 555 0187", " eyJMARKER123.eyJMARKER123.MARKERsig"])
      for (let left = 1; left < cut.length; left++) {
        const told = kept(`{"token":"${"x".repeat(9_988 - left)}"}${cut}${"y".repeat(100)}`) ?? "";
        expect(told).not.toMatch(/212 555|MARKER/);
      }
  });

  it.each(["x", "token", 'token="', "eyJ", "1 ", "(1(", "a1b2c3d4-", " "])(
    "of many times %j is made in time proportional to it",
    (piece) => {
      expect(kept(piece.repeat(10_000 / piece.length))?.length ?? 0).toBeLessThanOrEqual(2000);
    },
  );

  it("holds no run of ten digits, whatever it is, but of a decimal number", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789+ -().:aT%".split(""), "+1"), maxLength: 60 }), (text) => {
        const decimals = /(?<![\d.])\d{1,6}\.\d+(?![\d.])/g;
        expect(withoutNumbers(text).replaceAll(decimals, " ")).not.toMatch(/\d{10}/);
      }),
    );
  });
});
