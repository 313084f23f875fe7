// The last reading of each thing at the tenant: its value, its time, and why the latest attempt failed.

import type { Instant } from "../../kernel/index.ts";
import { Ledger } from "../commit.ts";
import { storable } from "../database/arrays.ts";

/**
 * - `campaigns`: the list of campaigns; its rows are in the known campaigns.
 * - `campaign`: the vendor's document of one campaign.
 * - `figures`: the metrics of one campaign; they are in the metric readings.
 * - `gate`: the pre-dial gate's result for one campaign.
 * - `dialer`: the dialer settings in force.
 * - `do-not-call`: how the tenant's do-not-call groups compare with the company's list, for a campaign that dials.
 * - `workload`: the work left in one campaign: its lists, pace, agents' time and callbacks.
 * - `callbacks`: the scheduled callbacks of one campaign, of all answers. `calling-lists`: the lists that people who opted out are taken off.
 * - `opt-outs`: how far opt-outs were carried out at the tenant; of one campaign, what its last push left.
 */
type TenantReadingKind =
  | "campaigns"
  | "campaign"
  | "figures"
  | "gate"
  | "dialer"
  | "workload"
  | "do-not-call"
  | "callbacks"
  | "calling-lists"
  | "opt-outs";

/** Why an attempt failed. */
export interface ReadingProblem {
  readonly code: string;
  readonly message: string;
  /** Of a stored one: when the first of the attempts ended that have failed since the last good one, ms since the epoch. */
  readonly since?: Instant | undefined;
}

/** A reading. */
export interface TenantReading {
  readonly what: TenantReadingKind;
  /** The campaign; empty for `campaigns` and `dialer`. */
  readonly subject: string;
  /** JSON as stored, to be parsed; null when it was never read. */
  readonly value: unknown;
  /** When `value` was read; null when it never was. */
  readonly readAt: Instant | null;
  /** Why the latest attempt failed; null when it did not. */
  readonly problem: ReadingProblem | null;
  /** When the latest attempt ended. */
  readonly triedAt: Instant | null;
  /** From then on it must be read again, whatever its age; null when only its age counts. */
  readonly goodUntil: Instant | null;
}

/** A time that lies so far ahead, ms, is of a clock that was set back since: it says nothing of what is newer. */
export const AHEAD_MS = 60_000;
const AHEAD = `interval '${AHEAD_MS} ms'`;
const TIMES = `what, subject, read_at as "readAt", problem, tried_at as "triedAt", good_until as "goodUntil"`;
const COLUMNS = `${TIMES}, value`;
const keyOf = ({ what, subject = "" }: ReadingKey) => [what, storable(subject)] as const;

/** Identifies a reading. */
export interface ReadingKey {
  readonly what: TenantReadingKind;
  readonly subject?: string | undefined;
}

/** Writes and reads what was last read of the tenant. */
export class TenantReadings extends Ledger {
  /** All readings of some kinds. @param subject only for this campaign */
  list(kinds: readonly TenantReadingKind[], subject?: string): Promise<TenantReading[]> {
    return this.store.query<TenantReading>(
      `select ${COLUMNS} from outdial.tenant_readings where what = any ($1::text[]) and ($2::text is null or subject = $2)`,
      [kinds, subject === undefined ? null : storable(subject)],
    );
  }

  /** The same without values: when each was read and tried. */
  times(): Promise<Omit<TenantReading, "value">[]> {
    return this.store.query(`select ${TIMES} from outdial.tenant_readings`);
  }

  async find(key: ReadingKey): Promise<TenantReading | undefined> {
    const [row] = await this.store.query<TenantReading>(
      `select ${COLUMNS} from outdial.tenant_readings where what = $1 and subject = $2`,
      [...keyOf(key)],
    );
    return row;
  }

  /**
   * Claims a reading for this process, unless another process has it, or its latest attempt ended after `unless` and it is still
   * good. Exactly one of several callers gets true.
   * @param until when the claim expires, in case this process dies
   */
  async claim(key: ReadingKey, { now, unless, until }: { now: Instant; unless: Instant; until: Instant }): Promise<boolean> {
    const rows = await this.store.query(
      `insert into outdial.tenant_readings as known (what, subject, claimed_until) values ($1, $2, $5)
       on conflict (what, subject) do update set claimed_until = excluded.claimed_until
         where (known.tried_at is null or known.tried_at <= $4 or known.tried_at > $3::timestamptz + ${AHEAD} or known.good_until <= $3) and (known.claimed_until is null or known.claimed_until <= $3)
       returning 1`,
      [...keyOf(key), new Date(now), new Date(unless), new Date(until)],
    );
    return rows.length === 1;
  }

