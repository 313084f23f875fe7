import { expect, test } from "vitest";
import { cloudEvent } from "./cloud-event.ts";
import { inForm } from "./form.ts";

const stored = (type: Parameters<typeof cloudEvent>[0]["type"], data: Record<string, unknown>) =>
  cloudEvent({ id: "e1", source: "/outdial", type, subject: "s", time: 0, data });

test.each(["slack", "teams"] as const)(
  "a chat (%s) gets lines for people, whose names are neither markup nor mentions, and no more than it takes",
  (form) => {
    const body = stored("FAILOVER_NEITHER_DIALS", {
      message: "<!channel> *neither* & nor",
      primary: "camp_1",
      left: 3,
      more: { a: 1 },
      none: null,
    });
    const sent = inForm(form, body);
    expect(sent.contentType).toBe("application/json");
    const text = textOf(form, sent.body);
    expect(text).toContain("FAILOVER_NEITHER_DIALS: s");
    expect(text).toContain(
      form === "slack" ? "message: &lt;!channel&gt; *neither* &amp; nor" : "message: <!channel> *neither* & nor",
    );
    expect(text).toMatch(/primary: camp_1\nleft: 3$/);
    expect(textOf(form, inForm(form, stored("VENDOR_DRIFT", { message: "\u{1F600}".repeat(4000) })).body)).toHaveLength(3000);
  },
);

/** The text of a message; of a card, that of its blocks, none of which takes markup. */
function textOf(form: "slack" | "teams", body: string): string {
  const sent = JSON.parse(body);
  if (form === "slack") return sent.text;
  const blocks: { type: string; inlines: { text: string }[] }[] = sent.attachments[0].content.body;
  expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set(["RichTextBlock"]));
  return blocks.map(({ inlines }) => inlines.map(({ text }) => text).join("")).join("\n");
}

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
