// The series used for queues in which callers give up: S = sum over j >= 0 of the products load / (base + i), i = 1 … j.

import { incompleteGamma, poissonPmf } from "../../kernel/index.ts";

const EPSILON = 2 ** -52;

/**
 * K of the continued fraction S = base / (base - load + K), K = load / (base + 1 - load + 2 load / (base + 2 - load + …)), for
 * load <= base. Every term is positive, so it converges without cancellation (evaluated by Lentz's method).
 */
function remainder(base: number, load: number): number {
  let denominator = base + 1 - load;
  let value = load / denominator;
  let c = denominator;
  let d = 0;
  for (let n = 2; n < 1e8; n++) {
    const numerator = n * load;
    denominator = base + n - load;
    d = 1 / (denominator + numerator * d);
    c = denominator + numerator / c;
    const factor = c * d;
    value /= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  return value;
}

/**
 * 1 / S, and the excess 1 - (1 - load / base) S, which is the sum over j of j times the j-th product, divided by base. Both are
 * relatively accurate far below, near and far above load = base. Above load = base the excess is divided by S, since S itself may
 * overflow.
 */
export function tailSeries(base: number, load: number): { inverse: number; excessOverSum: number } {
  if (load === 0) return { inverse: 1, excessOverSum: 0 };
  if (load <= base) {
    const k = remainder(base, load);
    return { inverse: (base - load + k) / base, excessOverSum: k / base };
  }
  const inverse = poissonPmf(base, load) / incompleteGamma(base, load).lower;
  return { inverse, excessOverSum: inverse + (load - base) / base };
}

/** E[(N - level)+] for N Poisson of mean `load`, below the whole number `level`; relatively accurate, however far out. */
export function poissonExcess(level: number, load: number): number {
  const { inverse, excessOverSum } = tailSeries(level, load);
  return (poissonPmf(level, load) * level * excessOverSum) / inverse;
}
