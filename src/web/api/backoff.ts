// How long to wait before the next connection.

const FIRST = 500;
const LONGEST = 15_000;

/**
 * Doubles from half a second to a quarter of a minute, half of it random, so that many pages do not reconnect at the same time.
 * @param failures failed connections since the last successful one, from 1
 * @param chance 0 to 1
 * @param least the pause requested by the service, ms
 */
export function waitBeforeRetry(failures: number, chance: number, least = 0): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.max(least, Math.round(full / 2 + (full / 2) * chance));
}
