// The document that the tenant is sent for a campaign, and which fields are compared with it. Pure.

import { type CampaignDocument, leavesOf } from "../file/document.ts";
import { vendorPaths } from "../file/schema.ts";
import type { PlanEntry } from "./types.ts";

type Entry = Pick<PlanEntry, "wanted" | "fitted">;

/** The document that the tenant is sent for an entry. */
export const sentOf = ({ wanted, fitted }: Entry): CampaignDocument => fitted?.document ?? wanted.document;

/** All fields of a campaign; when a tenant keeps fields that it is not sent, only those that are sent. */
export const pathsOf = (entry: Entry): ReadonlySet<string> =>
  entry.fitted?.merges === true ? new Set(leavesOf(entry.fitted.document).keys()) : vendorPaths();
