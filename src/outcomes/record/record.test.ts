// Rows of the vendor: what becomes a record, what is put aside and why, and what is hashed.

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { parseInstantOrNaiveUtc } from "../../contract/index.ts";
import { canonicalJson } from "../../kernel/index.ts";
import { ComplianceHash, canonicalText, digestOf } from "./canonical.ts";
import { createFieldWriter, createInstantReader, parseRow, QUARANTINE_REASONS, type RowContext } from "./parse.ts";
import type { OutcomeRecord } from "./record.ts";

const AT = Date.parse("2026-03-02T10:00:00.000Z");
const context: RowContext = {
  campaignId: "camp_1",
  from: AT - 86_400_000,
  to: AT + 86_400_000,
  observedAt: AT + 100_000_000,
  runId: "job_1",
};
const row = (more: Record<string, unknown> = {}) => ({
  id: "call_1",
  campaignId: "camp_1",
  dispositionCode: "CONVERTED",
  startTime: "2026-03-02T10:00:00Z",
  endTime: "2026-03-02T10:01:30.5Z",
  direction: "OUTBOUND",
  ...more,
});
const recordOf = (more: Record<string, unknown> = {}): OutcomeRecord => {
  const parsed = parseRow(row(more), context);
  if (parsed.kind !== "record") throw new Error(`no record: ${JSON.stringify(parsed)}`);
  return parsed.record;
};

