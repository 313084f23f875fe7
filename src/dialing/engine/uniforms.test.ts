// Random numbers by index: uniform, independent of their neighbours and of other purposes, the same for ever.

import { expect, test } from "vitest";
import { unitExponential } from "./exponential.ts";
import { Purpose, Uniforms } from "./uniforms.ts";

const N = 200_000;

function correlation(a: (i: number) => number, b: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < N; i++) sum += (a(i) - 0.5) * (b(i) - 0.5);
  return (12 * sum) / N;
}

test.each(["a", "b", 3])("the numbers of seed %s are uniform and uncorrelated", (seed) => {
  const uniforms = new Uniforms(seed);
  const bins = new Float64Array(256);
  for (let i = 0; i < N; i++) bins[Math.floor(uniforms.at(Purpose.talk, i) * 256)]! += 1;
  const expected = N / 256;
  const chiSquare = bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  // 255 degrees of freedom: mean 255, standard deviation 22.6.
  expect(Math.abs(chiSquare - 255)).toBeLessThan(5 * 22.6);
  const talk = (i: number) => uniforms.at(Purpose.talk, i);
  const bound = 5 / Math.sqrt(N);
  for (const lag of [1, 2, 7, 64]) expect(Math.abs(correlation(talk, (i) => talk(i + lag)))).toBeLessThan(bound);
  for (const other of [Purpose.wrap, Purpose.ring, Purpose.outcome, Purpose.arrival]) {
    expect(Math.abs(correlation(talk, (i) => uniforms.at(other, i)))).toBeLessThan(bound);
  }
});

test("an index gives its number whatever was asked before; another seed gives others", () => {
  const [a, b, other] = [new Uniforms(7), new Uniforms(7), new Uniforms(8)];
  a.at(Purpose.ring, 5);
  expect(a.at(Purpose.ring, 12_345)).toBe(b.at(Purpose.ring, 12_345));
  expect(a.at(Purpose.ring, 12_345)).not.toBe(other.at(Purpose.ring, 12_345));
  const stream = a.stream(Purpose.pacing);
  const first = [stream.next(), stream.next()];
  stream.position = 0;
  expect([stream.next(), stream.next()]).toEqual(first);
});

test("exponential values are those of the logarithm, at both ends, too", () => {
  const uniforms = new Uniforms("exponential");
  const numbers = Array.from({ length: 100_000 }, (_, i) => uniforms.at(Purpose.talk, i));
  const edges = [0, 1, 2, 3, 2047, 2048, 2049, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2048, 2 ** 32 - 2, 2 ** 32 - 1];
  const errors = [...numbers, ...edges.map((k) => (k + 0.5) / 2 ** 32)].map((u) => Math.abs(unitExponential(u) + Math.log1p(-u)));
  expect(errors.reduce((worst, error) => Math.max(worst, error))).toBeLessThan(1e-14);
});
