// The ledger of dialer settings: versions, the journal of each change, campaigns created from files. Every method is one
// transaction.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import type { StoreCore, Tx } from "../commit.ts";
import { storable } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { JournalLedger, type JournalStep } from "../jobs/journal.ts";
import { endJob, insertJob } from "../jobs/rows.ts";
import type { JobEnd, JobStatus } from "../jobs/types.ts";

// The types of the ledger of dialer settings.

/** Kind of the jobs that change dialer settings. */
export const DIALER_CHANGE = "dialer-change";

/** A version of the settings: a change by outdial, however it ended, or settings that were found. JSON as it was written. */
export interface DialerChange {
  readonly version: number;
  /** The campaign of the settings; empty where a tenant has one set. */
  readonly subject: string;
  /** null for settings that were found. */
  readonly jobId: string | null;
  readonly kind: "observed" | "apply" | "rollback";
  readonly sourceName: string;
  readonly actor: string;
  readonly settingsHash: string;
  /** JSON. */
  readonly settings: unknown;
  readonly tag: string | null;
  /** JSON; null for settings that were found. */
  readonly plan: unknown;
  /** Version of the state machine that wrote its journal. */
  readonly machine: number;
  readonly phase: string;
  readonly outcome: string | null;
  readonly message: string | null;
  readonly rejected: boolean;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  /** Status of its job; null for settings that were found. */
  readonly status: JobStatus | null;
  readonly executor: string | null;
  readonly run: number | null;
  /** When its job ended, or since when it stands still; null while it is worked on. */
  readonly stoppedAt: Instant | null;
}

/** A version in a list, with the settings of the previous version of the same subject; null for the first. */
export interface ListedDialerChange extends DialerChange {
  /** JSON. */
  readonly settingsBefore: unknown;
}

/** A change to begin. */
interface NewDialerChange
  extends Pick<DialerChange, "sourceName" | "actor" | "settingsHash" | "settings" | "plan" | "machine" | "phase"> {
  /** As in DialerChange. */
  readonly subject?: string | undefined;
  readonly jobId: string;
  readonly kind: "apply" | "rollback";
  readonly audit: readonly AuditInput[];
}

/** One step of a change. */
interface DialerStep extends JournalStep {
  /** Set when the change has ended or is paused. */
  readonly end?: JobEnd & {
    readonly message: string | null;
    /** Absent while it is paused. */
    readonly outcome?: string;
    readonly settings?: unknown;
    readonly settingsHash?: string;
    readonly tag?: string | null;
    readonly rejected?: boolean;
  };
}

/** A dialer campaign that was created from a file, or may have been. */
export interface DialerCampaignEntry {
  readonly contentHash: string;
  readonly name: string;
  readonly sourceName: string;
  readonly status: "intended" | "created";
  readonly campaignId: string | null;
  readonly createdAt: Instant;
}

const COLUMNS = `version, subject, job_id as "jobId", c.kind, c.source_name as "sourceName", c.actor, settings_hash as "settingsHash", settings, tag, plan, machine,
    phase, outcome, message, rejected, c.created_at as "createdAt", ended_at as "endedAt", j.status, j.executor, j.run, j.finished_at as "stoppedAt"`;
const FROM = "from outdial.dialer_changes c left join outdial.jobs j on j.id = c.job_id";
const CHANGES = `select ${COLUMNS} ${FROM}`;
const BEFORE = `(select b.settings from outdial.dialer_changes b where b.subject = c.subject and b.version < c.version order by b.version desc limit 1)`;

const CAMPAIGN = `content_hash as "contentHash", name, source_name as "sourceName", status, campaign_id as "campaignId", created_at as "createdAt"`;

/** Versions of dialer settings, their changes and journal. */
export class DialerLedger extends JournalLedger {
  constructor(store: StoreCore) {
    super(store, "outdial.dialer_events", "outdial.dialer_changes");
  }

