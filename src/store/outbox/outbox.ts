// The outbox: events wait here until their endpoint has accepted them, in order per subject.
//
// An event is due when it is pending, its time has come and no earlier event of the same endpoint and subject is pending. A claim
// moves the time to the end of the claim. When an event must wait, those after it get the same time, so that they do not slow
// down the search for due events; when it is settled, they become due.

import { Ledger } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import type {
  Claim,
  ClaimedEvent,
  Delivery,
  DeliveryFailure,
  DeliveryQuery,
  EndpointCounts,
  EventOrder,
  FailedAttempt,
  NewEvent,
  ReplayQuery,
} from "./types.ts";

// Until the table has been analysed, the planner considers all indexes equally good. "… is true" excludes a condition from the
// choice of index, so that subjects are looked up by subject and marked events by id, whatever the statistics.

const claim = (name: string, wanted: { also?: string; blocks: string; order: string }) => {
  const text = (isFree: string) => `with due as (
      select id from outdial.outbox o
      where status = 'pending' and endpoint = $1 and next_attempt_at <= $2 ${wanted.also ?? ""}
        and not exists (select from outdial.endpoints e where e.name = $1 and e.off_since is not null)
        ${isFree}
      order by ${wanted.order} limit $3 for update skip locked)
    update outdial.outbox o set claimed_by = $4, claimed_until = $5, next_attempt_at = $5
    from due where o.id = due.id and o.status = 'pending'
    returning o.id, o.event_id as "eventId", o.endpoint, o.subject, o.type, o.body, o.attempts, o.last_status as "lastStatus", o.created_at as "createdAt", o.claimed_until as "claimedUntil"`;
  const isFirst = `and not exists (
          select from outdial.outbox earlier
          where earlier.status = 'pending' and (earlier.endpoint = $1) is true and left(earlier.subject, 200) collate "C" = left(o.subject, 200) collate "C" and earlier.id < o.id ${wanted.blocks})`;
  return { subject: { name, text: text(isFirst) }, none: { name: `${name}-apart`, text: text("") } };
};
const CLAIM = claim("outbox-claim", { blocks: "", order: "next_attempt_at, id" });
const CLAIM_EXCEPT = claim("outbox-claim-except", {
  also: "and (o.type <> all($6::text[])) is true",
  blocks: "and earlier.type <> all($6::text[])",
  order: "next_attempt_at, id",
});
/**
 * Due events are sent together, so only events that are not due block others: those claimed by another worker, or to be tried
 * again later.
 */
const CLAIM_TOGETHER = claim("outbox-claim-together", {
  also: "and (o.type = any($6::text[])) is true and (o.created_at < $7) is true and (o.last_status = any($8::smallint[])) is not true",
  blocks: "and earlier.next_attempt_at > $2",
  order: "id",
});

/** Settles events; where those of a subject are in order, the events behind them wait with them, or become due. */
const settling = (name: string, steps: string, { settled, next, moves }: { settled: string; next: string; moves: string }) => ({
  subject: {
    name,
    text: `${steps}
    update outdial.outbox behind set next_attempt_at = ${next} from ${settled}
    where behind.status = 'pending' and (behind.endpoint = ${settled}.endpoint) is true and left(behind.subject, 200) collate "C" = left(${settled}.subject, 200) collate "C"
      and behind.id > ${settled}.id and behind.next_attempt_at ${moves} ${next} and behind.claimed_by is null`,
  },
  none: { name: `${name}-apart`, text: `${steps} select from ${settled}` },
});

const DELIVERED = settling(
  "outbox-delivered",
  `with sent as (
      update outdial.outbox o set status = 'delivered', attempts = attempts + 1, delivered_at = $3, next_attempt_at = null,
        claimed_by = null, claimed_until = null, last_status = done.code, last_error = null
      from unnest($1::bigint[], $2::smallint[]) as done (id, code) where o.id = done.id and (o.status = 'pending') is true
      returning o.endpoint, o.subject, o.id),
    counted as (
      insert into outdial.delivered_counts as c (endpoint, delivered) select endpoint, count(*) from sent group by endpoint order by endpoint
      on conflict (endpoint) do update set delivered = c.delivered + excluded.delivered),
    recovered as (
      update outdial.endpoints e set failing_since = null where e.failing_since is not null and e.name in (select endpoint from sent))`,
  { settled: "sent", next: "$3", moves: ">" },
);

