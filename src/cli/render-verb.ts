// What a verb of a campaign would do, as a service reports it.

import type { ApprovalView, CampaignPreview } from "../operations/views/index.ts";
import { printable } from "./text.ts";

/** What would be done, in order. */
export const effectLines = ({ effects }: Pick<CampaignPreview, "effects">): string[] => effects.map(printable);

/** What forbids it. */
export const againstWords = ({ refusals }: Pick<CampaignPreview, "refusals">): string[] =>
  refusals.map((text) => `refused: ${printable(text)}`);

/** For a person whose request needs another person's agreement. */
export const waitsLine = ({ id }: Pick<ApprovalView, "id">): string =>
  `not done yet: another person must agree to ${printable(id)}, in the service`;