  /** Records settings that were found in force, unless they equal the latest version in force. */
  async observe(found: {
    subject: string;
    settings: unknown;
    settingsHash: string;
    tag: string | null;
    actor: string;
  }): Promise<void> {
    await this.store.query(
      `insert into outdial.dialer_changes (kind, source_name, actor, settings_hash, settings, tag, phase, created_at, ended_at, subject)
       select 'observed', 'tenant', $1, $2, $3, $4, 'ended', $5, $5, $6
       where $2 is distinct from (select settings_hash from outdial.dialer_changes
         where (kind = 'observed' or outcome = 'applied') and subject = $6 order by version desc limit 1)`,
      [
        found.actor,
        found.settingsHash,
        JSON.stringify(found.settings),
        found.tag,
        new Date(this.store.now()),
        storable(found.subject),
      ],
    );
  }

  /**
   * Begins a change, ready to run; undefined when another one is open.
   * @returns its version
   */
  begin(change: NewDialerChange): Promise<number | undefined> {
    const now = this.store.now();
    return this.store.commit(async (tx) => {
      // The index on open changes would detect it too, but by an error.
      await tx.query("select pg_advisory_xact_lock(hashtext('outdial dialer settings'))");
      if ((await tx.change("select from outdial.dialer_changes where ended_at is null")) !== 0) return undefined;
      const { jobId, sourceName, actor, settingsHash } = change;
      await insertJob(this.store, tx, {
        id: jobId,
        kind: DIALER_CHANGE,
        sourceName,
        contentHash: settingsHash,
        actor,
        status: "ready",
      });
      const [made] = await tx.query<{ version: number }>(
        `insert into outdial.dialer_changes (job_id, kind, source_name, actor, settings_hash, settings, plan, phase, created_at, subject, machine)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning version`,
        [
          jobId,
          change.kind,
          storable(sourceName),
          actor,
          settingsHash,
          JSON.stringify(change.settings),
          JSON.stringify(change.plan),
          change.phase,
          new Date(now),
          storable(change.subject ?? ""),
          change.machine,
        ],
      );
      tx.audit(change.audit);
      return made?.version;
    });
  }

  async byJob(jobId: string): Promise<DialerChange | undefined> {
    return (await this.store.query<DialerChange>(`${CHANGES} where job_id = $1`, [jobId]))[0];
  }

  async byVersion(version: number): Promise<DialerChange | undefined> {
    return (await this.store.query<DialerChange>(`${CHANGES} where version = $1`, [version]))[0];
  }

  /** The change that has not ended, if any. */
  async open(): Promise<DialerChange | undefined> {
    return (await this.store.query<DialerChange>(`${CHANGES} where ended_at is null`))[0];
  }

  /** Versions, newest first. @param subject only those of this campaign's settings */
  list(limit: number, before = Number.MAX_SAFE_INTEGER, subject?: string): Promise<ListedDialerChange[]> {
    return this.store.query<ListedDialerChange>(
      `select ${COLUMNS}, ${BEFORE} as "settingsBefore" ${FROM}
       where version < $2::bigint and c.subject = coalesce($3, c.subject) order by version desc limit $1`,
      [limit, before, subject === undefined ? null : storable(subject)],
    );
  }

  /**
   * Changes whose settings could not be rolled back and that no later version followed, at most one for each campaign or the
   * tenant. Newest first.
   */
  notBack(): Promise<DialerChange[]> {
    return this.store.query<DialerChange>(
      `${CHANGES} where outcome = 'rollback_failed'
         and not exists (select from outdial.dialer_changes later where later.subject = c.subject and later.version > c.version)
       order by version desc`,
    );
  }

  /** The latest change that ended as `applied`. @param subject the campaign of the settings; empty where a tenant has one set */
  async latestApplied(subject = ""): Promise<DialerChange | undefined> {
    const [found] = await this.store.query<DialerChange>(
      `${CHANGES} where outcome = 'applied' and subject = $1 order by version desc limit 1`,
      [storable(subject)],
    );
    return found;
  }

  /** The latest time that these settings were not kept, unless they were applied since. */
  async rejection(settingsHash: string, subject = ""): Promise<DialerChange | undefined> {
    const [found] = await this.store.query<DialerChange>(
      `${CHANGES} where settings_hash = $1 and subject = $2 and (rejected or outcome = 'applied') order by version desc limit 1`,
      [settingsHash, storable(subject)],
    );
    return found?.rejected === true ? found : undefined;
  }

