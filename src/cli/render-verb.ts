// What a verb of a campaign would do, as a service reports it.

import type { CampaignPreview } from "../operations/views/index.ts";
import { printable, printableWhole } from "./text.ts";

/** What would be done, in order. */
export const effectLines = ({ effects }: Pick<CampaignPreview, "effects">): string[] => effects.map(printable);

/** Whether it would be done, what forbids it, and what was looked at. */
export function previewLines({
  campaignId,
  refusals,
  checks,
}: Pick<CampaignPreview, "campaignId" | "refusals" | "checks">): string[] {
  const unknown = checks.flatMap(({ check, verdict }) => (verdict === "unknown" ? [check] : []));
  const notKnown = unknown.length === 0 ? "" : `; not known: ${unknown.map(printable).join(", ")}`;
  return [
    `${printable(campaignId)}: ${refusals.length === 0 ? `may dial${notKnown}` : "must not dial"}`,
    ...refusals.map((text) => `  ${printableWhole(text)}`),
    // A refusal already says it.
    ...checks.filter(({ text }) => !refusals.includes(text)).map(({ check, text }) => `  ${printableWhole(`${check}: ${text}`)}`),
  ];
}
