// The standard normal distribution, accurate in both tails and fast enough for a dialer's inner loop.

import { requireShare } from "./arguments.ts";

const ROOT_TWO_PI = 2.5066282746310007;

/**
 * Pr[Z > z] for z >= 0: below 3.5 Hart's rational approximation 5666, which keeps its relative accuracy there, above Laplace's
 * continued fraction.
 */
function upperTail(z: number): number {
  if (z > 38.6) return 0;
  const density = Math.exp(-0.5 * z * z);
  if (z >= 3.5) {
    let fraction = z;
    for (let n = z >= 7 ? 16 : 60; n >= 1; n--) fraction = z + n / fraction;
    return density / (fraction * ROOT_TWO_PI);
  }
  const numerator =
    (((((0.0352624965998911 * z + 0.700383064443688) * z + 6.37396220353165) * z + 33.912866078383) * z + 112.079291497871) * z +
      221.213596169931) *
      z +
    220.206867912376;
  const denominator =
    ((((((0.0883883476483184 * z + 1.75566716318264) * z + 16.064177579207) * z + 86.7807322029461) * z + 296.564248779674) * z +
      637.333633378831) *
      z +
      793.826512519948) *
      z +
    440.413735824752;
  return (density * numerator) / denominator;
}

/**
 * Pr[Z <= z] of the standard normal distribution, with a relative error of at most 1e-12, also in the lower tail (J. F. Hart,
 * Computer Approximations, 1968).
 */
export function normalCdf(z: number): number {
  return z <= 0 ? upperTail(-z) : 1 - upperTail(z);
}

/** |p - 1/2| <= 0.425, r = 0.180625 - (p - 1/2)^2. */
function central(r: number): number {
  const numerator =
    ((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r + 13731.69376550946) *
      r +
      1971.5909503065513) *
      r +
      133.14166789178438) *
      r +
    3.3871328727963665;
  const denominator =
    ((((((5226.495278852546 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
      5394.196021424751) *
      r +
      687.1870074920579) *
      r +
      42.31333070160091) *
      r +
    1;
  return numerator / denominator;
}

/** r = sqrt(-ln tail) - 1.6 for r up to 3.4. */
function shoulder(r: number): number {
  const numerator =
    ((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
    1.4234371107496835;
  const denominator =
    ((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) * r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
    1;
  return numerator / denominator;
}

/** r = sqrt(-ln tail) - 5. */
function far(r: number): number {
  const numerator =
    ((((((2.0103343992922881e-7 * r + 0.000027115555687434876) * r + 0.0012426609473880784) * r + 0.026532189526576124) * r +
      0.29656057182850487) *
      r +
      1.7848265399172913) *
      r +
      5.463784911164114) *
      r +
    6.657904643501103;
  const denominator =
    ((((((2.0442631033899397e-15 * r + 1.421511758316446e-7) * r + 0.000018463183175100548) * r + 0.0007868691311456133) * r +
      0.014875361290850615) *
      r +
      0.1369298809227358) *
      r +
      0.599832206555888) *
      r +
    1;
  return numerator / denominator;
}

/**
 * The z with Pr[Z <= z] = p, 0 < p < 1, with a relative error of about 1e-15 (M. J. Wichura, Algorithm AS 241, PPND16, 1988). It
 * neither allocates nor iterates: one uniform draw gives one normal draw, monotonically.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * central(0.180625 - q * q);
  requireShare("p", p);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const z = r <= 5 ? shoulder(r - 1.6) : far(r - 5);
  return q < 0 ? -z : z;
}
