// Which names of time zones this runtime knows.

/** More than there are spellings of zones: names that come from outside cannot let the set grow without bound. */
const MOST = 2000;
const known = new Set<string>();

/**
 * Whether this runtime knows a time zone of this name (IANA time zone database). Found names are remembered, since lists ask for
 * every row.
 */
export function isTimeZone(name: string): boolean {
  if (known.has(name)) return true;
  try {
    if (!/^[A-Za-z]/.test(name) || new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone === "")
      return false;
  } catch {
    return false;
  }
  if (known.size < MOST) known.add(name);
  return true;
}
