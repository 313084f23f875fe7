import fc from "fast-check";
import { expect, test } from "vitest";
import { CountLaw, shortage } from "./poisson-binomial.ts";

const probabilities = (maxLength: number, max = 1) => fc.array(fc.double({ min: 0, max, noNaN: true }), { maxLength });

/** The chance of each count by walking through all outcomes. */
function enumerate(events: readonly number[]): number[] {
  const mass = Array.from({ length: events.length + 1 }, () => 0);
  for (let bits = 0; bits < 1 << events.length; bits++) {
    let chance = 1;
    let count = 0;
    for (const [i, q] of events.entries()) {
      const comes = ((bits >> i) & 1) === 1;
      chance *= comes ? q : 1 - q;
      if (comes) count += 1;
    }
    mass[count] = (mass[count] ?? 0) + chance;
  }
  return mass;
}

function lawOf(events: readonly number[], capacity = 64): CountLaw {
  const law = new CountLaw(capacity);
  for (const q of events) law.add(q);
  return law;
}

test("adding events one by one gives the law that enumeration gives", () => {
  fc.assert(
    fc.property(probabilities(10), (events) => {
      const law = lawOf(events);
      for (const [count, chance] of enumerate(events).entries()) {
        expect(count < law.length ? law.mass[count] : 0).toBeCloseTo(chance, 8);
      }
    }),
  );
});

test("shortage is the chance that demand reaches spare plus supply", () => {
  fc.assert(
    fc.property(probabilities(6), probabilities(6), fc.integer({ min: -4, max: 8 }), (demand, supply, spare) => {
      const [d, s] = [enumerate(demand), enumerate(supply)];
      let expected = 0;
      for (const [i, pd] of d.entries()) for (const [j, ps] of s.entries()) if (i >= spare + j) expected += pd * ps;
      expect(shortage(lawOf(demand), lawOf(supply), spare)).toBeCloseTo(expected, 8);
    }),
  );
});

test("the matched law has the mean of the events and lies near the exact law when each is unlikely", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.02, max: 0.25, noNaN: true }), { minLength: 10, maxLength: 80 }), (events) => {
      const exact = lawOf(events, 128);
      const matched = new CountLaw(128);
      matched.match(
        events.reduce((sum, q) => sum + q, 0),
        events.reduce((sum, q) => sum + q * q, 0),
      );
      let distance = 0;
      for (let j = 0; j < 128; j++) {
        distance += Math.abs((j < exact.length ? exact.mass[j]! : 0) - (j < matched.length ? matched.mass[j]! : 0)) / 2;
      }
      expect(distance).toBeLessThan(0.02);
    }),
  );
});

test("a matched law of thousands of events neither underflows nor loses mass", () => {
  const law = new CountLaw(2000);
  law.match(900, 90);
  let total = 0;
  let mean = 0;
  for (let j = 0; j < law.length; j++) {
    total += law.mass[j]!;
    mean += j * law.mass[j]!;
  }
  expect(total).toBeCloseTo(1, 9);
  expect(mean).toBeCloseTo(900, 4);
});

test("certain events move the law, and a reset law counts nothing", () => {
  const law = lawOf([0.5, 0.25, 1, 1]);
  expect([...law.mass.subarray(0, law.length)]).toEqual([0, 0, 0.375, 0.5, 0.125]);
  expect(law.mean()).toBeCloseTo(2.75, 12);
  law.reset();
  expect([...law.mass.subarray(0, law.length)]).toEqual([1]);
});