const FAILED = settling(
  "outbox-failed",
  `with failed as (
      update outdial.outbox o set status = case when next is null then 'dead' else 'pending' end, attempts = attempts + 1,
        next_attempt_at = to_timestamp(next / 1000), claimed_by = null, claimed_until = null, last_status = code, last_error = error
      from unnest($1::bigint[], $2::smallint[], ${textColumn("$3")}, $4::float8[]) as done (id, code, error, next)
      where o.id = done.id and (o.status = 'pending') is true and o.claimed_by = $6
      returning o.endpoint, o.subject, o.id, coalesce(o.next_attempt_at, $5) as next, o.last_status, o.last_error),
    kept as (
      insert into outdial.delivery_attempts (delivery_id, at, status, error) select id, $5, last_status, coalesce(last_error, '') from failed)`,
  { settled: "failed", next: "failed.next", moves: "is distinct from" },
);

const NONE = { endpoints: [], types: [] };
/** Events that are made pending again by one statement. */
const REPLAYED = 1_000;

/** Adds, claims, settles, lists and replays events. Times are on the store's clock. */
export class Outbox extends Ledger {
  /** Adds events in a transaction of their own; those of a job's items are added by `JobLedger.commitBatch`. */
  async add(events: readonly NewEvent[]): Promise<void> {
    if (events.length > 0) await this.store.commit((tx) => tx.emit(events));
  }

  /** Claims due events of an endpoint, oldest first. An event that is not settled within `claimMs` becomes due again. */
  async claimDue({ endpoint, limit, by, claimMs, except, together, order = "subject" }: Claim): Promise<ClaimedEvent[]> {
    const now = this.store.now();
    const values = [endpoint, new Date(now), limit, by, new Date(now + claimMs)];
    const statement =
      together !== undefined
        ? {
            ...CLAIM_TOGETHER[order],
            values: [...values, [...together.types], new Date(together.before), numberArray(together.unless)],
          }
        : except !== undefined
          ? { ...CLAIM_EXCEPT[order], values: [...values, [...except]] }
          : { ...CLAIM[order], values };
    const rows = await this.store.query<ClaimedEvent>(statement);
    return rows.sort((a, b) => a.id - b.id);
  }

  /** Marks deliveries as accepted, even when another worker holds the claim by now. */
  async markDelivered(
    delivered: readonly { readonly id: number; readonly status: number }[],
    order: EventOrder = "subject",
  ): Promise<void> {
    if (delivered.length === 0) return;
    const values = [
      numberArray(delivered.map(({ id }) => id)),
      numberArray(delivered.map(({ status }) => status)),
      new Date(this.store.now()),
    ];
    await this.store.query({ ...DELIVERED[order], values });
  }

  /** Records failed attempts: to be tried again, or dead. Events that `by` no longer holds are left alone. */
  async markFailed(by: string, failed: readonly FailedAttempt[], order: EventOrder = "subject"): Promise<void> {
    if (failed.length === 0) return;
    const values = [
      numberArray(failed.map(({ id }) => id)),
      numberArray(failed.map(({ status }) => status ?? null)),
      joinTexts(failed.map(({ error }) => error)),
      numberArray(failed.map(({ nextAttemptAt }) => nextAttemptAt)),
      new Date(this.store.now()),
      by,
    ];
    await this.store.query({ ...FAILED[order], values });
  }

  /** Returns claimed events without an attempt: for a worker that stops, or an endpoint that is down. */
  async release(by: string, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.store.query(
      `update outdial.outbox set next_attempt_at = $2, claimed_by = null, claimed_until = null where id = any($1::bigint[]) and status = 'pending' and claimed_by = $3`,
      [numberArray(ids), new Date(this.store.now()), by],
    );
  }

  /** The workers with claims on events of an endpoint. @param claimMs the longest duration of a claim */
  async claimants(endpoint: string, claimMs: number): Promise<string[]> {
    const now = this.store.now();
    const rows = await this.store.query<{ by: string }>(
      `select distinct claimed_by as by from outdial.outbox
       where status = 'pending' and endpoint = $1 and next_attempt_at > $2 and next_attempt_at <= $3 and claimed_by is not null`,
      [endpoint, new Date(now), new Date(now + claimMs)],
    );
    return rows.map(({ by }) => by);
  }

  /** Returns everything of an endpoint that a dead worker has claimed. @returns how many */
  async releaseAll(endpoint: string, by: string): Promise<number> {
    const now = new Date(this.store.now());
    const rows = await this.store.query(
      `update outdial.outbox set next_attempt_at = $3, claimed_by = null, claimed_until = null
       where status = 'pending' and endpoint = $1 and next_attempt_at > $3 and claimed_by = $2 returning 1`,
      [endpoint, by, now],
    );
    return rows.length;
  }

