// The part of a campaign's document that rules are about. What breaks the form was told already and is left out here.

import { z } from "zod";
import type { CampaignDocument } from "../file/document.ts";
import { campaignFileSchema } from "../file/schema.ts";
import type { Regulated } from "./law.ts";

const compliance = campaignFileSchema.shape.complianceConfig.unwrap();

const readable = z.looseObject({
  complianceConfig: z
    .looseObject({
      timeZone: compliance.shape.timeZone.optional().catch(undefined),
      dialingRules: z.unknown(),
      rateLimits: z.unknown(),
    })
    .optional()
    .catch(undefined),
  dialerConfig: z
    .looseObject({ predictiveSettings: z.looseObject({ abandonmentThreshold: z.number().optional().catch(undefined) }) })
    .optional()
    .catch(undefined),
});

export function regulated(document: CampaignDocument): Regulated {
  const { complianceConfig, dialerConfig } = readable.parse(document);
  const rules = compliance.shape.dialingRules.safeParse(complianceConfig?.dialingRules);
  const limits = compliance.shape.rateLimits.safeParse(complianceConfig?.rateLimits);
  return {
    timeZone: complianceConfig?.timeZone,
    dialingRules: rules.success ? (rules.data ?? null) : undefined,
    rateLimits: limits.success ? (limits.data ?? null) : undefined,
    abandonmentThreshold: dialerConfig?.predictiveSettings.abandonmentThreshold,
  };
}
