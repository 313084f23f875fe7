// The gate and the state of a campaign for a person. Pure text.

import { formatInstant } from "../compliance/index.ts";
import type { CampaignGateVerdict } from "../operations/index.ts";
import { grouped, printable } from "./render-tagging.ts";

/** What a pre-dial gate says: the verdict first, then what it rests on. */
export function gateWords({
  campaign,
  allowed,
  refusals,
  manifest,
  read,
  announced,
  whole,
  nextAllowed,
}: CampaignGateVerdict): string[] {
  const lines = [`${printable(campaign.id)}: ${allowed ? "may dial" : "must not dial"}`];
  for (const { text } of refusals) lines.push(`  ${printable(text)}`);
  if (manifest !== null) {
    const { dial, later, never, refused } = manifest.counts;
    const of = whole ? "" : `, the first of ${announced === null ? "more" : grouped(announced)}`;
    lines.push(
      `  ${grouped(read)} contacts judged${of}: ${grouped(dial)} callable now, ${grouped(later)} later, ${grouped(never + refused)} never (${manifest.id})`,
    );
  }
  if (!allowed && nextAllowed !== null)
    lines.push(`  the first of those that wait may be called at ${formatInstant(nextAllowed)}`);
  return lines;
}
