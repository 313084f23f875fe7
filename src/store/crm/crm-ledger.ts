// What the CRM was told and what it has: runs announced once each, records acknowledged or refused by version.

import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, numberArray, storable, textColumn } from "../database/arrays.ts";
import type { OutboxEvent } from "../outbox/types.ts";

/** One version of one call. */
export interface CrmVersion {
  readonly campaignId: string;
  readonly callId: string;
  /** Start of the call, ms since the epoch. */
  readonly startTime: number;
  /** SHA-256 of the canonical record, hex. */
  readonly digest: string;
}

/** A version that the CRM will not have. */
export interface CrmRefusal extends CrmVersion {
  /** What it answered. */
  readonly status: number;
  readonly reason: string;
}

const HOUR = 3_600_000;

/** Reads and writes what the CRM was told. */
export class CrmLedger extends Ledger {
  /** Queues the event of a run, with its audit entry, unless that was done before. @returns whether it was queued now */
  announce(runId: string, event: OutboxEvent, entry: AuditInput): Promise<boolean> {
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

  /** Retrievals that ran to their end and were not announced, oldest first. */
  async unannounced(limit: number): Promise<string[]> {
    const rows = await this.store.query<{ id: string }>(
      `select j.id from outdial.jobs j join outdial.retrievals r on r.job_id = j.id
       where j.status in ('done', 'partly_failed') and not exists (select from outdial.crm_announcements where run_id = j.id)
       order by j.finished_at, j.id limit $1`,
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Of calls of one campaign, the versions that the CRM has acknowledged or refused. */
  async settled(
    campaignId: string,
    callIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly acknowledged?: string; readonly refused?: string }>> {
    const ids = joinTexts(callIds);
    const rows = await this.store.query<{ id: string; acknowledged: string | null; refused: string | null }>(
      `select coalesce(a.call_id, r.call_id) as id, a.digest as acknowledged, r.digest as refused
       from (select call_id, digest from outdial.crm_acknowledged where campaign_id = $1 and call_id = any(${textColumn("$2")})) a
       full join (select call_id, digest from outdial.crm_refused where campaign_id = $1 and call_id = any(${textColumn("$2")})) r using (call_id)`,
      [campaignId, ids],
    );
    return new Map(
      rows.map(({ id, acknowledged, refused }) => [
        id,
        { ...(acknowledged === null ? {} : { acknowledged }), ...(refused === null ? {} : { refused }) },
      ]),
    );
  }

  /** Notes versions that the CRM has; an earlier version of the same call is replaced. */
  async acknowledge(versions: readonly CrmVersion[]): Promise<void> {
    if (versions.length === 0) return;
    await this.store.commit(async (tx) => {
      await tx.query(
        `insert into outdial.crm_acknowledged (campaign_id, call_id, start_hour, digest, acknowledged_at)
         select campaign_id, call_id, to_timestamp(hour_ms / 1000), digest, $5
         from unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::float8[], ${textColumn("$4")}) as v (campaign_id, call_id, hour_ms, digest)
         on conflict (campaign_id, call_id) do update set start_hour = excluded.start_hour, digest = excluded.digest, acknowledged_at = excluded.acknowledged_at`,
        [...columns(versions), new Date(this.store.now())],
      );
      await forgetRefused(tx, versions);
    });
  }

  /** Notes versions that the CRM refused, with an audit entry each. */
  async refuse(refusals: readonly CrmRefusal[], entries: readonly AuditInput[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.store.commit(async (tx) => {
      await tx.query(
        `insert into outdial.crm_refused (campaign_id, call_id, start_hour, digest, status, reason, refused_at)
         select campaign_id, call_id, to_timestamp(hour_ms / 1000), digest, status, reason, $7
         from unnest(${textColumn("$1")}, ${textColumn("$2")}, $3::float8[], ${textColumn("$4")}, $5::smallint[], ${textColumn("$6")})
           as v (campaign_id, call_id, hour_ms, digest, status, reason)
         on conflict (campaign_id, call_id) do update set start_hour = excluded.start_hour, digest = excluded.digest,
           status = excluded.status, reason = excluded.reason, refused_at = excluded.refused_at`,
        [
          ...columns(refusals),
          numberArray(refusals.map(({ status }) => status)),
          joinTexts(refusals.map(({ reason }) => storable(reason))),
          new Date(this.store.now()),
        ],
      );
      tx.audit(entries);
    });
  }
}

async function forgetRefused(tx: Tx, versions: readonly CrmVersion[]): Promise<void> {
  await tx.query(
    `delete from outdial.crm_refused r using unnest(${textColumn("$1")}, ${textColumn("$2")}) as v (campaign_id, call_id)
     where r.campaign_id = v.campaign_id and r.call_id = v.call_id`,
    [joinTexts(versions.map(({ campaignId }) => campaignId)), joinTexts(versions.map(({ callId }) => callId))],
  );
}

/** campaign_id, call_id, hour_ms, digest. */
function columns(versions: readonly CrmVersion[]): unknown[] {
  return [
    joinTexts(versions.map(({ campaignId }) => campaignId)),
    joinTexts(versions.map(({ callId }) => callId)),
    numberArray(versions.map(({ startTime }) => Math.floor(startTime / HOUR) * HOUR)),
    joinTexts(versions.map(({ digest }) => digest)),
  ];
}
