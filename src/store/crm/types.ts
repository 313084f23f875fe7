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

/** A version that the CRM will not have. */
export interface CrmRefusal extends CrmVersion {
  /** What it answered. */
  readonly status: number;
  readonly reason: string;
}

/** A refusal with its place among those of its push, from 1 on. */
export interface CrmRefusalLine extends CrmRefusal {
  readonly line: number;
}

/** What is known of a call's versions at the CRM. */
export interface CrmSettled {
  /** Digest of the version that the CRM has. */
  readonly acknowledged?: string;
  /** The push that asks brought it. */
  readonly isOurs?: true;
  /** Digest of the version that the CRM refused last. */
  readonly refused?: string;
  /** Digest of the version that it refused of the push that asks. */
  readonly refusedOfOurs?: string;
}

/** How far a push is. Calls of earlier runs of the same push count as in this one. */
export interface CrmPushProgress {
  /** Events of retrievals that it queued. */
  readonly announced: number;
  /** Calls looked at, */
  readonly calls: number;
  /** of them those whose present version the CRM had before the push, */
  readonly unchanged: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** and those refused before in the same version, so not sent. */
  readonly refusedBefore: number;
  /** Requests sent, repeated ones included. */
  readonly requests: number;
  /** Records of the request under way, or of one whose answer was lost: the CRM may have them. */
  readonly unanswered: number;
  /** Calls that there are to look at; null before they were counted. */
  readonly total: number | null;
}

/** What a push is made of. */
export interface NewCrmPush {
  readonly jobId: string;
  /** Undefined: records of all campaigns. */
  readonly campaignId: string | undefined;
  /** JSON, as it was asked for. */
  readonly options: unknown;
  /** The same for the same options. */
  readonly contentHash: string;
  /** See `Job`. */
  readonly scope?: string | undefined;
  readonly actor: string;
}
