// The checks before the first request, the windows, the page size, the remedies, and what a schedule asks for.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TenantError, type TenantErrorCode } from "../../tenant/index.ts";
import { remedyFor } from "./failure.ts";
import { checkRequest, earliestStart } from "./request.ts";
import { PageSize } from "./retrieval-run.ts";
import { dueRequest, readUpTo } from "./schedule.ts";
import { splitWindows } from "./windows.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse("2026-03-02T15:30:00.000Z");
const base = { campaignId: "camp_1" };

describe("the checks before the first request", () => {
  test("by default the last seven days are asked for, a thousand calls a page, all codes", () => {
    const { request, warnings } = checkRequest(base, NOW);
    expect(request).toEqual({ campaignId: "camp_1", from: NOW - 7 * DAY, to: NOW, codes: null, limit: 1000 });
    expect(warnings).toEqual([]);
  });

  test.each([
    ["a start beyond retention", { from: NOW - 91 * DAY }, /too old.*90 days.*2025-12-02T16:30:00.000Z/],
    ["a start at the very edge", { from: NOW - 90 * DAY }, /earliest start possible/],
    ["an end in the future", { to: NOW + 1 }, /future.*2026-03-02T15:30:00.000Z/],
    ["start and end the same", { from: NOW - 1, to: NOW - 1 }, /must lie before/],
    ["start after end", { from: NOW - 1, to: NOW - HOUR }, /must lie before/],
    ["both a start and a length", { from: NOW - HOUR, lastMs: HOUR }, /not both/],
    ["a page too large", { limit: 5001 }, /from 1 to 5000/],
    ["a page of nothing", { limit: 0 }, /from 1 to 5000/],
    ["no codes", { codes: [] }, /possible are 1 to 100/],
    ["a code with a comma", { codes: ["A,B"] }, /no comma/],
    ["no campaign", { campaignId: "" }, /campaign id is empty/],
  ])("%s is refused, and what is allowed is said", (_what, input, message) => {
    expect(() => checkRequest({ ...base, ...input }, NOW)).toThrow(message);
  });

  test("everything that is wrong is said at once", () => {
    expect(() => checkRequest({ ...base, to: NOW + DAY, limit: 9999, codes: [] }, NOW)).toThrow(/future.*limit.*codes/);
  });

  test("more time than the vendor keeps is cut, and that is said", () => {
    const { request, warnings } = checkRequest({ ...base, lastMs: 90 * DAY }, NOW);
    expect(request.from).toBe(earliestStart(NOW));
    expect(request.from).toBeGreaterThan(NOW - 90 * DAY);
    expect(warnings[0]).toMatch(/cut to what there is.*90 days/);
  });

  test("codes that are not known are warned of, with the nearest one; the campaign's own are known", () => {
    const { warnings, request } = checkRequest({ ...base, codes: ["CONVERTD", "BUSY", "CUSTOM", "BUSY"] }, NOW, ["CUSTOM"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("did you mean CONVERTED?");
    expect(request.codes).toEqual(["BUSY", "CONVERTD", "CUSTOM"]);
  });

  test("whatever is asked for, what passes is within what the vendor has", () => {
    const instant = fc.integer({ min: NOW - 100 * DAY, max: NOW + DAY });
    fc.assert(
      fc.property(
        fc.option(instant, { nil: undefined }),
        fc.option(instant, { nil: undefined }),
        fc.integer(),
        (from, to, limit) => {
          try {
            const { request } = checkRequest({ ...base, from, to, limit }, NOW);
            expect(request.from).toBeGreaterThanOrEqual(earliestStart(NOW));
            expect(request.from).toBeLessThan(request.to);
            expect(request.to).toBeLessThanOrEqual(NOW);
            expect(request.limit).toBeLessThanOrEqual(5000);
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: "invalid_input" });
          }
        },
      ),
    );
  });
});

test("windows cover a range without a gap, end at UTC midnights, and lie within one day each", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: NOW }), fc.integer({ min: 1, max: 95 * DAY }), (from, length) => {
      const windows = splitWindows({ from, to: from + length });
      expect(windows[0]?.from).toBe(from);
      expect(windows.at(-1)?.to).toBe(from + length);
      for (const [index, window] of windows.entries()) {
        expect(window.from).toBeLessThan(window.to);
        expect(Math.floor(window.from / DAY)).toBe(Math.floor((window.to - 1) / DAY));
        if (index > 0) expect(window.from).toBe(windows[index - 1]?.to);
        if (index > 0) expect(window.from % DAY).toBe(0);
      }
    }),
  );
});

