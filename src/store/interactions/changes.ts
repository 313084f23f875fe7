// The changes that corrections of interactions make, recorded before each write, with what was read back.

import type { Instant } from "../../kernel/index.ts";
import { Ledger } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { notOwner } from "../error.ts";

/** A write before it is sent. Entries are JSON, returned as they were stored. */
interface AnnouncedChange {
  readonly jobId: string;
  readonly line: number;
  readonly interactionId: string;
  /** Tag of the version that the write is based on. */
  readonly baseTag: string;
  readonly before: unknown;
  readonly intended: unknown;
}

/** A stored change. */
export interface InteractionChange extends AnnouncedChange {
  /** What was last read back; null when nothing was read after the record. */
  readonly stored: unknown;
}

/** A change with its author and time. */
interface MadeChange extends InteractionChange {
  readonly actor: string;
  readonly announcedAt: Instant;
}

const COLUMNS = `job_id as "jobId", line, interaction_id as "interactionId", base_tag as "baseTag", before, intended, stored`;

/** Reads and writes the changes. */
export class InteractionChanges extends Ledger {
  /**
   * Records what is about to be written, durably when it resolves; it replaces an earlier record of the same line. Throws
   * StoreError `not_owner` when this replica no longer runs the job: then nothing may be sent.
   */
  async announce(change: AnnouncedChange, executor: string): Promise<void> {
    const rows = await this.store.query(
      `insert into outdial.interaction_changes (job_id, line, interaction_id, base_tag, before, intended, announced_at)
       select $1, $2, $3, $4, $5, $6, $7 where exists (select from outdial.jobs where id = $1 and executor = $8 and status = 'running')
       on conflict (job_id, line) do update set base_tag = excluded.base_tag, before = excluded.before, intended = excluded.intended,
         announced_at = excluded.announced_at, stored = null
       returning 1`,
      [
        change.jobId,
        change.line,
        storable(change.interactionId),
        change.baseTag,
        JSON.stringify(change.before),
        JSON.stringify(change.intended),
        new Date(this.store.now()),
        executor,
      ],
    );
    if (rows.length !== 1) throw notOwner(change.jobId, executor);
  }

  /** Stores what was last read back. */
  async conclude(jobId: string, line: number, stored: unknown): Promise<void> {
    await this.store.query("update outdial.interaction_changes set stored = $3 where job_id = $1 and line = $2", [
      jobId,
      line,
      JSON.stringify(stored),
    ]);
  }

  /** The change of one line, or undefined when there is none. */
  async get(jobId: string, line: number): Promise<InteractionChange | undefined> {
    const [row] = await this.store.query<InteractionChange>(
      `select ${COLUMNS} from outdial.interaction_changes where job_id = $1 and line = $2`,
      [jobId, line],
    );
    return row;
  }

  /** The latest changes, of one interaction or of all, with their author and time. */
  latest({
    interactionId,
    limit,
  }: {
    readonly interactionId?: string | undefined;
    readonly limit: number;
  }): Promise<MadeChange[]> {
    return this.store.query<MadeChange>(
      `select ${COLUMNS}, announced_at as "announcedAt", (select actor from outdial.jobs where id = job_id) as actor
       from outdial.interaction_changes where $1::text is null or interaction_id = $1
       order by announced_at desc, job_id, line limit $2`,
      [interactionId ?? null, limit],
    );
  }

  /** The changes of a job's lines from `first` to `last`. */
  async between(jobId: string, first: number, last: number): Promise<InteractionChange[]> {
    return this.store.query<InteractionChange>(
      `select ${COLUMNS} from outdial.interaction_changes where job_id = $1 and line between $2 and $3`,
      [jobId, first, last],
    );
  }
}
