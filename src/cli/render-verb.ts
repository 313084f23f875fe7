// What a verb of a campaign would do, as a service reports it.

import type { CampaignPreview } from "../operations/views/index.ts";
import { printable } from "./text.ts";

/** What would be done, in order. */
export const effectLines = ({ effects }: Pick<CampaignPreview, "effects">): string[] => effects.map(printable);

/** What forbids it. */
export const againstWords = ({ refusals }: Pick<CampaignPreview, "refusals">): string[] =>
  refusals.map((text) => `refused: ${printable(text)}`);
