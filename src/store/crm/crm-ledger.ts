// Retrievals that were announced to the CRM, once each.

import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { addressed } from "../outbox/insert.ts";
import type { NewEvent } from "../outbox/types.ts";

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
