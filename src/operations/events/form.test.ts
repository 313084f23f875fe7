import { expect, test } from "vitest";
import { cloudEvent } from "./cloud-event.ts";
import { inForm } from "./form.ts";

const stored = (type: Parameters<typeof cloudEvent>[0]["type"], data: Record<string, unknown>) =>
  cloudEvent({ id: "e1", source: "/outdial", type, subject: "s", time: 0, data });

test("a CloudEvent is posted as it is stored", () => {
  const body = stored("DISPOSITION_ASSIGNED", { call_id: "c" });
  expect(inForm("cloudevents", body)).toEqual({ body, contentType: "application/cloudevents+json; charset=utf-8" });
});

test.each([
  ["DISPOSITION_ASSIGNED", { call_id: "c" }, { event_type: "DISPOSITION_ASSIGNED", call_id: "c" }],
  ["DISPOSITION_UPDATED", { code: "101" }, { type: "DISPOSITION_UPDATED", code: "101" }],
  ["OUTCOMES_RETRIEVED", { metrics: {}, audit: {} }, { metrics: {}, audit: {} }],
] as const)("the plain form of %s is the flat body of the published guides", (type, data, expected) => {
  const { body, contentType } = inForm("plain", stored(type, data));
  expect({ body: JSON.parse(body), contentType }).toEqual({ body: expected, contentType: "application/json" });
});