  /** Writes a step with its consequences. Throws StoreError `not_owner`. */
  append(step: DialerStep): Promise<void> {
    return this.write(step, async (tx) => {
      if (step.end !== undefined) await this.#end(tx, step.jobId, step.end);
    });
  }

  /**
   * A person's decision on a waiting change: an event, after which the change may run again. Throws StoreError `invalid_state`.
   */
  release(decision: Pick<DialerStep, "jobId" | "seq" | "event" | "at" | "phase" | "audit">): Promise<void> {
    const { jobId } = decision;
    return this.store.commit(async (tx) => {
      const stopped = await tx.change("select from outdial.jobs where id = $1 and status = 'stopped' for update", [jobId]);
      if (stopped !== 1 || !(await this.enter(tx, decision)))
        throw new StoreError("invalid_state", `change ${jobId} no longer waits for a decision`);
    });
  }

  /** The entry for a file of a dialer campaign: the existing one, or a new one that says that it is about to be sent. */
  async intendCampaign(
    entry: Pick<DialerCampaignEntry, "contentHash" | "name" | "sourceName"> & {
      readonly actor: string;
      readonly audit: readonly AuditInput[];
    },
  ): Promise<{ readonly entry: DialerCampaignEntry; readonly fresh: boolean }> {
    const fresh = await this.store.commit(async (tx) => {
      const made = await tx.change(
        `insert into outdial.dialer_campaigns (content_hash, name, source_name, actor, status, created_at) values ($1, $2, $3, $4, 'intended', $5) on conflict do nothing`,
        [entry.contentHash, storable(entry.name), storable(entry.sourceName), entry.actor, new Date(this.store.now())],
      );
      if (made === 1) tx.audit(entry.audit);
      return made === 1;
    });
    const [found] = await this.store.query<DialerCampaignEntry>(
      `select ${CAMPAIGN} from outdial.dialer_campaigns where content_hash = $1`,
      [entry.contentHash],
    );
    if (found === undefined) throw new StoreError("not_found", "the entry of the campaign was removed meanwhile");
    return { entry: found, fresh };
  }

  /** Settles an entry: the campaign's id, or null when it was certainly not created and may be sent again. */
  settleCampaign(contentHash: string, campaignId: string | null, audit: readonly AuditInput[]): Promise<void> {
    return this.store.commit(async (tx) => {
      await (campaignId === null
        ? tx.query("delete from outdial.dialer_campaigns where content_hash = $1 and status = 'intended'", [contentHash])
        : tx.query("update outdial.dialer_campaigns set status = 'created', campaign_id = $2 where content_hash = $1", [
            contentHash,
            campaignId,
          ]));
      tx.audit(audit);
    });
  }

  /**
   * Runs work that no other process on this database runs at the same time under the same name.
   * @param longest how long a process that freezes in the middle of it keeps the others out, ms
   */
  inTurn<T>(name: string, work: () => Promise<T>, longest = 300_000): Promise<T> {
    return this.store.commit(async (tx) => {
      await tx.query("select set_config('idle_in_transaction_session_timeout', $1, true)", [String(longest)]);
      await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`outdial ${name}`]);
      return work();
    });
  }

  async #end(tx: Tx, jobId: string, end: NonNullable<DialerStep["end"]>): Promise<void> {
    const now = this.store.now();
    await endJob(tx, jobId, end, now);
    await tx.query(
      `update outdial.dialer_changes set message = $2, outcome = $3, ended_at = $4, settings = coalesce($5, settings), settings_hash = coalesce($6, settings_hash),
         tag = coalesce($7, tag), rejected = $8 where job_id = $1`,
      [
        jobId,
        end.message === null ? null : storable(end.message),
        end.outcome ?? null,
        end.outcome === undefined ? null : new Date(now),
        end.settings === undefined ? null : JSON.stringify(end.settings),
        end.settingsHash ?? null,
        end.tag ?? null,
        end.rejected ?? false,
      ],
    );
  }
}
