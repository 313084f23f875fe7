// A plan on disk: written by plan --out, read by apply. Its own hash is checked before anything else is done with it.

import { canonicalJson, issueText } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import type { CampaignFile, ParsedFiles } from "../file/parse.ts";
import { planHash } from "./hash.ts";
import { type CampaignPlan, campaignPlan, PLAN_FORMAT, type PlanEntry } from "./types.ts";

/** Whether a text is a plan rather than a campaign file. */
export function looksLikePlan(text: string): boolean {
  return /^\s*\{/.test(text) && text.includes(`"${PLAN_FORMAT}"`);
}

/** The plan in a JSON value. Throws OperationError `invalid_input` when it is not a plan, or was changed since it was made. */
export function readPlan(value: unknown, name: string): CampaignPlan {
  const parsed = campaignPlan.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new OperationError("invalid_input", `${name} is no plan: ${issue?.path.join(".")}: ${issueText(issue)}`);
  }
  const read: CampaignPlan = parsed.data;
  if (planHash(read) !== read.hash)
    throw new OperationError("invalid_input", `${name} was changed after it was made: its content is not plan ${read.hash}`, {
      advice: "Change the campaign files and make a new plan.",
    });
  return read;
}

/** The text of a plan's file. */
export const planText = (made: CampaignPlan): string => `${canonicalJson(made)}\n`;

/** The campaigns of a plan as files, so that they can be planned again. */
export function filesOf(made: CampaignPlan): ParsedFiles {
  return { campaigns: made.entries.map(fileOf), violations: [] };
}

function fileOf({ source, wanted }: PlanEntry): CampaignFile {
  return { ...wanted, source, placeOf: () => source };
}
