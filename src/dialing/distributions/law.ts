// What one can ask of a distribution, and how the answers follow from few functions.

import { refuse } from "../arguments.ts";

/** A distribution ready to be computed with. Functions take and give the distribution's own unit (seconds). */
export interface Law {
  /** Infinity for `none`. */
  readonly mean: number;
  /** Infinity for `none`. */
  readonly variance: number;
  /** Pr[X <= x]. */
  readonly cdf: (x: number) => number;
  /** Pr[X > x], with its relative accuracy kept far out. */
  readonly survival: (x: number) => number;
  /** Density at x; Infinity at an atom. */
  readonly density: (x: number) => number;
  /** density / survival: the rate of ending for what has lasted x. Infinity where nothing lasts longer. */
  readonly hazard: (x: number) => number;
  /** The least x with cdf(x) >= p, for p from 0 to 1. */
  readonly quantile: (p: number) => number;
}

/** What a law is built from. */
export interface Core {
  readonly mean: number;
  readonly variance: number;
  readonly cdf: (x: number) => number;
  readonly survival: (x: number) => number;
  readonly density: (x: number) => number;
  readonly quantile: (p: number) => number;
}

/** Adds the hazard and the check of the quantile's argument. */
export function complete(core: Core): Law {
  const { density, survival, quantile } = core;
  return {
    ...core,
    hazard(x) {
      const left = survival(x);
      return left > 0 ? density(x) / left : Number.POSITIVE_INFINITY;
    },
    quantile(p) {
      if (!(p >= 0 && p <= 1)) refuse("p", p, "a number from 0 to 1");
      return quantile(p);
    },
  };
}

/** Restricts functions of x > 0 to what holds of a non-negative quantity without an atom at 0. */
export function continuous(core: Core): Law {
  return complete({
    ...core,
    cdf: (x) => (x > 0 ? core.cdf(x) : 0),
    survival: (x) => (x > 0 ? core.survival(x) : 1),
    density: (x) => (x > 0 ? core.density(x) : 0),
    quantile: (p) => (p === 0 ? 0 : p === 1 ? Number.POSITIVE_INFINITY : core.quantile(p)),
  });
}
