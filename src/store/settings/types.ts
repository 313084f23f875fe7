// The types of the ledger of dialer settings.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { JournalStep } from "../jobs/journal.ts";
import type { JobEnd, JobStatus } from "../jobs/types.ts";

/** Kind of the jobs that change dialer settings. */
export const DIALER_CHANGE = "dialer-change";

/** A version of the settings: a change by outdial, however it ended, or settings that were found. JSON as it was written. */
export interface DialerChange {
  readonly version: number;
  /** The campaign of the settings; empty where a tenant has one set. */
  readonly subject: string;
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
  /** Version of the state machine that wrote its journal. */
  readonly machine: number;
  readonly phase: string;
  readonly outcome: string | null;
  readonly message: string | null;
  readonly rejected: boolean;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** Status of its job; null for settings that were found. */
  readonly status: JobStatus | null;
  readonly executor: string | null;
  readonly run: number | null;
  /** When its job ended, or since when it stands still; null while it is worked on. */
  readonly stoppedAt: Instant | null;
}

/** A version in a list, with the settings of the previous version of the same subject; null for the first. */
export interface ListedDialerChange extends DialerChange {
  /** JSON. */
  readonly settingsBefore: unknown;
}

/** A change to begin. */
export interface NewDialerChange {
  /** As in DialerChange. */
  readonly subject?: string | undefined;
  readonly jobId: string;
  readonly kind: "apply" | "rollback";
  readonly sourceName: string;
  readonly actor: string;
  readonly settingsHash: string;
  /** JSON. */
  readonly settings: unknown;
  /** JSON. */
  readonly plan: unknown;
  readonly machine: number;
  readonly phase: string;
  readonly audit: readonly AuditInput[];
}

/** One step of a change. */
export interface DialerStep extends JournalStep {
  /** Set when the change has ended or is paused. */
  readonly end?: JobEnd & {
    readonly message: string | null;
    /** Absent while it is paused. */
    readonly outcome?: string;
    readonly settings?: unknown;
    readonly settingsHash?: string;
    readonly tag?: string | null;
    readonly rejected?: boolean;
  };
}

/** A dialer campaign that was created from a file, or may have been. */
export interface DialerCampaignEntry {
  readonly contentHash: string;
  readonly name: string;
  readonly sourceName: string;
  readonly status: "intended" | "created";
  readonly campaignId: string | null;
  readonly createdAt: Instant;
}
