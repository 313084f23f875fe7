// When a lost connection is reported.

/** A stream that comes back within this time is not reported, ms. */
const PATIENCE = 1500;

export function shouldTell(since: number, now: number): boolean {
  return now - since >= PATIENCE;
}
