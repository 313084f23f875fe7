// When a lost connection is reported, and addresses of the page itself.

/** A stream that comes back within this time is not reported, ms. */
const PATIENCE = 1500;

export function shouldTell(since: number, now: number): boolean {
  return now - since >= PATIENCE;
}

/** An address with other values for some of its query; undefined: without. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const kept = Object.entries({ ...query, ...changes }).filter((one): one is [string, string] => one[1] !== undefined);
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept).toString()}`;
}
