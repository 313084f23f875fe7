// The canonical record of one call's outcome: what the lake keeps, whatever the vendor's rows look like.

import type { Instant } from "../../kernel/index.ts";

/** Raised when a column of the lake changes its meaning; older files are read by their own version. */
export const SCHEMA_VERSION = 1;

/** The code of a call that ended without one (contract §2.6). */
export const UNKNOWN_CODE = "UNKNOWN";

/**
 * One version of one call, as retrieved. A call that is seen again gets a further record; of the records with one `callId` the one with
 * the latest `observedAt` is the truth (for equal ones, the greater digest).
 */
export interface OutcomeRecord {
  readonly callId: string;
  readonly campaignId: string;
  /** As the vendor gave it; `UNKNOWN` when it gave none. */
  readonly dispositionCode: string;
  readonly startTime: Instant;
  readonly endTime: Instant;
  /** Seconds from start to end, to the millisecond; never negative, never made up. */
  readonly durationSeconds: number;
  /** `OUTBOUND` unless the vendor says otherwise. */
  readonly direction: string;
  readonly agentId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly listId?: string | undefined;
  /** Which attempt on its contact this call was, from 1. */
  readonly attempt?: number | undefined;
  /** The vendor's further fields as canonical JSON text; absent when there are none. */
  readonly raw?: string | undefined;
  /** When this version was retrieved. */
  readonly observedAt: Instant;
  /** The retrieval that brought it. */
  readonly runId: string;
}
