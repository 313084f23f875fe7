// Outbound calls and their dispositions: contract §2.1 (matrix, tagging) and §2.6 (retrieval of calls).

import { z } from "zod";
import { pageReply, presentList } from "./lists.ts";
import { id, looseTime } from "./scalars.ts";

/** The largest number of tags on one call (contract §2.1). */
export const MAX_TAGS = 10;

/** Largest page of `listCalls` (contract §2.6). */
export const MAX_CALLS_PAGE = 5000;

/** How far back calls can be listed, in days (contract §2.6). */
export const RETENTION_DAYS = 90;

/** Outcome codes that every tenant knows (contract §2.6). */
export const OUTCOME_CODES = [
  "CONVERTED",
  "APPOINTMENT_SET",
  "INTERESTED",
  "CALLBACK_REQUESTED",
  "NOT_INTERESTED",
  "BUSY",
  "NO_ANSWER",
  "DISCONNECTED",
  "WRONG_NUMBER",
] as const;

/** One reason under a disposition code. Existing clients refuse a value that is not a string. */
export const reasonCode = z.looseObject({ id, name: z.string().catch("") });

/** One disposition code of a campaign with its own reasons. */
export const dispositionCode = z.looseObject({
  id,
  name: z.string().catch(""),
  reasonCodes: z
    .array(reasonCode)
    .nullish()
    .transform((reasons) => reasons ?? []),
});

/** The disposition codes of a campaign, each with its reason codes. */
export const dispositionMatrix = z.looseObject({
  dispositionCodes: presentList(dispositionCode),
});

/** Body of `assignDisposition` as a client sends it: the array of tags is named `tag`, and is left out when empty. */
export const dispositionAssignment = z.strictObject({
  dispositionCodeId: id,
  notes: z.string(),
  reasonCodeId: id.optional(),
  tag: z.array(z.string()).min(1).max(MAX_TAGS).optional(),
});

/**
 * The body of `assignDisposition` as the tenant takes it: unknown fields pass, `tags` is taken for `tag`, an empty array for no
 * tags.
 */
export const dispositionAssignmentAccepted = z.looseObject({
  dispositionCodeId: id,
  notes: z.string().default(""),
  reasonCodeId: id.nullish(),
  tag: z.array(z.string()).max(MAX_TAGS).nullish(),
  tags: z.array(z.string()).max(MAX_TAGS).nullish(),
});

/** The disposition as stored on a call. */
export const storedDisposition = z.looseObject({
  dispositionCodeId: z.string(),
  reasonCodeId: z.string().nullish(),
  notes: z.string().nullish(),
  tag: z.array(z.string()).nullish(),
  updatedAt: z.string().nullish(),
});

/**
 * Reply of `assignDisposition`. Only the status is documented, so every field may be missing. `changed: false` says that the same
 * body was stored already.
 */
export const assignmentReply = z.looseObject({
  callId: z.string().optional().catch(undefined),
  campaignId: z.string().optional().catch(undefined),
  changed: z.boolean().optional().catch(undefined),
  disposition: storedDisposition.optional().catch(undefined),
});

/** One call. Only `id` and, in `getCall`, `status` can be relied upon. */
export const call = z.looseObject({
  id,
  campaignId: z.string().optional(),
  status: z.string().optional(),
  dispositionCode: z.string().nullish(),
  startTime: z.string().optional(),
  endTime: z.string().optional(),
  direction: z.string().optional(),
  /** The disposition set through `assignDisposition`, when there is one. */
  disposition: storedDisposition.nullish().catch(null),
});

/** A single call, with its status. */
export const callDetail = call.extend({ status: z.string() });

/** Query of `listCalls`. */
export const callsQuery = z.strictObject({
  campaignId: id.optional(),
  startDateTime: looseTime.optional(),
  endDateTime: looseTime.optional(),
  /** Codes joined by commas on the wire. */
  dispositionCode: z.array(id).optional(),
  limit: z.int().min(1).max(MAX_CALLS_PAGE).optional(),
  nextPageToken: z.string().optional(),
});

/** Rows that are not calls are kept as they came, so that the reader can set them aside with a reason. */
export const callsPage = pageReply(
  "calls",
  z.looseObject({
    calls: presentList(z.unknown()),
    nextPageToken: z.string().nullish(),
  }),
);
