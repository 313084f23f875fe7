// What a job is called, on pages and where it needs attention.

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
