// Pushes of records to the CRM: begun, taken by one process at a time, advanced batch by batch, ended. What the CRM has is stored
// as versions of calls.

import { z } from "zod";
import { HOUR_MS, type Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import { notOwner } from "../error.ts";
import { endJob, insertJob } from "../jobs/rows.ts";
import { type OwnedRun, takeRun } from "../jobs/take.ts";
import type { Job, JobEnd } from "../jobs/types.ts";
import { addressed } from "../outbox/insert.ts";
import type { NewEvent } from "../outbox/types.ts";

// The types of pushes to the CRM.

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
interface CrmRefusalLine extends CrmRefusal {
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

/** The form of a push's progress, kept as JSON. */
export const crmPushProgress = z.object({
  /** Number of retrieval events that it queued. */
  announced: z.number(),
  /** Calls processed. */
  calls: z.number(),
  /** Calls whose present version the CRM had before the push. */
  unchanged: z.number(),
  acknowledged: z.number(),
  refused: z.number(),
  /** Calls that were refused before in the same version, and so not sent. */
  refusedBefore: z.number(),
  /** Requests sent, including repetitions. */
  requests: z.number(),
  /** Records of a request without an answer so far: the CRM may have them. */
  unanswered: z.number().default(0),
  /** Calls to process in all; null before they were counted. */
  total: z.number().nullable().default(null),
});
/** Progress of a push. Calls of earlier runs of the same push are included. */
export type CrmPushProgress = Readonly<z.output<typeof crmPushProgress>>;

/** A push to create. */
interface NewCrmPush {
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

/** Serialises the taking of pushes. "push" in ASCII. */
const PUSH_LOCK = "select pg_advisory_xact_lock(x'70757368'::int, 0)";

/** A push that a process holds, and its progress. */
interface Held {
  readonly jobId: string;
  readonly executor: string;
  readonly progress: CrmPushProgress;
}

/** Reads and writes pushes. */
export class CrmPushLedger extends Ledger {
  /** Creates a push. Throws StoreError `audit_set_back`. */
  begin({ jobId, ...push }: NewCrmPush): Promise<Job> {
    return insertJob(this.store, this.store, { ...push, id: jobId, kind: PUSH, sourceName: "lake", status: "ready" });
  }

  /**
   * Takes a push for a process (see JobLedger.take), unless another one that may send the same records is running: then that one
   * is returned.
   */
  take(
    run: OwnedRun,
    executor: string,
  ): Promise<"taken" | "gone" | { readonly blockedBy: { readonly jobId: string; readonly executor: string } }> {
    return this.store.commit(async (tx) => {
      await tx.query(PUSH_LOCK);
      const [other] = await tx.query<{ jobId: string; executor: string }>(
        `select o.id as "jobId", o.executor from outdial.jobs o join outdial.jobs j on j.id = $1
         where j.status <> 'cancelled' and o.kind = j.kind and o.id <> j.id and o.status = 'running' and o.executor is not null
           and (o.campaign_id is null or j.campaign_id is null or o.campaign_id = j.campaign_id) limit 1`,
        [run.jobId],
      );
      if (other !== undefined) return { blockedBy: other };
      return takeRun(tx, run, executor, this.store.now());
    });
  }

  /** For calls of one campaign, the versions that the CRM has acknowledged or refused, from the view of a push. */
  async settled(jobId: string, campaignId: string, callIds: readonly string[]): Promise<ReadonlyMap<string, CrmSettled>> {
    const calls = `campaign_id = $1 and call_id = any(${textColumn("$2")})`;
    const rows = await this.store.query<{
      id: string;
      acknowledged: string | null;
      ours: boolean | null;
      refused: string | null;
      refusedOfOurs: string | null;
    }>(
      `select call_id as id, a.digest as acknowledged, a.job_id = $3 as ours, r.digest as refused, o.digest as "refusedOfOurs"
       from (select call_id, digest, job_id from outdial.crm_acknowledged where ${calls}) a
       full join (select call_id, digest from outdial.crm_refused where ${calls}) r using (call_id)
       full join (select distinct on (call_id) call_id, digest from outdial.crm_push_refusals where job_id = $3 and ${calls}
         order by call_id, line desc) o using (call_id)`,
      [campaignId, joinTexts(callIds), jobId],
    );
    return new Map(
      rows.map(({ id, acknowledged, ours, refused, refusedOfOurs }) => [
        id,
        {
          ...(acknowledged === null ? {} : { acknowledged }),
          ...(ours === true ? { isOurs: true as const } : {}),
          ...(refused === null ? {} : { refused }),
          ...(refusedOfOurs === null ? {} : { refusedOfOurs }),
        },
      ]),
    );
  }

  /**
   * Records versions that the CRM has, replacing earlier versions of the same call. Also for a push that was cancelled in the
   * meantime, since the request was sent. Throws StoreError `not_owner`.
   */
  async acknowledge(held: Held, versions: readonly CrmVersion[]): Promise<void> {
    await this.store.commit(async (tx) => {
      await fence(tx, held);
      await tx.query(
        `insert into outdial.crm_acknowledged (campaign_id, call_id, start_hour, digest, acknowledged_at, job_id)
         select campaign_id, call_id, to_timestamp(hour_ms / 1000), digest, $5, $6
         from unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::float8[], ${textColumn("$4")}) as v (campaign_id, call_id, hour_ms, digest)
         on conflict (campaign_id, call_id) do update set start_hour = excluded.start_hour, digest = excluded.digest,
           acknowledged_at = excluded.acknowledged_at, job_id = excluded.job_id`,
        [...columns(versions, HOUR_MS), new Date(this.store.now()), held.jobId],
      );
      await tx.query(
        `delete from outdial.crm_refused r using unnest(${textColumn("$1")}, ${textColumn("$2")}) as v (campaign_id, call_id)
         where r.campaign_id = v.campaign_id and r.call_id = v.call_id`,
        columns(versions, HOUR_MS).slice(0, 2),
      );
      await note(tx, held);
    });
  }

  /** Records versions that the CRM refused, each with an audit entry. Throws StoreError `not_owner`. */
  async refuse(held: Held, refusals: readonly CrmRefusal[], entries: readonly AuditInput[]): Promise<void> {
    const answers = [
      numberArray(refusals.map(({ status }) => status)),
      joinTexts(refusals.map(({ reason }) => storable(reason))),
    ];
    const refused = `unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::float8[], ${textColumn("$4")}, $5::smallint[], ${textColumn("$6")})`;
    await this.store.commit(async (tx) => {
      await fence(tx, held);
      await tx.query(
        `insert into outdial.crm_refused (campaign_id, call_id, start_hour, digest, status, reason, refused_at)
         select campaign_id, call_id, to_timestamp(hour_ms / 1000), digest, status, reason, $7
         from ${refused} as v (campaign_id, call_id, hour_ms, digest, status, reason)
         on conflict (campaign_id, call_id) do update set start_hour = excluded.start_hour, digest = excluded.digest,
           status = excluded.status, reason = excluded.reason, refused_at = excluded.refused_at`,
        [...columns(refusals, HOUR_MS), ...answers, new Date(this.store.now())],
      );
      await tx.query(
        `insert into outdial.crm_push_refusals (job_id, line, campaign_id, call_id, start_time, digest, status, reason)
         select $7, (select coalesce(max(line), 0) from outdial.crm_push_refusals where job_id = $7) + n,
           campaign_id, call_id, to_timestamp(start_ms / 1000), digest, status, reason
         from ${refused} with ordinality as v (campaign_id, call_id, start_ms, digest, status, reason, n)`,
        [...columns(refusals, 1), ...answers, held.jobId],
      );
      await note(tx, held);
      tx.audit(entries);
    });
  }

  /** Records the progress of a push. Throws StoreError `not_owner`. */
  async progress(held: Held): Promise<void> {
    await this.store.commit(async (tx) => {
      await fence(tx, held);
      await note(tx, held);
    });
  }

  /** Ends a run, with its audit entry in the same transaction. Throws StoreError `not_owner`. */
  async end({ audit, ...end }: Held & JobEnd & { readonly audit: AuditInput }): Promise<void> {
    await this.store.commit(async (tx) => {
      await tx.fence(end.jobId, end.executor);
      await note(tx, end);
      await endJob(tx, end.jobId, end, this.store.now());
      tx.audit([audit]);
    });
  }

  /** The refusals of a push, in order. @param after only after this line */
  refusals(jobId: string, { after = 0, limit }: { readonly after?: number; readonly limit: number }): Promise<CrmRefusalLine[]> {
    return this.store.query<CrmRefusalLine>(
      `select line, campaign_id as "campaignId", call_id as "callId", start_time as "startTime", digest, status, reason
       from outdial.crm_push_refusals where job_id = $1 and line > $2 order by line limit $3`,
      [jobId, after, limit],
    );
  }
}

/**
 * Locks a push until the end of the transaction to record requests that were sent. A cancelled push stays with its process until
 * that releases it.
 */
async function fence(tx: Tx, { jobId, executor }: Held): Promise<void> {
  const held = await tx.change(
    "select from outdial.jobs where id = $1 and executor = $2 and status in ('running', 'cancelled') for update",
    [jobId, executor],
  );
  if (held !== 1) throw notOwner(jobId, executor);
}

async function note(tx: Tx, { jobId, progress }: Held): Promise<void> {
  const { acknowledged, unchanged, refused, refusedBefore, total } = progress;
  const counts = { acknowledged, unchanged, refused: refused + refusedBefore };
  await tx.query("update outdial.jobs set summary = $2, counts = $3, total_rows = coalesce($4, total_rows) where id = $1", [
    jobId,
    JSON.stringify(progress),
    JSON.stringify(counts),
    total,
  ]);
}

/** Columns: campaign_id, call_id, the start in whole units of ms, digest. */
function columns(versions: readonly CrmVersion[], unitMs: number): unknown[] {
  return [
    joinTexts(versions.map(({ campaignId }) => campaignId)),
    joinTexts(versions.map(({ callId }) => callId)),
    numberArray(versions.map(({ startTime }) => Math.floor(startTime / unitMs) * unitMs)),
    joinTexts(versions.map(({ digest }) => digest)),
  ];
}

// Retrievals that were announced to the CRM, once each.

/** Reads and writes announcements to the CRM. */
export class CrmLedger extends Ledger {
  /** Queues the event of a run with its audit entry, unless it was done before or no receiver takes it. @returns whether it was queued now */
  async announce(runId: string, event: NewEvent, entry: AuditInput): Promise<boolean> {
    // It can be queued when there is one.
    if (addressed([event], this.store.takers).length === 0) return false;
    return this.store.commit(async (tx) => {
      const made = await tx.change(
        "insert into outdial.crm_announcements (run_id, announced_at) values ($1, $2) on conflict do nothing",
        [runId, new Date(this.store.now())],
      );
      if (made !== 1) return false;
      tx.audit([entry]);
      tx.emit([event]);
      return true;
    });
  }

  /** Completed retrievals that were not announced, oldest first. */
  async unannounced(limit: number): Promise<string[]> {
    const rows = await this.store.query<{ id: string }>(
      `select j.id from outdial.jobs j join outdial.retrievals r on r.job_id = j.id
       where j.status in ('done', 'partly_failed') and not exists (select from outdial.crm_announcements where run_id = j.id)
       order by j.finished_at, j.id limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }
}
