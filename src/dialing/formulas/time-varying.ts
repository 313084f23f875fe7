// M_t/M/infinity with a sinusoidal rate: how many servers are busy when the rate varies through the day.

import { refuse, requireNonNegative, requirePositive } from "../arguments.ts";

/**
 * The mean number in service at `t` of an infinite-server queue with arrival rate baseRate + amplitude × sin(frequency × t) that
 * has always been running. It lags behind the rate and varies less (Eick, Massey and Whitt, "M_t/G/infinity queues with
 * sinusoidal arrival rates", Management Science 39, 1993).
 * @param system rates per unit of time; `frequency` is angular, in radians per unit of time (2 pi / 24 for one cycle a day in
 * hours); |amplitude| <= baseRate
 * @param t time in that unit, of either sign
 * @throws DialingError `invalid_input`
 */
export function timeVaryingMean(
  system: { baseRate: number; amplitude: number; frequency: number; serviceRate: number },
  t: number,
): number {
  const { baseRate, amplitude, frequency, serviceRate } = system;
  requireNonNegative("baseRate", baseRate);
  if (!(Math.abs(amplitude) <= baseRate))
    refuse("amplitude", amplitude, `-${baseRate} to ${baseRate} (baseRate), since no rate is negative`);
  requireNonNegative("frequency", frequency);
  requirePositive("serviceRate", serviceRate);
  if (!Number.isFinite(t)) refuse("t", t, "a finite number");
  const angle = frequency * t;
  const swing = (serviceRate * Math.sin(angle) - frequency * Math.cos(angle)) / (serviceRate ** 2 + frequency ** 2);
  return baseRate / serviceRate + amplitude * swing;
}
