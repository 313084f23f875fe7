// The calls of a tenant: generated, explicit and live ones in one listing, with dispositions laid over them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkScenario } from "../scenario/index.ts";
import { type CallCursor, type CallRecord, type CallStore, createCallStore } from "./calls.ts";

const START = Date.UTC(2026, 0, 31);
const DAY = 86_400_000;
const SCENARIO = {
  campaigns: [{ id: "a", dispositionCodes: [{ id: "D1" }, { id: "D2" }] }, { id: "b" }],
  calls: [
    { id: "k1", campaignId: "a", dispositionCode: "BUSY", startTime: "-2d" },
    { id: "k2", campaignId: "b", startTime: "-1h", endTime: "-30m", locked: true },
  ],
  generateCalls: [
    { campaignId: "a", count: 40, days: 5, lockedEvery: 10 },
    { campaignId: "b", count: 30, days: 2, prefix: "call_", digits: 4, mix: { CONVERTED: 3, NO_ANSWER: 1 }, untaggedRate: 0.3 },
  ],
};

function store(scenario: object = SCENARIO, seed: number | string = 1): CallStore {
  return createCallStore({ scenario: checkScenario(scenario), seed, start: START });
}
function everything(calls: CallStore, request: Omit<Parameters<CallStore["list"]>[0], "limit"> = {}, limit = 1000): CallRecord[] {
  const found: CallRecord[] = [];
  let after: CallCursor | undefined;
  do {
    const page = calls.list({ ...request, after, limit });
    expect(page.calls.length).toBeLessThanOrEqual(limit);
    found.push(...page.calls);
    after = page.next;
  } while (after !== undefined);
  return found;
}
const live = (id: string, startTime: number, fields: Partial<CallRecord> = {}): CallRecord => ({
  id,
  campaignId: "a",
  status: "dialing",
  startTime,
  direction: "OUTBOUND",
  locked: false,
  writes: 0,
  effects: 0,
  ...fields,
});
const write = (dispositionCodeId: string, tag: string[] = [], notes = "") => ({ dispositionCodeId, notes, tag });

describe("generated calls", () => {
  it("have stable ids, lie in their days, end before the start, and are locked as asked", () => {
    const calls = everything(store());
    expect(calls).toHaveLength(72);
    for (const call of calls) {
      expect(call.endTime ?? call.startTime).toBeLessThanOrEqual(START);
      expect(store().get(call.id)).toEqual(call);
    }
    const generated = calls.filter(({ id }) => id.startsWith("a-c"));
    expect(generated.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, i) => `a-c${String(i + 1).padStart(7, "0")}`));
    expect(generated.every(({ startTime }) => startTime >= START - 5 * DAY)).toBe(true);
    expect(generated.filter(({ locked }) => locked).map(({ id }) => id)).toEqual([
      "a-c0000010",
      "a-c0000020",
      "a-c0000030",
      "a-c0000040",
    ]);
    expect(store(SCENARIO, 2).get("a-c0000001")).not.toEqual(store().get("a-c0000001"));
  });

  it("follow their mix of codes and statuses", () => {
    const calls = store({
      campaigns: [{ id: "a" }],
      generateCalls: [
        {
          campaignId: "a",
          count: 4000,
          mix: { CONVERTED: 1, BUSY: 3 },
          untaggedRate: 0.5,
          statuses: { completed: 1, failed: 1 },
        },
      ],
    });
    const count = (code: string | undefined) =>
      everything(calls).filter(({ dispositionCode }) => dispositionCode === code).length;
    expect(Math.abs(count(undefined) - 2000)).toBeLessThan(200);
    expect(Math.abs(count("CONVERTED") - 500)).toBeLessThan(120);
    expect(Math.abs(count("BUSY") - 1500)).toBeLessThan(200);
    const { completed, failed, queued } = calls.countByStatus();
    expect([completed + failed, queued]).toEqual([4000, 0]);
    expect(Math.abs(completed - 2000)).toBeLessThan(200);
  });

  it("are not found under ids that only resemble theirs", () => {
    for (const id of ["a-c0000000", "a-c0000041", "a-c1", "call_00001", "call_0031", "call_1e00", "k3", ""])
      expect(store().get(id)).toBeUndefined();
  });
});

