// Compares files of records with what was uploaded from them. Pure.

import type { FittedCampaign } from "../../../tenant/port.ts";
import type { CampaignDocument } from "../file/document.ts";
import { uploadedOf } from "../file/schema.ts";
import type { PlanEntry, PlanFacts, TenantCampaign } from "./types.ts";

/** Whether an apply uploads records: the campaign does not use its list yet. */
export function needsRecords(fitted: FittedCampaign | undefined, there: TenantCampaign | undefined): boolean {
  if (fitted?.merges !== true || fitted.document["contactListId"] === undefined) return false;
  return fitted.document["contactListId"] !== there?.document["contactListId"];
}

/**
 * Compares a file of records whose campaign uses its list already: nothing of it is uploaded again. @param kept what is stored
 * about the campaign; JSON
 * @returns what a person should know, with both hashes where they differ; undefined when the file is what was uploaded, or none
 * is named
 */
export function recordsAgainst(
  { contactListFile, contactListId }: CampaignDocument,
  looked: PlanFacts["records"][number],
  kept: unknown,
): PlanEntry["uploaded"] {
  if (contactListFile === undefined) return undefined;
  const list = JSON.stringify(contactListId);
  if (looked === undefined)
    return { note: "the file of records is not looked at here; the command line tells whether it is what was uploaded" };
  if ("problem" in looked) return { note: `the file of records cannot be compared with what was uploaded: ${looked.problem}` };
  const uploaded = uploadedOf(kept);
  if (uploaded === undefined || uploaded.list !== contactListId)
    return { note: `outdial has not uploaded the list ${list}; whether it holds what ${looked.path} says is not known` };
  const { sha256: before, at } = uploaded;
  if (before === looked.sha256) return undefined;
  const note = `${looked.path} is not what was uploaded to the list ${list} at ${at}, and is not uploaded again: to call these records, give contactListId another name`;
  return { note, differs: { before, after: looked.sha256 } };
}