describe("a row of the vendor", () => {
  test("becomes a record with its duration from start and end", () => {
    expect(recordOf({ agentId: "a1", contactListId: "l1", attempt: 3, status: "completed", extra: { b: 1, a: [2] } })).toEqual({
      callId: "call_1",
      campaignId: "camp_1",
      dispositionCode: "CONVERTED",
      startTime: AT,
      endTime: AT + 90_500,
      durationSeconds: 90.5,
      direction: "OUTBOUND",
      agentId: "a1",
      listId: "l1",
      attempt: 3,
      raw: '{"extra":{"a":[2],"b":1},"status":"completed"}',
      observedAt: context.observedAt,
      runId: "job_1",
    });
  });

  test("may lack its code, its campaign and the offset of its times", () => {
    const bare = { id: "x", startTime: "2026-03-02T10:00:00", endTime: "2026-03-02T10:00:00" };
    expect(parseRow(bare, context)).toMatchObject({
      kind: "record",
      record: { dispositionCode: "UNKNOWN", campaignId: "camp_1", startTime: AT, durationSeconds: 0, direction: "OUTBOUND" },
    });
  });

  test.each([
    ["not_an_object", null],
    ["not_an_object", [row()]],
    ["missing_id", row({ id: undefined })],
    ["missing_id", row({ id: "" })],
    ["wrong_type", row({ id: 7 })],
    ["wrong_type", row({ id: "x".repeat(257) })],
    ["other_campaign", row({ campaignId: "camp_2" })],
    ["missing_start", row({ startTime: null })],
    ["bad_start", row({ startTime: "yesterday" })],
    ["wrong_type", row({ startTime: 1_700_000_000 })],
    ["outside_window", row({ startTime: "2026-01-01T00:00:00Z" })],
    ["missing_end", row({ endTime: undefined })],
    ["missing_end", row({ endTime: undefined, status: "completed" })],
    ["bad_end", row({ endTime: "2026-13-01T00:00:00Z" })],
    ["end_before_start", row({ endTime: "2026-03-02T09:59:59.999Z" })],
    ["wrong_type", row({ dispositionCode: 5 })],
    ["wrong_type", row({ attempt: 1.5 })],
    ["wrong_type", row({ agentId: { id: 1 } })],
  ])("is put aside as %s", (reason, poison) => {
    const parsed = parseRow(poison, context);
    expect(parsed).toMatchObject({ kind: "quarantined", reason });
    expect((parsed as { detail: string }).detail).not.toBe("");
  });

  test("that is nested without end is put aside like any other", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(parseRow(row({ deep }), context)).toMatchObject({ kind: "quarantined", reason: "wrong_type", callId: "call_1" });
  });

  test("of a call that goes on is neither a record nor poison", () => {
    expect(parseRow(row({ endTime: undefined, status: "connected" }), context)).toEqual({ kind: "unfinished", startTime: AT });
  });

  test("never throws, never gives a negative or invented duration, and every reason is a listed one", () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true }),
      fc.record(
        {
          id: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
          startTime: fc.oneof(fc.constant("2026-03-02T10:00:00Z"), fc.string(), fc.integer()),
          endTime: fc.oneof(fc.constant("2026-03-02T09:00:00Z"), fc.constant("2026-03-02T11:00:00+00:30"), fc.string()),
          dispositionCode: fc.anything(),
          attempt: fc.anything(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(fc.jsonValue(), anything, (json, wild) => {
        for (const each of [json, wild, { ...(wild as object), rest: json }]) {
          const parsed = parseRow(JSON.parse(JSON.stringify(each) ?? "null"), context);
          if (parsed.kind === "quarantined") expect(QUARANTINE_REASONS).toContain(parsed.reason);
          if (parsed.kind === "record") {
            const { startTime, endTime, durationSeconds } = parsed.record;
            expect(durationSeconds).toBe((endTime - startTime) / 1000);
            expect(durationSeconds).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

test("times are read as everywhere, whatever the rows before said", () => {
  const two = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, "0"));
  const shaped = fc
    .tuple(
      fc.constantFrom("2026-03-01", "2024-02-29", "2026-02-30", "2026-13-01", "20x6-01-01"),
      two,
      two,
      two,
      fc.constantFrom("", ".5", ".123", ".12x"),
      fc.constantFrom("Z", "", "+01:00", "z"),
    )
    .map(([day, h, m, s, part, zone]) => `${day}T${h}:${m}:${s}${part}${zone}`);
  const real = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  fc.assert(
    fc.property(fc.array(fc.oneof(shaped, real, fc.string())), (texts) => {
      const read = createInstantReader();
      for (const text of texts) expect(read(text)).toBe(parseInstantOrNaiveUtc(text));
    }),
    { numRuns: scaled(2000, 200) },
  );
});

test("a further field is written the same, whether it is remembered or not", () => {
  const name = fc.constantFrom("status", "", "__proto__", 'a"b');
  const value = fc.oneof(fc.constantFrom("completed", "", "busy"), fc.string({ unit: "grapheme" }));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (fields) => {
      const write = createFieldWriter();
      for (const [field, text] of fields) expect(write(field, text)).toBe(canonicalJson(Object.fromEntries([[field, text]])));
    }),
  );
});

describe("what is hashed", () => {
  test("is canonical JSON without the circumstances of the retrieval", () => {
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(text, text, fc.option(text), fc.nat(), (callId, dispositionCode, agentId, attempt) => {
        const record = recordOf({ id: `x${callId}`, dispositionCode: dispositionCode || "A", agentId, attempt, more: callId });
        const { observedAt: _, runId: __, durationSeconds: ___, ...content } = record;
        expect(canonicalText(record)).toBe(canonicalJson(content));
      }),
    );
    const record = recordOf();
    expect(digestOf(record)).toBe(createHash("sha256").update(canonicalText(record)).digest("hex"));
    expect(digestOf({ ...record, observedAt: 1, runId: "other" })).toBe(digestOf(record));
    expect(digestOf({ ...record, dispositionCode: "BUSY" })).not.toBe(digestOf(record));
  });

  test("does not depend on how the digests are handed over", () => {
    const digests = ["a", "b", "c"].map((id) => digestOf(recordOf({ id })));
    const one = new ComplianceHash();
    for (const digest of digests) one.add(digest);
    const all = new ComplianceHash();
    all.add(digests.join(""));
    expect(all.count).toBe(3);
    expect(all.digest()).toBe(one.digest());
    const other = new ComplianceHash();
    other.add(digests.toReversed().join(""));
    expect(other.digest()).not.toBe(all.digest());
  });
});
