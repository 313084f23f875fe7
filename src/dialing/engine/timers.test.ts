// The event list against the plainest one there is: a list of (time, sequence) that is searched.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Timers } from "./timers.ts";

const ENTITIES = 40;
/** Few different times, so that ties are frequent. */
const operation = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), entity: fc.nat(ENTITIES - 1), after: fc.nat(6) }),
  fc.record({ kind: fc.constant("clear" as const), entity: fc.nat(ENTITIES - 1) }),
  fc.record({ kind: fc.constant("fire" as const), again: fc.option(fc.nat(6)), other: fc.nat(ENTITIES - 1) }),
);

class PlainTimers {
  readonly #set = new Map<number, { time: number; order: number }>();
  #order = 0;

  set(entity: number, time: number): void {
    this.#set.set(entity, { time, order: this.#order++ });
  }

  clear(entity: number): void {
    this.#set.delete(entity);
  }

  first(): { entity: number; time: number } | undefined {
    const [first] = [...this.#set].sort(([, a], [, b]) => a.time - b.time || a.order - b.order);
    return first === undefined ? undefined : { entity: first[0], time: first[1].time };
  }
}

test("timers fire in the order of their times, and of their setting at equal times, however they are moved", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), fc.nat(399), (operations, snapshotAt) => {
      let timers = new Timers(ENTITIES / 2);
      timers.grow(ENTITIES);
      const plain = new PlainTimers();
      let now = 0;
      operations.forEach((step, i) => {
        if (i === snapshotAt) {
          const copy = new Timers(ENTITIES);
          copy.restore(JSON.parse(JSON.stringify(timers.snapshot())));
          timers = copy;
        }
        if (step.kind === "set") {
          timers.set(step.entity, now + step.after);
          plain.set(step.entity, now + step.after);
        } else if (step.kind === "clear") {
          timers.clear(step.entity);
          plain.clear(step.entity);
        } else {
          const expected = plain.first();
          if (expected === undefined) {
            expect(timers.next).toBe(Number.POSITIVE_INFINITY);
            return;
          }
          now = timers.next;
          expect({ entity: timers.begin(), time: now }).toEqual(expected);
          plain.clear(expected.entity);
          timers.set(step.other, now + 1);
          plain.set(step.other, now + 1);
          if (step.again !== null) {
            timers.set(expected.entity, now + step.again);
            plain.set(expected.entity, now + step.again);
          }
          timers.finish();
        }
        expect(timers.next).toBe(plain.first()?.time ?? Number.POSITIVE_INFINITY);
      });
    }),
    { numRuns: 300 },
  );
});
