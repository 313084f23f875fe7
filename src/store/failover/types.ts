// Types of the ledger of failover pairs.

import type { Instant } from "../../kernel/index.ts";
import type { PhoneKey } from "../facts/types.ts";
import type { JournalStep } from "../jobs/journal.ts";
import type { MadeChange } from "../metrics/state-intents.ts";

/** A primary campaign and its backup. JSON as it was written. */
export interface FailoverPair {
  /** Id of the primary campaign; names the pair. */
  readonly primary: string;
  readonly backup: string;
  /** JSON. */
  readonly policy: unknown;
  /** When the policy was last written. */
  readonly changedAt: Instant;
  readonly actor: string;
  /** JSON; null before the first look. */
  readonly state: unknown;
  readonly seq: number;
  readonly phase: string;
  /** The replica that runs it. */
  readonly executor: string | null;
  readonly lookedAt: Instant | null;
  /** A person's order; `at` and `mark` null for one that an earlier version stored. `mark`: see `StopLedger.mark`. */
  readonly order: {
    readonly what: "fail-over" | "fail-back";
    readonly by: string;
    readonly at: Instant | null;
    readonly mark: number | null;
  } | null;
}

/** A new state of a pair with its consequences, written in one transaction. `seq`: number of the state that this one follows. */
export interface FailoverStep extends Omit<JournalStep, "jobId"> {
  readonly primary: string;
  /** JSON. */
  readonly state: unknown;
  /** True when the event was a look, or ended one. */
  readonly looked: boolean;
  /** True when it took a person's order into account. */
  readonly orderTaken: boolean;
  /** Entry for the history; null for none. JSON. */
  readonly event: unknown;
  /** True when the event shows the same as the previous one may: then that entry is extended to this time. */
  readonly repeats?: boolean | undefined;
  readonly alarms: readonly unknown[];
  /** Changes of campaign states that were made in this step. */
  readonly made?: readonly MadeChange[] | undefined;
}

/** An entry of a pair's history. */
export interface FailoverHappening {
  readonly seq: number;
  readonly at: Instant;
  /** JSON. */
  readonly event: unknown;
  readonly phase: string;
  /** JSON. */
  readonly alarms: unknown;
}

/** A contact that `campaign` must not call before `until`. */
export interface ContactHold {
  readonly number: PhoneKey;
  readonly until: Instant;
}