  /** When the next event of an endpoint becomes due (possibly in the past), ms; undefined when none is pending. */
  async nextDue(endpoint: string): Promise<number | undefined> {
    const [row] = await this.store.query<{ at: number | null }>(
      // Not min(): PostgreSQL 15 reads all that wait for it.
      "select next_attempt_at as at from outdial.outbox where status = 'pending' and endpoint = $1 order by next_attempt_at limit 1",
      [endpoint],
    );
    return row?.at ?? undefined;
  }

  /** A page of deliveries. */
  async listDeliveries(query: DeliveryQuery = {}): Promise<Delivery[]> {
    const [order, behind] = query.newestFirst ? ["desc", "<"] : ["asc", ">"];
    return this.store.query<Delivery>(
      `select id, event_id as "eventId", endpoint, subject, type, body, status, attempts, created_at as "createdAt", next_attempt_at as "nextAttemptAt",
         last_status as "lastStatus", last_error as "lastError", delivered_at as "deliveredAt"
       from outdial.outbox where ($1::bigint[] is null or id = any($1)) and ($2::bigint is null or id ${behind} $2)
         and ($3::text is null or endpoint = $3) and ($4::text is null or status = $4) and ($5::text is null or subject = $5)
       order by id ${order} limit $6`,
      [
        query.ids === undefined ? null : numberArray(query.ids),
        query.after ?? null,
        query.endpoint ?? null,
        query.status ?? null,
        query.subject ?? null,
        query.limit ?? 100,
      ],
    );
  }

  /** The failed attempts at a delivery, oldest first. */
  failures(id: number): Promise<DeliveryFailure[]> {
    return this.store.query<DeliveryFailure>(
      "select at, status, error from outdial.delivery_attempts where delivery_id = $1 order by at, ctid limit 1000",
      [id],
    );
  }

  /**
   * Makes dead (or delivered) events pending again, with a new count of attempts; in batches, so that nobody who claims or writes waits for all of them.
   * @param told how many of a batch are pending again: they stay so when a later batch fails
   * @returns how many
   */
  async replay(query: ReplayQuery = {}, told: (count: number) => void = () => undefined): Promise<number> {
    const status = query.status ?? "dead";
    const found = await this.store.query<{ id: number }>(
      `select id from outdial.outbox where status = $1 and ($2::text is null or endpoint = $2) and ($3::bigint[] is null or id = any($3))
         and ($4::bigint is null or id >= $4) and ($5::bigint is null or id <= $5) order by id`,
      [
        status,
        query.endpoint ?? null,
        query.ids === undefined ? null : numberArray(query.ids),
        query.fromId ?? null,
        query.toId ?? null,
      ],
    );
    let sum = 0;
    for (let from = 0; from < found.length; from += REPLAYED) {
      const again = await this.store.query(
        `update outdial.outbox set status = 'pending', attempts = 0, next_attempt_at = $1, delivered_at = null, claimed_by = null, claimed_until = null
         where id = any($3::bigint[]) and (status = $2) is true returning 1`,
        [new Date(this.store.now()), status, numberArray(found.slice(from, from + REPLAYED).map(({ id }) => id))],
      );
      sum += again.length;
      told(again.length);
    }
    return sum;
  }

  /**
   * Number of events by state, for each endpoint; no event that was delivered is read. @param held pending events that are held back on
   * purpose: they are counted, but do not determine the age
   */
  async counts(
    held: { readonly endpoints: readonly string[]; readonly types: readonly string[] } = NONE,
  ): Promise<EndpointCounts[]> {
    return this.store.query<EndpointCounts>(
      `select endpoint, sum(pending)::int as pending, sum(delivered)::bigint as delivered, sum(dead)::int as dead, max(last_dead) as "lastDead",
         (extract(epoch from $1::timestamptz - min(oldest)) * 1000)::float8 as "oldestPendingMs"
       from (select endpoint, count(*) as pending, 0 as delivered, 0 as dead, null::bigint as last_dead,
               min(created_at) filter (where not (endpoint = any($2::text[]) and type = any($3::text[]))) as oldest
             from outdial.outbox where status = 'pending' group by endpoint
             union all select endpoint, 0, 0, count(*), max(id), null from outdial.outbox where status = 'dead' group by endpoint
             union all select endpoint, 0, delivered, 0, null, null from outdial.delivered_counts) as parts
       group by endpoint order by endpoint`,
      [new Date(this.store.now()), [...held.endpoints], [...held.types]],
    );
  }

  /** Age of the oldest pending event, ms; undefined when none is pending. */
  async oldestPendingAge(endpoint?: string): Promise<number | undefined> {
    const [row] = await this.store.query<{ at: number | null }>(
      "select min(created_at) as at from outdial.outbox where status = 'pending' and ($1::text is null or endpoint = $1)",
      [endpoint ?? null],
    );
    return typeof row?.at === "number" ? this.store.now() - row.at : undefined;
  }
}
