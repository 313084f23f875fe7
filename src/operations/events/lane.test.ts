import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { allowance, type Circuit, CLOSED, failed, probeGivenUp, sending } from "./lane.ts";

const NOW = Date.UTC(2026, 2, 2, 15);
const random = () => createRandom(1, "circuit");

/** The circuit after `count` failures at `now`. */
function failures(count: number, now = NOW, from: Circuit = CLOSED): Circuit {
  const stream = random();
  let circuit = from;
  for (let i = 0; i < count; i++) circuit = failed(circuit, now, stream);
  return circuit;
}

test("nine failures in a row leave it closed, the tenth opens it", () => {
  expect(allowance(failures(9), NOW)).toBe(Number.POSITIVE_INFINITY);
  expect(failures(10).state).toBe("open");
  expect(allowance(failures(10), NOW)).toBe(0);
});

test("when its time has come a single probe is allowed, and no second one meanwhile", () => {
  const open = failures(10);
  expect(allowance(open, open.probeAt - 1)).toBe(0);
  expect(allowance(open, open.probeAt)).toBe(1);
  const probing = sending(open);
  expect(allowance(probing, open.probeAt + 1e9)).toBe(0);
  expect(allowance(probeGivenUp(probing), open.probeAt)).toBe(1);
});

test("failures of what was under way when it opened change nothing", () => {
  const open = failures(10);
  expect(failures(7, NOW + 4_000, open)).toEqual({ ...open, failures: 17 });
});

test("probes come at growing intervals up to five minutes", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const stream = createRandom(seed, "circuit");
      let circuit = CLOSED;
      for (let i = 0; i < 10; i++) circuit = failed(circuit, NOW, stream);
      let now = NOW;
      let before = 0;
      for (let probe = 0; probe < 20; probe++) {
        const interval = circuit.probeAt - now;
        expect(interval).toBeLessThanOrEqual(300_000);
        if (before < 250_000) expect(interval).toBeGreaterThan(before);
        now = circuit.probeAt;
        before = interval;
        circuit = failed(sending(circuit), now, stream);
      }
      expect(before).toBeGreaterThanOrEqual(270_000);
    }),
  );
});

test("a receiver that asks to be left alone is left alone at once, and not for less than it asked", () => {
  const paused = failed(CLOSED, NOW, random(), { pauseUntil: NOW + 60_000 });
  expect(allowance(paused, NOW + 59_999)).toBe(0);
  expect(allowance(paused, NOW + 60_000)).toBe(1);
  expect(failed(paused, NOW, random(), { pauseUntil: NOW + 90_000 }).probeAt).toBe(NOW + 90_000);
  expect(failed(paused, NOW, random(), { pauseUntil: NOW + 1 }).probeAt).toBe(NOW + 60_000);
});