describe("a listing", () => {
  it("is what a plain list would be, in pages of any size, whatever happened before", () => {
    const change = fc.oneof(
      fc.record({
        kind: fc.constant("put" as const),
        id: fc.constantFrom("n1", "n2", "k1", "a-c0000007", "call_0003"),
        ago: fc.integer({ min: 0, max: 6 * DAY }),
      }),
      fc.record({
        kind: fc.constant("tag" as const),
        id: fc.constantFrom("n1", "k2", "a-c0000007", "a-c0000008", "call_0003"),
        ago: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 8 }),
        fc.record({
          campaignId: fc.constantFrom(undefined, "a", "b", "c"),
          from: fc.option(fc.integer({ min: START - 6 * DAY, max: START }), { nil: undefined }),
          to: fc.option(fc.integer({ min: START - 6 * DAY, max: START }), { nil: undefined }),
          codes: fc.constantFrom(undefined, new Set(["CONVERTED", "BUSY"]), new Set(["D1"]), new Set(["none"])),
          endedOnly: fc.constantFrom(undefined, true),
        }),
        fc.integer({ min: 1, max: 80 }),
        (changes, request, limit) => {
          const calls = store();
          const model = new Map(everything(store()).map((call) => [call.id, call]));
          for (const { kind, id, ago } of changes) {
            if (kind === "put") {
              const call = live(id, START - ago);
              calls.put(call);
              model.set(id, call);
            } else {
              calls.setDisposition(id, write("D1"), START);
              const tagged = calls.get(id);
              if (tagged !== undefined) model.set(id, tagged);
            }
          }
          const wanted = [...model.values()]
            .filter(
              (call) =>
                (request.campaignId === undefined || call.campaignId === request.campaignId) &&
                call.startTime >= (request.from ?? 0) &&
                call.startTime <= (request.to ?? Number.POSITIVE_INFINITY) &&
                (request.codes === undefined || request.codes.has(call.dispositionCode ?? "")) &&
                (request.endedOnly !== true || call.endTime !== undefined),
            )
            .sort((x, y) => x.startTime - y.startTime || (x.id < y.id ? -1 : 1));
          expect(everything(calls, request, limit)).toEqual(wanted);
          expect(calls.size).toBe(model.size);
          const counts = calls.countByStatus();
          expect(counts.dialing).toBe([...model.values()].filter(({ status }) => status === "dialing").length);
          expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(model.size);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("has no cursor after its last page, also when the page is full", () => {
    const calls = store({ campaigns: [{ id: "a" }], generateCalls: [{ campaignId: "a", count: 10 }] });
    expect(calls.list({ limit: 10 }).next).toBeUndefined();
    expect(calls.list({ limit: 9 }).next).toBeDefined();
  });

  it("does not lose its place when calls are added behind the cursor", () => {
    const calls = store();
    const first = calls.list({ limit: 20 });
    calls.put(live("early", START - 30 * DAY));
    calls.put(live("late", START));
    const rest = calls.list({ limit: 1000, after: first.next }).calls;
    expect(rest).toHaveLength(53);
    expect(rest.at(-1)?.id).toBe("late");
  });
});

describe("a disposition", () => {
  it("counts writes, and effects only when something changed", () => {
    const calls = store();
    for (const id of ["a-c0000003", "k1"]) {
      expect(calls.setDisposition(id, write("D1", ["x"]), START)).toMatchObject({
        changed: true,
        call: { writes: 1, effects: 1, dispositionCode: "D1" },
      });
      expect(calls.setDisposition(id, write("D1", ["x"]), START + 5)).toMatchObject({
        changed: false,
        call: { writes: 2, effects: 1 },
      });
      expect(calls.get(id)?.disposition).toEqual({ ...write("D1", ["x"]), updatedAt: START });
      for (const other of [
        write("D1", ["y"]),
        write("D1", ["y", "z"]),
        write("D1", ["y", "z"], "note"),
        write("D2", ["y", "z"], "note"),
      ]) {
        expect(calls.setDisposition(id, other, START + 9)).toMatchObject({ changed: true });
      }
      expect(calls.get(id)).toMatchObject({ writes: 6, effects: 5, dispositionCode: "D2" });
    }
    expect(calls.totals()).toEqual({ writes: 12, effects: 10 });
    expect(calls.setDisposition("nobody", write("D1"), START)).toBeUndefined();
  });

  it("is kept by itself when the caller's tags change afterwards", () => {
    const calls = store();
    const tag = ["x"];
    calls.setDisposition("k1", write("D1", tag), START);
    tag.push("y");
    expect(calls.get("k1")?.disposition?.tag).toEqual(["x"]);
  });
});

it("snapshots and restores through JSON", () => {
  const calls = store();
  calls.setDisposition("a-c0000003", write("D1"), START);
  calls.put(live("a-c0000004", START - 5));
  calls.put(live("n1", START - 4));
  const before = everything(calls);
  const saved = JSON.parse(JSON.stringify(calls.snapshot()));
  calls.setDisposition("a-c0000005", write("D1"), START);
  calls.put(live("n2", START - 3));
  calls.put(live("a-c0000003", START - 3));
  calls.restore(saved);
  expect(JSON.stringify(everything(calls))).toBe(JSON.stringify(before));
  expect(calls.size).toBe(73);
  expect(calls.totals()).toEqual({ writes: 1, effects: 1 });
});
