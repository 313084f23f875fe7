// The types of pushes to the CRM.

import type { Instant } from "../../kernel/index.ts";

/** The kind of a push among the jobs. */
export const PUSH = "push";

/** One version of one call. */
export interface CrmVersion {
  readonly campaignId: string;
  readonly callId: string;
  /** Start of the call, ms since the epoch. */
  readonly startTime: Instant;
  /** SHA-256 of the canonical record, hex. */
  readonly digest: string;
}

/** A version that the CRM refuses. */
export interface CrmRefusal extends CrmVersion {
  /** Status of its answer. */
  readonly status: number;
  readonly reason: string;
}

/** A refusal with its number within its push, from 1. */
export interface CrmRefusalLine extends CrmRefusal {
  readonly line: number;
}

/** The state of a call's versions at the CRM. */
export interface CrmSettled {
  /** Digest of the version that the CRM has. */
  readonly acknowledged?: string;
  /** It was brought by the push that asks. */
  readonly isOurs?: true;
  /** Digest of the version that the CRM refused last. */
  readonly refused?: string;
  /** Digest of the version that it refused in the push that asks. */
  readonly refusedOfOurs?: string;
}

/** Progress of a push. Calls of earlier runs of the same push are included. */
export interface CrmPushProgress {
  /** Number of retrieval events that it queued. */
  readonly announced: number;
  /** Calls processed. */
  readonly calls: number;
  /** Calls whose present version the CRM had before the push. */
  readonly unchanged: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Calls that were refused before in the same version, and so not sent. */
  readonly refusedBefore: number;
  /** Requests sent, including repetitions. */
  readonly requests: number;
  /** Records of a request without an answer so far: the CRM may have them. */
  readonly unanswered: number;
  /** Calls to process in all; null before they were counted. */
  readonly total: number | null;
}

/** A push to create. */
export interface NewCrmPush {
  readonly jobId: string;
  /** Undefined for records of all campaigns. */
  readonly campaignId: string | undefined;
  /** The requested options, JSON. */
  readonly options: unknown;
  /** Equal for equal options. */
  readonly contentHash: string;
  /** See `Job`. */
  readonly scope?: string | undefined;
  readonly actor: string;
}
