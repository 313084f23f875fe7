// The functions of a distribution, and how they follow from a few basic ones.

import { refuse } from "../arguments.ts";

/** The functions of a distribution, in the distribution's own unit (seconds). */
export interface Law {
  /** Infinity for `none`. */
  readonly mean: number;
  /** Infinity for `none`. */
  readonly variance: number;
  /** Pr[X <= x]. */
  readonly cdf: (x: number) => number;
  /** Pr[X > x], relatively accurate far out in the tail. */
  readonly survival: (x: number) => number;
  /** Density at x; Infinity at an atom. */
  readonly density: (x: number) => number;
  /** density / survival: the rate of ending at x, given that x was reached. Infinity where nothing lasts longer. */
  readonly hazard: (x: number) => number;
  /** The smallest x with cdf(x) >= p, for p from 0 to 1. */
  readonly quantile: (p: number) => number;
}

/** The functions that a law is made from. */
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

/** Extends functions that hold for x > 0 to all x, for a non-negative quantity without an atom at 0. */
export function continuous(core: Core): Law {
  return complete({
    ...core,
    cdf: (x) => (x > 0 ? core.cdf(x) : 0),
    survival: (x) => (x > 0 ? core.survival(x) : 1),
    density: (x) => (x > 0 ? core.density(x) : 0),
    quantile: (p) => (p === 0 ? 0 : p === 1 ? Number.POSITIVE_INFINITY : core.quantile(p)),
  });
}
