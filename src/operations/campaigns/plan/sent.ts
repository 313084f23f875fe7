// The document that the tenant is sent for a campaign, and which fields are compared with it. Pure.

import { type CampaignDocument, leavesOf } from "../file/document.ts";
import { vendorPaths } from "../file/schema.ts";
import type { PlanEntry, TenantCampaign } from "./types.ts";

type Entry = Pick<PlanEntry, "wanted" | "fitted">;

/** The document that the tenant is sent for an entry. */
export const sentOf = ({ wanted, fitted }: Entry): CampaignDocument => fitted?.document ?? wanted.document;

/** All fields of a campaign; when a tenant keeps fields that it is not sent, only those that are sent. */
export const pathsOf = (entry: Entry): ReadonlySet<string> =>
  entry.fitted?.merges === true ? new Set(leavesOf(entry.fitted.document).keys()) : vendorPaths();

/** The list that a campaign calls: that of its file, or else the present one. */
export function listIdOf(document: CampaignDocument, there: TenantCampaign | undefined): string | undefined {
  const id = document["contactListId"] ?? there?.document["contactListId"];
  return typeof id === "string" ? id : undefined;
}

/** What a plan relies on of a campaign: who is assigned to it changes with every shift, and counts where the file says who is. */
export function reliedOn(document: CampaignDocument, { document: wanted }: PlanEntry["wanted"]): CampaignDocument {
  const control = document["skillControl"];
  if (typeof control !== "object" || control === null || leavesOf(wanted).has("skillControl.agents")) return document;
  return { ...document, skillControl: { ...control, agents: undefined } };
}
