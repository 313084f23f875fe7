// Texts from outside, made fit for messages.

import fc from "fast-check";
import { expect, it } from "vitest";
import { SecretScrubber } from "./secrets.ts";

it("removes every spelling of a secret", () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 4, maxLength: 40 }),
      fc.string({ maxLength: 50 }),
      fc.string({ maxLength: 50 }),
      (secret, before, after) => {
        fc.pre(!"[secret]".includes(secret) && secret.trim() === secret && !secret.includes("[secret]"));
        const scrubber = new SecretScrubber();
        scrubber.add(secret);
        for (const spelling of [secret, JSON.stringify(secret).slice(1, -1)]) {
          expect(scrubber.clean(before + spelling + after).replaceAll("[secret]", "")).not.toContain(spelling);
        }
      },
    ),
  );
});

it("gives one bounded line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
      const clean = new SecretScrubber().clean(text);
      expect(clean.length).toBeLessThanOrEqual(500);
      // oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
      expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
    }),
  );
});

it("finds a secret that the cut would have halved, and credentials that are not ours", () => {
  const scrubber = new SecretScrubber();
  scrubber.add("abcdefghijkl");
  expect(scrubber.clean(`${"x".repeat(495)}abcdefghijkl`)).not.toContain("abcd");
  expect(scrubber.clean("got Authorization: Bearer eyJhbGciOi.J9-x_y and basic dXNlcjpwYXNz")).toBe(
    "got Authorization: Bearer [secret] and basic [secret]",
  );
});
