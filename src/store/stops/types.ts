// Types of emergency stops.

import type { Instant } from "../../kernel/index.ts";

/** How a stop knows of a campaign. */
export type StopSource = "listed" | "known" | "named";

/**
 * The result for a campaign in a stop: `listed` as paused, and not looked at by itself; `seen` paused when it was looked at by
 * itself after the stop was given, so that nothing was sent; `resumed` by a person after the stop, so that it is left alone.
 */
export type StopOutcome = "listed" | "seen" | "changed" | "already" | "failed" | "unknown" | "resumed";

/** Why a list of campaigns may be incomplete. */
export interface ListProblem {
  readonly message: string;
  readonly code: string;
}

/** A stop. */
export interface Stop {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  /** The campaigns to stop; null for all of the tenant. */
  readonly scope: readonly string[] | null;
  readonly createdAt: Instant;
  /** The replica that carries it out; null for none. */
  readonly executor: string | null;
  /** Number of replicas that have taken it. */
  readonly run: number;
  readonly listProblem: ListProblem | null;
  /** The later stop of everything that replaces this one. */
  readonly supersededBy: string | null;
  readonly endedAt: Instant | null;
}

/** A campaign of a stop. */
export interface StoppedCampaign {
  readonly campaignId: string;
  readonly source: StopSource;
  /** Null before the first attempt. */
  readonly outcome: StopOutcome | null;
  /** Whether the tenant showed it as paused at the last look; null when that could not be read. */
  readonly shown: boolean | null;
  /** Paused, without calls under way. */
  readonly confirmed: boolean;
  readonly activeCalls: number | null;
  readonly message: string | null;
  readonly code: string | null;
  /** No further attempts are made. */
  readonly settled: boolean;
  readonly updatedAt: Instant;
}

/** The state of a campaign in a stop, to be written. */
export type StopRow = Omit<StoppedCampaign, "updatedAt">;

/** A pause that a stop made, for the audit log and for what was last done to the campaign. */
export interface StopPause {
  readonly campaignId: string;
  /** The idempotency key that was sent. */
  readonly key: string;
  readonly outcome: "changed" | "already";
  /** When the tenant answered. */
  readonly at: Instant;
}

/** What is known of a campaign that may exist, whatever the tenant's list says. */
export interface StopEvidence {
  readonly campaignId: string;
  /** Something says that it may dial: it was seen or set active, or a start of it is under way. */
  readonly mayDial: boolean;
  /** When that was last true; null when nothing says so. */
  readonly at: Instant | null;
  /** A start of it was asked for and may still be on its way to the tenant, whatever became of the process that sent it. */
  readonly mayStart: boolean;
  /** The last list that was read whole had it, or it may dial: a list without it lacks something. */
  readonly expected: boolean;
}
