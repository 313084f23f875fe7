// Campaigns as code: a plan of campaign files, its apply, exports, drift.

import { z } from "zod";
import { count, standing, time } from "./common.ts";

const place = { file: z.string(), line: count, column: count };
const fieldDiffers = z.strictObject({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
const fields = z.array(fieldDiffers).readonly();

/** Campaign files as they are sent to the service. */
export const campaignFiles = z
  .array(z.strictObject({ name: z.string().min(1).max(4096), text: z.string() }))
  .min(1)
  .max(5000)
  .readonly()
  .describe("Campaign files, YAML or JSON; schemas/campaign.schema.json describes one");

const violation = z
  .strictObject({ ...place, rule: z.string(), campaign: z.string(), field: z.string(), message: z.string() })
  .meta({ id: "CampaignViolation" });

const planEntry = z
  .strictObject({
    action: z.enum(["create", "change", "in_sync"]),
    name: z.string(),
    id: z.string().nullable(),
    source: z.strictObject(place),
    changes: fields,
    status: z.enum(["active", "paused"]).describe("State that the document is sent with"),
    activates: z.boolean().describe("Activated afterwards, past the pre-dial gate"),
    held: z.boolean().describe("The file wants it active, and activate was not given"),
    blast: z.strictObject({
      contacts: count.nullable(),
      contactsRead: count,
      zones: z.record(z.string(), count),
      agents: z.number().nullable(),
      callsPerHour: z.number().nullable(),
      callsInFlight: z.number().nullable(),
      dials: z.boolean(),
    }),
  })
  .meta({ id: "CampaignPlanEntry" });

const unmanaged = z.array(z.strictObject({ id: z.string(), name: z.string(), status: z.string() })).readonly();

/** A plan of campaign files, with the token that apply sends back. */
export const campaignPlanView = z
  .strictObject({
    plan: z.string().describe("Hash of the plan: apply names it"),
    confirm: z.string().describe("To be given back by apply"),
    activate: z.boolean(),
    pack: z.string().describe("Rule pack, id@version"),
    entries: z.array(planEntry).readonly(),
    unmanaged,
    violations: z.array(violation).readonly().describe("Not empty: the plan cannot be applied"),
    notices: z.array(z.string()).readonly(),
  })
  .meta({ id: "CampaignPlan" });
export type CampaignPlanView = z.output<typeof campaignPlanView>;

/** The `details` of `plan_changed`, when the plan is no longer what was shown. */
export const campaignPlanMoved = z.object({
  agreed: z.string().describe("Hash of the plan that was shown"),
  plan: z.string().describe("Hash of the plan of now"),
  moved: z
    .array(
      z.object({
        campaign: z.string().describe("Empty: the rules"),
        what: z.enum(["appeared", "vanished", "changed", "rules"]),
        fields: z.array(z.object(fieldDiffers.shape)),
      }),
    )
    .readonly(),
});
export type CampaignPlanMoved = z.output<typeof campaignPlanMoved>;

/** An apply as lists show it. */
export const campaignApplySummary = z
  .strictObject({
    job: z.string(),
    plan: z.string(),
    sourceName: z.string(),
    actor: z.string(),
    status: z.string(),
    phase: z.string(),
    outcome: z.string().nullable().describe("applied, partly_applied, not_applied; null while it has not ended"),
    message: z.string().nullable(),
    running: z.boolean().describe("Whether this service runs it now, or it was just begun"),
    standing,
    createdAt: time,
    endedAt: time.nullable(),
  })
  .meta({ id: "CampaignApplySummary" });
export type CampaignApplySummary = z.output<typeof campaignApplySummary>;

/** An apply with its campaigns and results. */
export const campaignApplyView = campaignApplySummary
  .extend({
    campaigns: z
      .array(
        z.strictObject({
          name: z.string(),
          id: z.string().nullable().describe("Null for one that is made"),
          action: z.enum(["create", "change", "in_sync"]),
          activates: z.boolean().describe("Activated afterwards, past the pre-dial gate"),
        }),
      )
      .readonly()
      .describe("What the plan does, in this order: as many as there are results have ended, the next one is at work"),
    results: z
      .array(
        z.strictObject({
          name: z.string(),
          id: z.string().nullable(),
          action: z.enum(["create", "change", "in_sync"]),
          outcome: z.enum(["applied", "moved", "refused", "mismatch", "not_activated"]),
          wrote: z.boolean(),
          message: z.string().nullable(),
          fields,
        }),
      )
      .readonly(),
    stop: z.strictObject({ code: z.string(), message: z.string() }).nullable().describe("Why it stands still"),
  })
  .meta({ id: "CampaignApply" });
export type CampaignApplyView = z.output<typeof campaignApplyView>;

/** The tenant's campaigns as files. */
export const campaignExport = z
  .strictObject({
    files: z.array(z.strictObject({ name: z.string(), campaignId: z.string(), text: z.string() })).readonly(),
    shorter: z
      .string()
      .nullable()
      .describe("A sentence when the tenant's list lacks campaigns that are known, so that the files do; null otherwise"),
  })
  .meta({ id: "CampaignExport" });

/** The differences between files and tenant. */
export const campaignDrift = z
  .strictObject({
    drifted: z.boolean(),
    campaigns: z
      .array(planEntry.pick({ action: true, name: true, id: true, source: true, changes: true, held: true }))
      .readonly(),
    unmanaged,
    unmatched: z.array(violation).readonly(),
    notices: z
      .array(z.string())
      .readonly()
      .describe("Of files of records: what was not compared, and what an apply would not mend"),
  })
  .meta({ id: "CampaignDrift" });
export type CampaignDriftView = z.output<typeof campaignDrift>;
