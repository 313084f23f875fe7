// Numerical solutions of queues that share nothing with the formulas of src/dialing: stationary equations solved state by state, and quadrature.

/** Sums with the rounding errors carried along (Neumaier). */
export function preciseSum(terms: Iterable<number>): number {
  let [sum, lost] = [0, 0];
  for (const term of terms) {
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Stationary probabilities of a birth-death process on 0 … last, solved by detailed balance in logarithms from the most probable state outwards, with the rounding
 * errors of the running logarithm carried along.
 * @param birth rate from n to n + 1; @param death rate from n to n - 1
 */
export function stationary(last: number, birth: (n: number) => number, death: (n: number) => number): Float64Array {
  let mode = 0;
  while (mode < last && birth(mode) > death(mode + 1)) mode += 1;
  const weights = new Float64Array(last + 1);
  weights[mode] = 1;
  const walk = (from: number, to: number, step: (n: number) => number): void => {
    let [log, lost] = [0, 0];
    for (let n = from; from < to ? n < to : n > to; n += Math.sign(to - from)) {
      const term = step(n) - lost;
      const next = log + term;
      lost = next - log - term;
      log = next;
      if (log < -745) return;
      weights[n + Math.sign(to - from)] = Math.exp(log);
    }
  };
  walk(mode, last, (n) => Math.log(birth(n) / death(n + 1)));
  walk(mode, 0, (n) => Math.log(death(n) / birth(n - 1)));
  const whole = preciseSum(weights);
  return weights.map((weight) => weight / whole);
}

/** The mean of f(n) under probabilities p. */
export function expectation(p: Float64Array, f: (n: number) => number): number {
  return preciseSum(p.map((share, n) => share * f(n)));
}

/** The integral of f from a to b by tanh-sinh quadrature (Takahasi and Mori 1974), which bears singular ends. */
export function integrate(f: (x: number) => number, a: number, b: number): number {
  const half = (b - a) / 2;
  const terms: number[] = [];
  const step = 1 / 64;
  for (let k = -64 * 4; k <= 64 * 4; k++) {
    const t = k * step;
    const u = (Math.PI / 2) * Math.sinh(t);
    const weight = ((Math.PI / 2) * Math.cosh(t)) / Math.cosh(u) ** 2;
    // Distance from the nearer end, so that points close to it do not fall onto it.
    const gap = (half * 2) / (1 + Math.exp(2 * Math.abs(u)));
    const x = u < 0 ? a + gap : b - gap;
    if (weight > 1e-300 && x > a && x < b) terms.push(f(x) * weight * half * step);
  }
  return preciseSum(terms);
}

/** Stationary distribution of a finite Markov chain by the elimination of Grassmann, Taksar and Heyman (1985), which subtracts nothing. */
export function stationaryOfChain(matrix: readonly Float64Array[]): Float64Array {
  const p = matrix.map((row) => Float64Array.from(row));
  const size = p.length;
  const get = (i: number, j: number): number => p[i]?.[j] ?? 0;
  for (let n = size - 1; n > 0; n--) {
    let leave = 0;
    for (let j = 0; j < n; j++) leave += get(n, j);
    for (let i = 0; i < n; i++) {
      const row = p[i];
      const share = get(i, n) / leave;
      if (row === undefined || share === 0) continue;
      row[n] = share;
      for (let j = 0; j < n; j++) row[j] = (row[j] ?? 0) + share * get(n, j);
    }
  }
  const weights = new Float64Array(size);
  weights[0] = 1;
  for (let n = 1; n < size; n++) {
    let weight = 0;
    for (let i = 0; i < n; i++) weight += (weights[i] ?? 0) * get(i, n);
    weights[n] = weight;
  }
  const whole = preciseSum(weights);
  return weights.map((weight) => weight / whole);
}

/** Relative difference; numbers that are both below 1e-280 count as equal. */
export function relativeError(found: number, exact: number): number {
  if (Math.abs(found) < 1e-280 && Math.abs(exact) < 1e-280) return 0;
  return Math.abs(found - exact) / Math.abs(exact);
}
