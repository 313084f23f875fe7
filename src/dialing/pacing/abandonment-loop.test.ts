import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRandom } from "../../kernel/index.ts";
import { AbandonmentLoop, usualTheta } from "./abandonment-loop.ts";

/** Calls that are lost with probability `slope` times theta: a plant with the one property that counts. */
function run(loop: AbandonmentLoop, slope: (answer: number) => number, answers: number, before = { answers: 0, abandoned: 0 }) {
  const random = createRandom(1, "plant");
  let abandoned = 0;
  for (let n = 0; n < answers; n++) {
    const theta = loop.theta(before.answers + n, before.abandoned + abandoned);
    const lost = random.next() < slope(n) * theta;
    loop.learn(lost);
    if (lost) abandoned += 1;
  }
  return abandoned;
}

test("the rate over the window comes to the target less the reserve, whatever theta is worth", () => {
  for (const slope of [0.8, 1.5, 3]) {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018, reserve: 5 });
    const abandoned = run(loop, () => slope, 20_000);
    expect(abandoned).toBeLessThanOrEqual(600);
    expect(abandoned).toBeGreaterThan(575);
  }
});

test("a plant that becomes twice as dangerous is caught before the window is overdrawn by more than chance", () => {
  const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
  expect(run(loop, (n) => (n < 5000 ? 1.5 : 3), 10_000)).toBeLessThanOrEqual(305);
});

describe("what was before", () => {
  test("a debt is paid back and then the target is met", () => {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
    const abandoned = run(loop, () => 1.6, 10_000, { answers: 10_000, abandoned: 340 });
    expect(340 + abandoned).toBeLessThanOrEqual(600);
    expect(340 + abandoned).toBeGreaterThan(570);
  });

  test("a surplus is no licence: the new calls keep the target by themselves", () => {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
    const abandoned = run(loop, () => 1.6, 10_000, { answers: 50_000, abandoned: 100 });
    expect(abandoned).toBeLessThanOrEqual(310);
  });
});

test("theta falls with every abandoned call and rises with every served one", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (fates) => {
      const loop = new AbandonmentLoop({ target: 0.03 });
      let abandoned = 0;
      let before = loop.theta(0, 0);
      for (const [n, lost] of fates.entries()) {
        if (lost) abandoned += 1;
        loop.learn(lost);
        const theta = loop.theta(n + 1, abandoned);
        if (lost) expect(theta).toBeLessThan(before);
        else expect(theta).toBeGreaterThan(before);
        before = theta;
      }
    }),
  );
});

describe("where lines hold the rule back", () => {
  /** A plant that loses a tenth as much, since few calls can be placed; `cut` says whether lines are the reason. */
  const thetaAfter = (cut: boolean, afterwards: number) => {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
    const random = createRandom(2, "plant");
    let abandoned = 0;
    for (let n = 0; n < 700; n++) {
      loop.decided(cut, 20);
      const lost = random.next() < 0.15 * loop.theta(n, abandoned);
      loop.learn(lost);
      if (lost) abandoned += 1;
    }
    for (let t = 0; t < afterwards; t++) loop.decided(false, 1);
    return loop.theta(700, abandoned);
  };

  test("theta rises far above the usual, to use what the limit allows", () => {
    expect(thetaAfter(true, 0)).toBeGreaterThan(3 * thetaAfter(false, 0));
  });

  test("it comes down within minutes when they do so no longer", () => {
    expect(thetaAfter(true, 1200)).toBeLessThan(1.2 * thetaAfter(false, 0));
  });
});

describe("where the end of the period is known", () => {
  /** A plant as above; `known` answers are expected in all. */
  const runTo = (answers: number, slope: number, seed: number) => {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.02 });
    const random = createRandom(seed, "plant");
    let abandoned = 0;
    for (let n = 0; n < answers; n++) {
      const theta = loop.theta(n, abandoned, answers - n, true);
      const lost = random.next() < slope * theta;
      loop.learn(lost);
      if (lost) abandoned += 1;
    }
    return abandoned;
  };

  test("the allowance is spent over what is left, and never more than it", () => {
    for (const slope of [0.8, 1.5, 3]) {
      const spent = Array.from({ length: 40 }, (_, seed) => runTo(700, slope, seed));
      expect(Math.max(...spent)).toBeLessThanOrEqual(21);
      expect(spent.reduce((sum, one) => sum + one, 0) / 40).toBeGreaterThan(15);
    }
  });

  test("without an allowance theta is 0, and what nobody can influence is taken off first", () => {
    const loop = new AbandonmentLoop({ target: 0.03, theta: 0.02 });
    expect(loop.theta(600, 22, 90, true)).toBe(0);
    expect(loop.theta(600, 12, 90, true)).toBeGreaterThan(0.02);
    const silent = new AbandonmentLoop({ target: 0.03, theta: 0.02, unavoidable: 0.03 });
    expect(silent.theta(600, 18, 90, true)).toBe(0);
  });

  test("answers that may still come only keep a full window from being overdrawn when its end is not known", () => {
    const loop = () => new AbandonmentLoop({ target: 0.03, theta: 0.02 });
    expect(loop().theta(600, 12, 1e6)).toBeCloseTo(loop().theta(600, 12), 4);
    expect(loop().theta(600, 18, 10)).toBeLessThan(0.01 * loop().theta(600, 18));
  });
});

test("calls whose fate is known before the first decision do not upset it", () => {
  const loop = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
  loop.learn(true);
  loop.learn(false);
  const fresh = new AbandonmentLoop({ target: 0.03, theta: 0.018 });
  expect(loop.theta(100, 3)).toBe(fresh.theta(100, 3));
});

test("its state goes through JSON", () => {
  const loop = new AbandonmentLoop({ target: 0.03, theta: 0.02 });
  run(loop, () => 2, 500);
  const copy = new AbandonmentLoop({ target: 0.03 });
  copy.restore(JSON.parse(JSON.stringify(loop.snapshot())));
  expect(copy.theta(500, 15)).toBe(loop.theta(500, 15));
});

test("the usual theta falls with the team, and parameters out of range are refused by name", () => {
  expect(usualTheta(0.03, 5)).toBeGreaterThan(usualTheta(0.03, 100));
  expect(() => new AbandonmentLoop({ target: 3 })).toThrow(/target is 3; allowed is a number from 0 to 1/);
  expect(() => new AbandonmentLoop({ target: 0.03, reserve: -1 })).toThrow(/reserve/);
});
