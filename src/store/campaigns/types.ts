// Types of the ledger of campaign plans.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { JournalStep } from "../jobs/journal.ts";
import type { JobEnd, JobStatus } from "../jobs/types.ts";
import type { MadeChange } from "../metrics/state-intents.ts";

/** Kind of the jobs that apply campaign plans. */
export const CAMPAIGN_APPLY = "campaign-apply";

/** An apply of a plan, however it ended. */
export interface CampaignApply {
  readonly jobId: string;
  readonly planHash: string;
  readonly sourceName: string;
  readonly actor: string;
  /** JSON. */
  readonly plan: unknown;
  /** Version of the state machine that wrote its journal. */
  readonly machine: number;
  readonly phase: string;
  readonly outcome: string | null;
  readonly message: string | null;
  readonly createdAt: Instant;
  /** The latest stop when it was asked for: see `StopLedger.mark`. */
  readonly stopMark: number;
  readonly endedAt: Instant | null;
  /** Status of its job. */
  readonly status: JobStatus;
  readonly executor: string | null;
  readonly run: number;
}

/** An apply to begin. */
export interface NewCampaignApply {
  readonly jobId: string;
  readonly planHash: string;
  readonly sourceName: string;
  readonly actor: string;
  /** JSON. */
  readonly plan: unknown;
  readonly machine: number;
  readonly phase: string;
  readonly stopMark: number;
  readonly audit: readonly AuditInput[];
}

/** The part of a campaign file that is not the vendor's; JSON. */
export interface CampaignPolicyEntry {
  readonly campaignId: string;
  readonly name: string;
  readonly policy: unknown;
  readonly planHash: string;
  readonly actor: string;
  readonly updatedAt: Instant;
}

/** One step of an apply. */
export interface CampaignStep extends JournalStep {
  /** The new policy of a campaign. */
  readonly policy?: Pick<CampaignPolicyEntry, "campaignId" | "name" | "policy" | "planHash" | "actor">;
  /** A change of state that was made in this step. */
  readonly made?: MadeChange;
  /** Set when the apply has ended or is paused; it is paused when there is no outcome. */
  readonly end?: JobEnd & {
    readonly message: string | null;
    readonly outcome?: string;
  };
}