  /**
   * Stores a successful reading. One of older things than the stored one changes nothing, and one that expired since it began must be
   * made again.
   * @param value JSON @param options `at`: of when the oldest of its parts is; `began`: when it began, unless that is the same
   */
  async keep(
    key: ReadingKey,
    value: unknown,
    {
      at,
      began = at,
      now,
      goodUntil = null,
    }: { at: Instant; began?: Instant | undefined; now: Instant; goodUntil?: Instant | null | undefined },
  ): Promise<void> {
    await this.store.query(
      `insert into outdial.tenant_readings as known (what, subject, value, read_at, tried_at, good_until) values ($1, $2, $3, $4, $5, $6)
       on conflict (what, subject) do update set value = excluded.value, read_at = excluded.read_at, tried_at = excluded.tried_at,
         good_until = case when known.good_until > $7 and known.good_until <= excluded.tried_at
           then known.good_until else excluded.good_until end, problem = null, claimed_until = null
       where known.read_at is null or known.read_at <= excluded.read_at or known.read_at > excluded.tried_at + ${AHEAD}`,
      [
        ...keyOf(key),
        JSON.stringify(value ?? null),
        new Date(at),
        new Date(now),
        goodUntil === null ? null : new Date(goodUntil),
        new Date(began),
      ],
    );
  }

  /** Adds an answer to what is kept of earlier ones, one process after the other. @returns what is kept now */
  add<Value>(key: ReadingKey, now: Instant, added: (before: unknown) => Value): Promise<Value> {
    return this.store.commit(async (tx) => {
      await tx.query("insert into outdial.tenant_readings (what, subject) values ($1, $2) on conflict do nothing", [
        ...keyOf(key),
      ]);
      const [before] = await tx.query<{ value: unknown }>(
        "select value from outdial.tenant_readings where what = $1 and subject = $2 for update",
        [...keyOf(key)],
      );
      const value = added(before?.value);
      await tx.query(
        "update outdial.tenant_readings set value = $3, read_at = $4, tried_at = $4 where what = $1 and subject = $2",
        [...keyOf(key), JSON.stringify(value), new Date(now)],
      );
      return value;
    });
  }

  /**
   * Stores documents of campaigns as a list gave them, as `keep` does; one that is stored as it is, and younger than two minutes, stays.
   * @param documents JSON by campaign @returns those that were stored otherwise before
   */
  async keepDocuments(
    documents: ReadonlyMap<string, unknown>,
    { at, now }: { at: Instant; now: Instant },
  ): Promise<ReadonlySet<string>> {
    const rows = await this.store.query<{ subject: string }>(
      `with given as materialized (select * from json_to_recordset($1::json) as given (subject text, value jsonb)),
       before as materialized (
         select known.subject, known.value::jsonb, known.read_at from outdial.tenant_readings as known join given using (subject)
         where known.what = 'campaign'),
       stored as (
         insert into outdial.tenant_readings as known (what, subject, value, read_at, tried_at)
         select 'campaign', given.subject, given.value, $2, $3 from given left join before using (subject)
         where before.read_at is null or before.value is distinct from given.value or before.read_at < $2::timestamptz - interval '2 minutes'
           or before.read_at > $3::timestamptz + ${AHEAD}
         on conflict (what, subject) do update set value = excluded.value, read_at = excluded.read_at, tried_at = excluded.tried_at,
           good_until = case when known.good_until > excluded.read_at then known.good_until end, problem = null
         where known.read_at is null or known.read_at <= excluded.read_at or known.read_at > excluded.tried_at + ${AHEAD}
         returning subject)
       select subject from stored join before using (subject) join given using (subject) where before.value is distinct from given.value`,
      [
        JSON.stringify([...documents].map(([subject, value]) => ({ subject: storable(subject), value }))),
        new Date(at),
        new Date(now),
      ],
    );
    return new Set(rows.map(({ subject }) => subject));
  }

  /** The contact list of each of these campaigns whose document was read, by campaign. */
  async contactLists(campaignIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.store.query<{ subject: string; list: string }>(
      `select subject, value ->> 'contactListId' as list from outdial.tenant_readings
       where what = 'campaign' and subject = any ($1::text[]) and value ->> 'contactListId' <> ''`,
      [campaignIds.map(storable)],
    );
    return new Map(rows.map(({ subject, list }) => [subject, list]));
  }

  /** Marks readings of a campaign or of the dialer as outdated, because something was changed. */
  async expire(kinds: readonly TenantReadingKind[], subject: string, now: Instant): Promise<void> {
    await this.store.query("update outdial.tenant_readings set good_until = $3 where what = any ($1::text[]) and subject = $2", [
      kinds,
      storable(subject),
      new Date(now),
    ]);
  }

  /** Records a failed attempt; the last value is kept. */
  async fail(key: ReadingKey, { code, message }: ReadingProblem, now: Instant): Promise<void> {
    await this.store.query(
      `insert into outdial.tenant_readings as known (what, subject, problem, tried_at) values ($1, $2, $3, $4)
       on conflict (what, subject) do update set
         problem = jsonb_set(excluded.problem::jsonb, '{since}', coalesce(known.problem::jsonb -> 'since', excluded.problem::jsonb -> 'since')),
         tried_at = excluded.tried_at, good_until = null,
         claimed_until = null`,
      [...keyOf(key), JSON.stringify({ code, message: storable(message), since: now }), new Date(now)],
    );
  }

  /** Releases a claim without an attempt. */
  async release(key: ReadingKey): Promise<void> {
    await this.store.query("update outdial.tenant_readings set claimed_until = null where what = $1 and subject = $2", [
      ...keyOf(key),
    ]);
  }
}
