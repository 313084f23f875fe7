// What jobs and calls are called, on pages, in commands and where something needs attention.

const KINDS: ReadonlyMap<string, string> = new Map([
  ["tag", "Tagging"],
  ["dispositions", "Corrections"],
  ["retrieve", "Retrieval of outcomes"],
  ["push", "Push to the CRM"],
  ["dialer-change", "Dialer settings"],
  ["campaign-apply", "Campaign files"],
]);

/** By its kind, and the file or the campaign that it is about. */
export function jobTitle({
  kind,
  sourceName,
  campaignId,
}: {
  readonly kind: string;
  readonly sourceName: string;
  readonly campaignId: string | null;
}): string {
  const about = kind === "retrieve" ? campaignId : sourceName;
  const called = KINDS.get(kind) ?? kind.replaceAll("-", " ");
  return about === null ? called : `${called}: ${about}`;
}

/**
 * How many calls are under way, a clause.
 * @param calls of each campaign; null or undefined where it is not known @param written a number as the reader writes it
 */
export function callsUnderWay(calls: readonly (number | null | undefined)[], written: (count: number) => string): string {
  const known = calls.filter((count) => typeof count === "number");
  if (known.length === 0 && calls.length > 0) return "how many calls are under way is not known";
  return `${known.length < calls.length ? "at least " : ""}${written(known.reduce((sum, count) => sum + count, 0))} calls are under way`;
}
