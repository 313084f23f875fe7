// The words of the ledger of dialer settings.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { JobStatus } from "../jobs/types.ts";
import type { OutboxEvent } from "../outbox/types.ts";

/** Kind of the jobs that change dialer settings. */
export const DIALER_CHANGE = "dialer-change";

/** A version of the settings: a change of ours however it ended, or settings that were found. JSON as it was written. */
export interface DialerChange {
  readonly version: number;
  /** null for settings that were found. */
  readonly jobId: string | null;
  readonly kind: "observed" | "apply" | "rollback";
  readonly sourceName: string;
  readonly actor: string;
  readonly settingsHash: string;
  /** JSON. */
  readonly settings: unknown;
  readonly tag: string | null;
  /** JSON; null for settings that were found. */
  readonly plan: unknown;
  readonly phase: string;
  readonly outcome: string | null;
  readonly message: string | null;
  readonly rejected: boolean;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** Of its job; null for settings that were found. */
  readonly status: JobStatus | null;
  readonly executor: string | null;
  readonly run: number | null;
}

/** A change to begin. */
export interface NewDialerChange {
  readonly jobId: string;
  readonly kind: "apply" | "rollback";
  readonly sourceName: string;
  readonly actor: string;
  readonly settingsHash: string;
  /** JSON. */
  readonly settings: unknown;
  /** JSON. */
  readonly plan: unknown;
  readonly phase: string;
  readonly audit: readonly AuditInput[];
}

/** One thing that happened to a change, with what follows from it: written in one transaction. */
export interface DialerStep {
  readonly jobId: string;
  /** The replica that runs the change. */
  readonly executor: string;
  /** Place in the journal, from 0; a place that is taken means that somebody else writes. */
  readonly seq: number;
  /** JSON. */
  readonly event: unknown;
  readonly at: Instant;
  readonly phase: string;
  readonly audit: readonly AuditInput[];
  readonly events: readonly OutboxEvent[];
  /** When the change has ended or stands still. */
  readonly end?: {
    readonly status: JobStatus;
    /** Why it stands still; JSON. */
    readonly error?: unknown;
    readonly message: string | null;
    /** Absent while it stands still. */
    readonly outcome?: string;
    readonly settings?: unknown;
    readonly settingsHash?: string;
    readonly tag?: string | null;
    readonly rejected?: boolean;
  };
}

/** A dialer campaign that was made from a file, or may have been. */
export interface DialerCampaignEntry {
  readonly contentHash: string;
  readonly name: string;
  readonly sourceName: string;
  readonly status: "intended" | "created";
  readonly campaignId: string | null;
  readonly createdAt: Instant;
}
