// What a person can do with a campaign: the preview of a verb, and its result.

import { z } from "zod";
import { count, covers, time } from "./common.ts";

/** What a person can do with a campaign. */
export const CAMPAIGN_VERBS = ["pause", "resume", "failover", "failback", "drill"] as const;
/** What a person does with a campaign. */
export type CampaignVerb = (typeof CAMPAIGN_VERBS)[number];

/** What a verb would do now. With refusals it would not be carried out. */
export const campaignPreview = z
  .strictObject({
    verb: z.enum(CAMPAIGN_VERBS),
    campaignId: z.string(),
    confirm: z.string().describe("Hash of this plan, to be given back"),
    effects: z.array(z.string()).readonly().describe("What would be done, in order, in words"),
    refusals: z.array(z.string()).readonly(),
    judged: z
      .strictObject({
        covers: covers.describe("Contacts judged, from the beginning of the list, of those on it"),
        callable: count,
        at: time,
      })
      .nullable()
      .describe(
        "The contacts that the pre-dial gate looked at; null for other verbs than resume, and where there was no list to read",
      ),
    checks: z
      .array(
        z.strictObject({
          check: z.string(),
          verdict: z.enum(["ok", "not_ok", "unknown"]).describe("unknown: what would show it is not known"),
          forbids: z
            .boolean()
            .describe("The verb is refused for it; one that is not_ok may be only to be known, such as closed windows"),
          text: z.string(),
        }),
      )
      .readonly()
      .describe("What was looked at, with its result in words"),
  })
  .meta({ id: "CampaignPreview" });
export type CampaignPreview = z.output<typeof campaignPreview>;

/** The result of a verb. */
export const campaignResult = z
  .strictObject({
    campaignId: z.string(),
    status: z.string(),
    /** Whether the vendor shows the state, when it was read back. */
    confirmed: z.boolean(),
    already: z.boolean().describe("It was so before"),
    message: z.string(),
    code: z.string().nullable().describe("Code of the error behind it; null when there was none"),
  })
  .meta({ id: "CampaignResult" });
export type CampaignResult = z.output<typeof campaignResult>;
