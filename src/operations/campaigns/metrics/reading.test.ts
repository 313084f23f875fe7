// What a success rate is evidence of, and what of the vendor's figures is believed.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ageOf, campaignReadingOf, measured, successInterval } from "./service.ts";

const FROM = { campaignId: "camp_1", receivedAt: 2_000_000, source: "pull", eventId: null, windowMinutes: 30 } as const;
const read = (reply: Parameters<typeof measured>[0]) => campaignReadingOf(measured(reply, FROM));

describe("the counts behind a success rate", () => {
  it("are those of the calls decided in the window, exactly, whatever was placed before it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 0, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 60 }),
        (answered, unanswered, lost, open) => {
          const abandoned = Math.floor(lost * (answered - 1));
          const decided = answered + unanswered;
          const { success, abandonment } = read({
            successRate: (answered - abandoned) / decided,
            activeCalls: open,
            callsPlaced: decided + open,
            callsAnswered: answered,
            abandonmentRate: abandoned / answered,
          });
          expect(success).toEqual({ successes: answered - abandoned, calls: decided, of: "decided" });
          expect(abandonment).toMatchObject({ abandoned, answered });
        },
      ),
    );
  });

  it.each([
    [
      "no success at all",
      { successRate: 0, activeCalls: 4, callsPlaced: 104, callsAnswered: 0, abandonmentRate: 0 },
      0,
      100,
      "decided",
    ],
    [
      "a rate of something else than connections",
      { successRate: 0.02, activeCalls: 0, callsPlaced: 1000, callsAnswered: 400, abandonmentRate: 0.01 },
      8,
      400,
      "answered",
    ],
    [
      "a rate above what was answered",
      { successRate: 0.9, activeCalls: 0, callsPlaced: 10, callsAnswered: 2, abandonmentRate: 0 },
      2,
      2,
      "answered",
    ],
    ["nothing answered is told", { successRate: 0.1, activeCalls: 0, callsPlaced: 200 }, 20, 200, "decided"],
    [
      "nothing decided yet",
      { successRate: 1, activeCalls: 5, callsPlaced: 5, callsAnswered: 0, abandonmentRate: 0 },
      0,
      0,
      "decided",
    ],
  ] as const)("%s", (_, reply, successes, calls, of) => {
    expect(read(reply).success).toEqual({ successes, calls, of });
  });

  it("are not known of a tenant that gives only the rate", () => {
    const reading = read({ successRate: 0.05, activeCalls: 3, lastUpdated: "2026-03-02T15:00:00Z" });
    expect(reading).toMatchObject({ successRate: 0.05, success: null, abandonment: null, at: Date.UTC(2026, 2, 2, 15) });
    expect(successInterval(reading)).toBeUndefined();
  });

  it("never make an interval that is surer than the calls allow", () => {
    const eight = successInterval(read({ successRate: 0, activeCalls: 0, callsPlaced: 8, callsAnswered: 0, abandonmentRate: 0 }));
    expect(eight?.high).toBeGreaterThan(0.15);
  });
});

it.each([
  ["none placed", { callsPlaced: 0, callsAnswered: 0, activeCalls: 0 }],
  ["all under way", { callsPlaced: 5, callsAnswered: 0, activeCalls: 5 }],
  ["none told to be answered", { callsPlaced: 0, activeCalls: 0 }],
] as const)("the rates of no calls are no rates: %s", (_, counts) => {
  for (const [successRate, abandonmentRate] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const kept = measured({ ...counts, successRate, abandonmentRate }, FROM);
    const reading = { successRate: null, success: { successes: 0, calls: 0, of: "decided" }, abandonment: null } as const;
    expect(kept).toMatchObject({ successRate: null });
    expect(campaignReadingOf(kept)).toMatchObject(reading);
    // One that was kept before says the same.
    expect(campaignReadingOf({ ...kept, successRate, abandonmentRate })).toMatchObject(reading);
  }
});

it("figures out of their range count as not given", () => {
  const reading = read({ successRate: 1.2, activeCalls: -1, callsPlaced: 10, lastUpdated: "yesterday" });
  expect(reading).toMatchObject({ successRate: null, activeCalls: null, success: null, at: null });
});

it("figures without a time are as old as their receipt, and none is of the future", () => {
  expect(ageOf({ at: null, receivedAt: 1000 }, 4000)).toBe(3000);
  // By a tenant's clock that is ahead they are as old as since they came, at least.
  expect(ageOf({ at: 9000, receivedAt: 1000 }, 4000)).toBe(3000);
});
