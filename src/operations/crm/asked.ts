// The request of a push, and its form in the job.

import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../kernel/index.ts";
import { type CrmPushProgress, crmPushProgress, type Job } from "../../store/index.ts";
import type { CrmPushScope } from "./upsert.ts";

/** Default number of records per request. */
export const DEFAULT_BATCH = 500;

const asked = z.object({
  records: z.boolean(),
  campaignId: z.string().optional(),
  from: z.number().optional(),
  to: z.number().optional(),
  batch: z.number(),
  again: z.boolean(),
  /**
   * A map of disposition codes to use instead of the configured one. Its text is stored, since any process may run the push, and
   * the file is only on the requester's machine.
   */
  map: z.object({ name: z.string(), text: z.string() }).optional(),
});

/** The request of a push to the CRM, as stored with its job. */
export type CrmPushAsked = z.output<typeof asked>;

const NO_PROGRESS: CrmPushProgress = {
  announced: 0,
  calls: 0,
  unchanged: 0,
  acknowledged: 0,
  refused: 0,
  refusedBefore: 0,
  requests: 0,
  unanswered: 0,
  total: null,
};

/** A push with what was asked for, and how far it is. */
export interface CrmPush {
  readonly job: Job;
  readonly asked: CrmPushAsked;
  readonly progress: CrmPushProgress;
}

/** The push of a job. */
export const crmPushOf = (job: Job): CrmPush => ({
  job,
  asked: asked.parse(job.options),
  progress: crmPushProgress.catch(NO_PROGRESS).parse(job.summary),
});

/** Equal for equal requests. */
export const hashOf = (one: CrmPushAsked): string => createHash("sha256").update(canonicalJson(one)).digest("hex");

/** The records of a push. */
export const scopeOf = ({ campaignId, from, to, batch, again }: CrmPushAsked): CrmPushScope => ({
  campaignId,
  from,
  to,
  batch,
  again,
});
