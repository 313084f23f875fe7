// Which names of time zones this runtime knows.

/** More spellings than zones have; what comes from outside does not grow the memory further. */
const MOST = 2000;
const known = new Set<string>();

/** Name of a zone of the IANA time zone database that this runtime knows. Asked of each row of a list, so that a name is looked up once. */
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