test("the page size halves when pages fail, doubles after a run of good ones, and stays within what was asked for", () => {
  const size = new PageSize(1000, 1000);
  expect(size.good()).toBe(false);
  size.bad();
  size.bad();
  expect(size.size).toBe(250);
  expect(Array.from({ length: 8 }, () => size.good())).toEqual([...Array(7).fill(false), true]);
  expect(size.size).toBe(500);
  for (let n = 0; n < 40; n++) size.bad();
  expect(size.size).toBe(10);
  expect(new PageSize(3, 3).size).toBe(3);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(fc.boolean()), (most, pages) => {
      const one = new PageSize(most, most);
      for (const good of pages) {
        if (good) one.good();
        else one.bad();
        expect(one.size).toBeGreaterThanOrEqual(1);
        expect(one.size).toBeLessThanOrEqual(most);
      }
    }),
  );
});

describe("what is done about a page that could not be fetched", () => {
  const facts = { hasToken: true, failures: 1, loops: 0, restarts: 0 };
  const failed = (code: TenantErrorCode) => new TenantError(code, "x");
  test.each([
    ["vendor_unavailable", {}, { kind: "again", smaller: true }],
    ["body_too_large", {}, { kind: "again", smaller: true }],
    ["rate_limited", {}, { kind: "again", smaller: false }],
    ["paging_loop", { loops: 1 }, { kind: "again", smaller: false }],
    ["paging_loop", { loops: 3 }, { kind: "restart" }],
    ["paging_loop", { loops: 3, restarts: 3 }, { kind: "stop" }],
    ["refused", {}, { kind: "restart" }],
    ["refused", { hasToken: false }, { kind: "stop" }],
    ["refused", { restarts: 3 }, { kind: "stop" }],
    ["vendor_unavailable", { failures: 8 }, { kind: "stop" }],
    ["rate_limited", { failures: 8 }, { kind: "stop" }],
    ["missing_scope", {}, { kind: "stop" }],
    ["unauthorized", {}, { kind: "stop" }],
    ["not_found", {}, { kind: "stop" }],
  ] as const)("%s %j", (code, more, remedy) => {
    expect(remedyFor({ ...facts, ...more, thrown: failed(code) })).toMatchObject(remedy);
  });

  test("what is no failure of the vendor's is not swallowed", () => {
    expect(() => remedyFor({ ...facts, thrown: new TypeError("ours") })).toThrow(TypeError);
  });
});

describe("a schedule", () => {
  const schedule = {
    campaignId: "camp_1",
    everyMs: 15 * 60_000,
    codes: null,
    pageLimit: 1000,
    overlapMs: HOUR,
    firstMs: 7 * DAY,
    readTo: null,
    actor: "tester",
    nextAt: NOW,
  };

  test("goes back to its beginning first, then behind where it has read to, never beyond what the vendor has", () => {
    expect(dueRequest(schedule, NOW)).toMatchObject({ from: NOW - 7 * DAY, to: NOW, limit: 1000, codes: null });
    expect(dueRequest({ ...schedule, readTo: NOW - 15 * 60_000 }, NOW).from).toBe(NOW - 75 * 60_000);
    expect(dueRequest({ ...schedule, readTo: NOW - 200 * DAY }, NOW).from).toBe(earliestStart(NOW));
    expect(dueRequest({ ...schedule, readTo: NOW + DAY }, NOW).from).toBeLessThan(NOW);
  });

  test("has read to the earliest call that went on, but waits for none longer than a day", () => {
    const totals = (earliestUnfinished: number | null, compared: unknown = []) => ({
      to: NOW,
      totals: { earliestUnfinished } as never,
      calls: 10,
      compared,
      codes: null,
    });
    expect(readUpTo(totals(null))).toBe(NOW);
    expect(readUpTo(totals(NOW - HOUR))).toBe(NOW - HOUR);
    expect(readUpTo(totals(NOW - 3 * DAY))).toBe(NOW - DAY);
    // Calls are missing: the last day is read again. After a quiet day it is not.
    expect(readUpTo(totals(null, [{ by: "the lake", count: 11, share: 1, certain: true }]))).toBe(NOW - DAY);
    expect(readUpTo(totals(null, [{ by: "the day before", count: 90, share: 0.25, certain: false }]))).toBe(NOW);
  });
});
