// When a lost connection is worth a word.

/** A stream that comes back at once is no news. */
const PATIENCE = 1500;

export function shouldTell(since: number, now: number): boolean {
  return now - since >= PATIENCE;
}
