import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { NO_TWISTS, readTokens } from "./paging.ts";
import { Refusal } from "./wire.ts";

const cursor = z.tuple([z.number(), z.string()]);
const facts = { campaignId: "a", codes: undefined };

it("a token gives its cursor back to its own query alone", () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (at, id) => {
      const token = readTokens(undefined, facts, cursor, NO_TWISTS).next([at, id]);
      expect(readTokens(token, { campaignId: "a" }, cursor, NO_TWISTS).place).toEqual({ cursor: [at, id], repeated: false });
      expect(() => readTokens(token, { campaignId: "b" }, cursor, NO_TWISTS)).toThrow(/another query/);
      expect(() => readTokens(token, facts, z.number(), NO_TWISTS)).toThrow(Refusal);
    }),
  );
});

it("any other text is refused, never anything worse", () => {
  const tokenish = fc.oneof(
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString("base64url")),
    fc.base64String(),
  );
  fc.assert(
    fc.property(tokenish, (text) => {
      expect(() => readTokens(text, facts, cursor, NO_TWISTS)).toThrow(Refusal);
    }),
  );
});
