// The part of a campaign's document that rules are about. Fields with a wrong form were reported already and are left out here.

import { z } from "zod";
import { type CampaignDocument, leavesOf } from "../file/document.ts";
import { campaignFileSchema } from "../file/schema.ts";
import type { Regulated } from "./law.ts";

const compliance = campaignFileSchema.shape.complianceConfig.unwrap();

const readable = z.looseObject({
  complianceConfig: z
    .looseObject({
      timeZone: compliance.shape.timeZone.optional().catch(undefined),
      dialingRules: z.unknown().optional(),
      rateLimits: z.unknown().optional(),
    })
    .optional()
    .catch(undefined),
  dialerConfig: z
    .looseObject({ predictiveSettings: z.looseObject({ abandonmentThreshold: z.number().optional().catch(undefined) }) })
    .optional()
    .catch(undefined),
});

const ZONE = "complianceConfig.timeZone";
const DAYS = "complianceConfig.dialingRules.allowedDays";
const EVERY_DAY = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] as const;

/**
 * The rules' part that binds the dialer. @param sent the document that the tenant is sent, when that is not all of it: days that
 * it is not sent limit nothing, and hours whose zone it is not sent are read in the called person's zone
 */
export function bound(document: CampaignDocument, sent: CampaignDocument | undefined): Regulated {
  const own = regulated(document);
  if (!own.dialingRules || sent === undefined) return own;
  const told = leavesOf(sent);
  const loses = (path: string) => !told.has(path) && leavesOf(document).has(path);
  return {
    ...own,
    clockOf: loses(ZONE) ? "called" : own.clockOf,
    dialingRules: told.has(DAYS) ? own.dialingRules : { ...own.dialingRules, allowedDays: [...EVERY_DAY] },
  };
}

/** The fields of a campaign that calling rules are about. */
export function regulated(document: CampaignDocument): Regulated {
  const { complianceConfig, dialerConfig } = readable.parse(document);
  const rules = compliance.shape.dialingRules.safeParse(complianceConfig?.dialingRules);
  const limits = compliance.shape.rateLimits.safeParse(complianceConfig?.rateLimits);
  return {
    timeZone: complianceConfig?.timeZone,
    clockOf: "campaign",
    dialingRules: rules.success ? (rules.data ?? null) : undefined,
    rateLimits: limits.success ? (limits.data ?? null) : undefined,
    abandonmentThreshold: dialerConfig?.predictiveSettings.abandonmentThreshold,
  };
}
