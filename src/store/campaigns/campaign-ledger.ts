// The ledger of campaign plans: applies with their journals, and campaign policies. Every method is one transaction.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { StoreCore, Tx } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { JournalLedger, type JournalStep } from "../jobs/journal.ts";
import { endJob, insertJob } from "../jobs/rows.ts";
import type { JobEnd, JobStatus } from "../jobs/types.ts";
import { insertMade, type MadeChange } from "../metrics/state-intents.ts";

// Types of the ledger of campaign plans.

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
interface NewCampaignApply
  extends Pick<CampaignApply, "jobId" | "planHash" | "sourceName" | "actor" | "plan" | "machine" | "phase" | "stopMark"> {
  readonly audit: readonly AuditInput[];
}

/** The part of a campaign file that is not the vendor's; JSON. */
interface CampaignPolicyEntry {
  readonly campaignId: string;
  readonly name: string;
  readonly policy: unknown;
  readonly planHash: string;
  readonly actor: string;
  readonly updatedAt: Instant;
}

/** One step of an apply. */
interface CampaignStep extends JournalStep {
  /** The new policy of a campaign. */
  readonly policy?: Omit<CampaignPolicyEntry, "updatedAt">;
  /** A change of state that was made in this step. */
  readonly made?: MadeChange;
  /** Set when the apply has ended or is paused; it is paused when there is no outcome. */
  readonly end?: JobEnd & {
    readonly message: string | null;
    readonly outcome?: string;
  };
}

const APPLIES = `select a.job_id as "jobId", plan_hash as "planHash", a.source_name as "sourceName", a.actor, plan, machine, phase, outcome, message,
    a.created_at as "createdAt", a.stop_mark::float8 as "stopMark", ended_at as "endedAt", j.status, j.executor, j.run
  from outdial.campaign_applies a join outdial.jobs j on j.id = a.job_id`;

const POLICIES = `select campaign_id as "campaignId", name, policy, plan_hash as "planHash", actor, updated_at as "updatedAt"
  from outdial.campaign_policies`;

/** Applies of campaign files and their journal. */
export class CampaignLedger extends JournalLedger {
  constructor(store: StoreCore) {
    super(store, "outdial.campaign_events", "outdial.campaign_applies");
  }

  /** Begins an apply, ready to run. False when another one is open. */
  begin(apply: NewCampaignApply): Promise<boolean> {
    const now = this.store.now();
    return this.store.commit(async (tx) => {
      // The index on open applies would detect it too, but by an error.
      await tx.query("select pg_advisory_xact_lock(hashtext('outdial campaign plans'))");
      if ((await tx.change("select from outdial.campaign_applies where ended_at is null")) !== 0) return false;
      const { jobId, sourceName, actor, planHash } = apply;
      await insertJob(this.store, tx, {
        id: jobId,
        kind: CAMPAIGN_APPLY,
        sourceName,
        contentHash: planHash,
        actor,
        status: "ready",
      });
      await tx.query(
        `insert into outdial.campaign_applies (job_id, plan_hash, source_name, actor, plan, phase, created_at, stop_mark, machine)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          jobId,
          planHash,
          storable(sourceName),
          actor,
          JSON.stringify(apply.plan),
          apply.phase,
          new Date(now),
          apply.stopMark,
          apply.machine,
        ],
      );
      tx.audit(apply.audit);
      return true;
    });
  }

  async byJob(jobId: string): Promise<CampaignApply | undefined> {
    return (await this.store.query<CampaignApply>(`${APPLIES} where a.job_id = $1`, [jobId]))[0];
  }

  /** The apply that has not ended, if any. */
  async open(): Promise<CampaignApply | undefined> {
    return (await this.store.query<CampaignApply>(`${APPLIES} where ended_at is null`))[0];
  }

  /** Stores a plan that is shown to a person. @param stopMark the latest emergency stop when it was made */
  async keepPlan(planHash: string, plan: unknown, stopMark: number): Promise<void> {
    const now = this.store.now();
    await this.store.query(
      `insert into outdial.campaign_plans (plan_hash, plan, shown_at, stop_mark) values ($1, $2, $3, $4)
       on conflict (plan_hash) do update set shown_at = excluded.shown_at, plan = excluded.plan, stop_mark = excluded.stop_mark`,
      [planHash, JSON.stringify(plan), new Date(now), stopMark],
    );
  }

  /** The latest emergency stop when a plan was last shown; undefined when it was not shown here. */
  async shownMark(planHash: string): Promise<number | undefined> {
    const sql = "select stop_mark::int as mark from outdial.campaign_plans where plan_hash = $1";
    return (await this.store.query<{ mark: number | null }>(sql, [planHash]))[0]?.mark ?? undefined;
  }

  /** Shown plans whose hash begins with a prefix, at most two; JSON. */
  async shownPlans(prefix: string): Promise<unknown[]> {
    const rows = await this.store.query<{ plan: unknown }>(
      "select plan from outdial.campaign_plans where starts_with(plan_hash, $1) order by shown_at desc limit 2",
      [prefix],
    );
    return rows.map(({ plan }) => plan);
  }

  /** The policies of all campaigns, by campaign id. */
  async policies(): Promise<Map<string, CampaignPolicyEntry>> {
    const rows = await this.store.query<CampaignPolicyEntry>(POLICIES);
    return new Map(rows.map((row) => [row.campaignId, row]));
  }

  /** Writes a step with its consequences. Throws StoreError `not_owner`. */
  append(step: CampaignStep): Promise<void> {
    const { jobId, end, policy, made } = step;
    return this.write(step, async (tx) => {
      if (policy !== undefined) await this.#keep(tx, policy);
      if (made !== undefined) await insertMade(tx, [made]);
      if (end !== undefined) await this.#end(tx, jobId, end);
    });
  }

  async #keep(tx: Tx, kept: NonNullable<CampaignStep["policy"]>): Promise<void> {
    await tx.query(
      `insert into outdial.campaign_policies (campaign_id, name, policy, plan_hash, actor, updated_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (campaign_id) do update set name = excluded.name, policy = excluded.policy, plan_hash = excluded.plan_hash,
         actor = excluded.actor, updated_at = excluded.updated_at`,
      [kept.campaignId, storable(kept.name), JSON.stringify(kept.policy), kept.planHash, kept.actor, new Date(this.store.now())],
    );
    // What was applied is known, also where no list has named it yet.
    await tx.query(
      `insert into outdial.known_campaigns (id, name, status, status_at, place)
       values ($1, $2, 'unknown', to_timestamp(0), (select coalesce(max(place), 0) + 1 from outdial.known_campaigns))
       on conflict (id) do update set gone_at = null where known_campaigns.gone_at is not null`,
      [storable(kept.campaignId), storable(kept.name)],
    );
  }

  async #end(tx: Tx, jobId: string, end: NonNullable<CampaignStep["end"]>): Promise<void> {
    const now = this.store.now();
    await endJob(tx, jobId, end, now);
    await tx.query("update outdial.campaign_applies set message = $2, outcome = $3, ended_at = $4 where job_id = $1", [
      jobId,
      end.message === null ? null : storable(end.message),
      end.outcome ?? null,
      end.outcome === undefined ? null : new Date(now),
    ]);
  }
}
