// The canonical record of one call's outcome: the lake's format, whatever the vendor's rows look like.

import type { Instant } from "../../kernel/index.ts";

/** Incremented when a column of the lake changes its meaning; older files are read by their own version. */
export const SCHEMA_VERSION = 2;

/** The code of a call that ended without one (contract §2.6). */
export const UNKNOWN_CODE = "UNKNOWN";

/**
 * One version of one call, as retrieved. When the call is retrieved again, another record is added. Of the records with one
 * `callId`, the one with the latest `observedAt` is valid (with equal times, the one with the greater digest).
 */
export interface OutcomeRecord {
  readonly callId: string;
  readonly campaignId: string;
  /** As the vendor sent it; `UNKNOWN` when it sent none. */
  readonly dispositionCode: string;
  readonly startTime: Instant;
  readonly endTime: Instant;
  /** Seconds from start to end, with milliseconds; never negative, never guessed. */
  readonly durationSeconds: number;
  /** `OUTBOUND` unless the vendor says otherwise. */
  readonly direction: string;
  readonly agentId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly listId?: string | undefined;
  /** The number of this attempt on its contact, from 1. */
  readonly attempt?: number | undefined;
  /** Further fields of the vendor's row as canonical JSON; absent when there are none. */
  readonly raw?: string | undefined;
  /** When this version was retrieved. */
  readonly observedAt: Instant;
  /** The retrieval that brought it. */
  readonly runId: string;
}
