import { CloudEvent } from "cloudevents";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { cloudEvent, type EventFacts } from "./cloud-event.ts";

const FACTS: EventFacts = {
  id: "job_1-17",
  source: "/outdial/campaigns/camp_1",
  type: "DISPOSITION_ASSIGNED",
  subject: "call_17",
  time: Date.UTC(2026, 2, 2, 15, 0, 0, 250),
  data: { call_id: "call_17", disposition_code: "SALE", reason_code: null, processed_at: 1772463600.25 },
};

/** Every JSON object, as JSON gives it back (it knows no -0). */
const data = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value): Record<string, unknown> => JSON.parse(JSON.stringify(value)));

test("an event is the structured form of CloudEvents 1.0", () => {
  expect(JSON.parse(cloudEvent(FACTS))).toEqual({
    specversion: "1.0",
    id: "job_1-17",
    source: "/outdial/campaigns/camp_1",
    type: "DISPOSITION_ASSIGNED",
    subject: "call_17",
    time: "2026-03-02T15:00:00.250Z",
    datacontenttype: "application/json",
    data: FACTS.data,
  });
});

test("whatever passes is valid to the CloudEvents library and keeps its data", () => {
  fc.assert(
    fc.property(
      fc.record({
        id: fc.string({ minLength: 1 }),
        source: fc.string({ minLength: 1 }).map((text) => `/outdial/campaigns/${encodeURIComponent(text.toWellFormed())}`),
        type: fc.constantFrom("DISPOSITION_ASSIGNED" as const, "CAMPAIGN_ACTIVATED" as const),
        subject: fc.string({ minLength: 1, unit: "binary" }),
        time: fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }),
        data,
      }),
      (facts) => {
        const read: { time: string; subject: string; data: unknown } = JSON.parse(cloudEvent(facts));
        // The constructor validates against the specification's schema and throws when it does not hold.
        const event = new CloudEvent(read);
        expect(event.validate()).toBe(true);
        expect(Date.parse(read.time)).toBe(facts.time);
        expect(read.subject).toBe(facts.subject);
        expect(read.data).toEqual(facts.data);
      },
    ),
    { numRuns: 200 },
  );
});

test("no source passes that the CloudEvents library would refuse", () => {
  fc.assert(
    fc.property(fc.constantFrom("/", "urn:", "https://a", ""), fc.string({ maxLength: 6 }), (start, end) => {
      const source = start + end;
      let text: string;
      try {
        text = cloudEvent({ ...FACTS, source });
      } catch {
        return;
      }
      expect(() => new CloudEvent(JSON.parse(text)), source).not.toThrow();
    }),
    {
      numRuns: scaled(2000, 200),
      examples: ["[", "/a[b", "#a#b", ":b/", ":80", "?[", "/b:c?d/e?f#g?h", "//b", "%4", "1:b", "@b:c"].map(
        (end): [string, string] => ["", end],
      ),
    },
  );
});

test.each([
  "/",
  "/outdial/campaigns/camp%201",
  "https://outdial.example.com",
  "https://a.example:8443/x?y=1#z",
  "urn:outdial:1",
  "mailto:a@b.c",
])("source %s passes", (source) => {
  expect(new CloudEvent(JSON.parse(cloudEvent({ ...FACTS, source }))).source).toBe(source);
});

test.each([
  [{ id: "" }, "must not be empty"],
  [{ subject: "" }, "must not be empty"],
  [{ source: "" }, "no URI reference"],
  [{ source: "/camp 1" }, "no URI reference"],
  [{ source: "//host/x" }, "no URI reference"],
  [{ source: "relative" }, "no URI reference"],
  [{ source: "/50%" }, "no URI reference"],
  [{ time: Number.NaN }, "between the years"],
  [{ time: Date.UTC(10_000, 0) }, "between the years"],
])("%o is refused", (wrong, message) => {
  expect(() => cloudEvent({ ...FACTS, ...wrong })).toThrow(expect.objectContaining({ code: "invalid_input" }));
  expect(() => cloudEvent({ ...FACTS, ...wrong })).toThrow(message);
});
