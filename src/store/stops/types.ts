// Types of emergency stops.

import type { Instant } from "../../kernel/index.ts";

/** How a stop knows of a campaign. */
export type StopSource = "listed" | "known" | "named";

/**
 * The result for a campaign in a stop: `listed` as paused, so that nothing was sent; `resumed` by a person after the stop, so
 * that it is left alone.
 */
export type StopOutcome = "listed" | "changed" | "already" | "failed" | "unknown" | "resumed";

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

/** The result of an attempt for a campaign. */
export type StopAttempt = Pick<
  StoppedCampaign,
  "campaignId" | "outcome" | "shown" | "confirmed" | "activeCalls" | "message" | "code" | "settled"
>;

/** A campaign that is added to a stop. */
export type FoundCampaign = Pick<StoppedCampaign, "campaignId" | "source"> & {
  /** The list showed it as paused: nothing is to be done. */
  readonly paused: boolean;
};
