// How long to wait before the next connection.

const FIRST = 500;
const LONGEST = 15_000;

/**
 * Doubles from half a second to a quarter of a minute, with half of it left to chance, so that many pages do not come back at once.
 * @param failures connections that failed since the last that held, from 1
 * @param chance 0 to 1
 * @param least what the service asked for, ms
 */
export function waitBeforeRetry(failures: number, chance: number, least = 0): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.max(least, Math.round(full / 2 + (full / 2) * chance));
}
