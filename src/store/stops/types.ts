// Emergency stops as the store keeps them.

import type { Instant } from "../../kernel/index.ts";

/** How a campaign is known to a stop. */
export type StopSource = "listed" | "known" | "named";

/** How a campaign fared in a stop: `listed` as paused, so that nothing was sent; `resumed` by a person after the stop, so that it is left alone. */
export type StopOutcome = "listed" | "changed" | "already" | "failed" | "unknown" | "resumed";

/** Why a list of campaigns may not be whole. */
export interface ListProblem {
  readonly message: string;
  readonly code: string;
}

/** A stop. */
export interface Stop {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  /** The campaigns that it is about; null for all of the tenant. */
  readonly scope: readonly string[] | null;
  readonly createdAt: Instant;
  /** The replica that carries it out; null when nobody does. */
  readonly executor: string | null;
  /** Counts the replicas that took it up. */
  readonly run: number;
  readonly listProblem: ListProblem | null;
  /** The later stop of everything that goes on in place of this one. */
  readonly supersededBy: string | null;
  readonly endedAt: Instant | null;
}

/** A campaign of a stop. */
export interface StoppedCampaign {
  readonly campaignId: string;
  readonly source: StopSource;
  /** Null before anything was tried. */
  readonly outcome: StopOutcome | null;
  /** Whether the tenant showed it paused at the last look; null when it could not be looked at. */
  readonly shown: boolean | null;
  /** Paused, and no call under way. */
  readonly confirmed: boolean;
  readonly activeCalls: number | null;
  readonly message: string | null;
  readonly code: string | null;
  /** Nothing more is tried. */
  readonly settled: boolean;
  readonly updatedAt: Instant;
}

/** What came of an attempt at a campaign. */
export type StopAttempt = Pick<
  StoppedCampaign,
  "campaignId" | "outcome" | "shown" | "confirmed" | "activeCalls" | "message" | "code" | "settled"
>;

/** A campaign that a stop comes to know. */
export type FoundCampaign = Pick<StoppedCampaign, "campaignId" | "source"> & {
  /** The list showed it paused: nothing is to be done. */
  readonly paused: boolean;
};
