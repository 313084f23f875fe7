// Processes that share a limit, on virtual time: what they may send together, and who goes first.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaled } from "../../../test/support/scale.ts";
import { divide, type Holder } from "./sharing.ts";

const LANES = 3;
const SHAPE = { perMs: 0.03, burst: 3 };
const HELD_MS = 3000;

describe("the parts of a limit", () => {
  it("are equal for equals, and what one does not want goes to the others", () => {
    const at = (holders: readonly Holder[], demand: readonly number[]) =>
      divide({ now: 0, permits: 0, countedAt: 0, holders }, { id: "me", demand }, SHAPE).part;
    expect(at([], [1])).toBe(1);
    expect(at([{ id: "b", part: 0.5, demand: [1] }], [1])).toBe(0.5);
    expect(at([{ id: "b", part: 0.2, demand: [0.2] }], [1])).toBeCloseTo(0.8, 12);
    expect(at([{ id: "b", part: 0, demand: [0] }], [0])).toBe(0.5);
  });

  it("an urgent lane gets what it wants before a later one gets anything", () => {
    const stop = divide(
      { now: 0, permits: 0, countedAt: 0, holders: [{ id: "b", part: 0.1, demand: [0, 0, 1] }] },
      { id: "me", demand: [0.9] },
      SHAPE,
    );
    expect(stop.part).toBeCloseTo(0.9, 12);
    const other = divide(
      { now: 0, permits: 0, countedAt: 0, holders: [{ id: "b", part: 0, demand: [0.9] }] },
      { id: "me", demand: [0, 0, 1] },
      SHAPE,
    );
    expect(other.part).toBeCloseTo(0.1, 12);
  });

  it("never add up to more than the whole, and no permit comes from nowhere, whoever comes, goes, dies and wants what", () => {
    const process = fc.record({
      from: fc.integer({ min: 0, max: 20_000 }),
      lives: fc.integer({ min: 1, max: 30_000 }),
      says: fc.boolean(),
      demand: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: LANES, maxLength: LANES }),
      every: fc.integer({ min: 200, max: 700 }),
    });
    fc.assert(
      fc.property(fc.array(process, { minLength: 1, maxLength: 6 }), (processes) => {
        const held = new Map<string, Holder & { until: number }>();
        let [permits, countedAt, granted, allowed] = [SHAPE.burst, 0, 0, 0];
        for (let now = 0; now < 60_000; now += 50) {
          for (const [id, one] of held) if (one.until < now) held.set(id, { ...one, gone: true });
          for (const [i, { from, lives, says, demand, every }] of processes.entries()) {
            const id = String(i);
            if (now >= from + lives) {
              const mine = held.get(id);
              if (says && mine !== undefined) held.set(id, { ...mine, gone: true });
              continue;
            }
            if (now < from || (now - from) % (Math.ceil(every / 50) * 50) >= 50) continue;
            const holders = [...held.values()];
            for (const [gone, one] of held) if (one.gone === true) held.delete(gone);
            const got = divide({ now, permits, countedAt, holders }, { id, demand }, SHAPE);
            held.set(id, { id, part: got.part, demand, until: now + HELD_MS });
            granted += got.permits;
            [permits, countedAt] = [got.left, now];
          }
          const together = [...held.values()].reduce((sum, { part, gone }) => sum + (gone === true ? 0 : part), 0);
          expect(together).toBeLessThanOrEqual(1 + 1e-9);
          // What parts allow, and what was given out beside them, is never more than the limit and one burst.
          allowed += together * SHAPE.perMs * 50;
          expect(allowed + granted).toBeLessThanOrEqual(SHAPE.burst + (now + 50) * SHAPE.perMs + 1e-6);
        }
      }),
      { numRuns: scaled(40 * 50, 40) },
    );
  });

  it("settle within two rounds: all that is wanted is given when there is enough, and the whole when there is not", () => {
    const wants = fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: LANES, maxLength: LANES }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(wants, (all) => {
        const held = new Map<string, Holder>();
        for (let round = 0; round < 3; round += 1) {
          for (const [i, demand] of all.entries()) {
            const id = String(i);
            const { part } = divide({ now: 0, permits: 0, countedAt: 0, holders: [...held.values()] }, { id, demand }, SHAPE);
            held.set(id, { id, part, demand });
          }
        }
        const parts = [...held.values()].map(({ part }) => part);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 6);
        const wanted = all.map((demand) => demand.reduce((sum, part) => sum + part, 0));
        if (wanted.reduce((sum, part) => sum + part, 0) > 1) return;
        for (const [i, part] of parts.entries()) expect(part).toBeGreaterThanOrEqual((wanted[i] ?? 0) - 1e-9);
      }),
      { numRuns: scaled(100 * 50, 100) },
    );
  });
});
