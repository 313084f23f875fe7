// The queue of the vendor's events: durable when `add` resolves; each event is stored once and claimed by one worker at a time.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";

// Types of the queue of the vendor's events.

/** The vendor's two kinds of webhook (contract §2.4). */
export const INBOUND_CHANNELS = ["omnichannel", "dialer"] as const;
/** The kind of webhook that an event came by. */
export type InboundChannel = (typeof INBOUND_CHANNELS)[number];

/** pending → done, ignored (unknown type) or aside (cannot be processed; → pending again when replayed). */
type InboundStatus = "pending" | "done" | "ignored" | "aside";

/** An event as received. */
export interface NewInboundEvent {
  readonly channel: InboundChannel;
  /** The vendor's id; a second event of a channel with the same id is a repetition. */
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Instant;
  /** The whole event, JSON. */
  readonly body: string;
}

/** A claimed event, to be settled before its claim expires. */
export interface ClaimedInbound extends NewInboundEvent {
  readonly id: number;
  /** Attempts before this one. */
  readonly attempts: number;
  readonly receivedAt: Instant;
}

/** The result of an attempt. */
export interface SettledInbound {
  readonly id: number;
  /** `pending`: to be tried again at `nextAttemptAt`. */
  readonly status: InboundStatus;
  readonly reason?: string | undefined;
  readonly nextAttemptAt?: Instant | undefined;
}

/** An event with its state, for people. */
export interface InboundEvent extends ClaimedInbound {
  readonly status: InboundStatus;
  readonly reason: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly settledAt: Instant | null;
}

/** Number of events by state. */
interface InboundCounts {
  readonly pending: number;
  readonly aside: number;
  /** Age of the oldest pending event, ms; null when there is none. */
  readonly oldestPendingMs: number | null;
}

const ADD = {
  name: "inbound-add",
  text: `insert into outdial.inbound_events (channel, event_id, type, occurred_at, received_at, body, next_attempt_at)
    select channel, event_id, type, to_timestamp(occurred / 1000), $6::timestamptz, body, $6::timestamptz
    from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}, $4::float8[], ${textColumn("$5")}) as e (channel, event_id, type, occurred, body)
    on conflict (channel, event_id) do nothing returning channel, event_id as "eventId"`,
};

const COLUMNS = `e.id, e.channel, e.event_id as "eventId", e.type, e.occurred_at as "occurredAt", e.received_at as "receivedAt", e.body, e.attempts`;

const CLAIM = {
  name: "inbound-claim",
  text: `with due as (
      select id from outdial.inbound_events where status = 'pending' and next_attempt_at <= $1
      order by next_attempt_at, id limit $2 for update skip locked)
    update outdial.inbound_events e set claimed_by = $3, next_attempt_at = $4
    from due where e.id = due.id returning ${COLUMNS}`,
};

const SETTLE = {
  name: "inbound-settle",
  text: `update outdial.inbound_events e set status = s.status, reason = s.reason, attempts = attempts + 1, claimed_by = null,
      next_attempt_at = to_timestamp(s.next / 1000), settled_at = case when s.status = 'pending' then null else $5::timestamptz end
    from unnest($1::bigint[], ${textColumn("$2")}, ${textColumn("$3")}, $4::float8[]) as s (id, status, reason, next)
    where e.id = s.id and e.status = 'pending' and e.claimed_by = $6 returning e.id`,
};

/** Adds, claims, settles, lists and replays events. Times are on the store's clock. */
export class Inbound extends Ledger {
  /**
   * Stores events, due at once. Returns for each whether it is new: false for an event with a known channel and id, or one that
   * occurs twice in the list. Throws StoreError `other_tenant`.
   */
  async add(events: readonly NewInboundEvent[]): Promise<boolean[]> {
    if (events.length === 0) return [];
    const { displaced } = this.store.hold;
    if (displaced !== undefined) throw displaced.error;
    const column = (name: "channel" | "eventId" | "type" | "body") => joinTexts(events.map((event) => event[name]));
    const values = [
      column("channel"),
      column("eventId"),
      column("type"),
      numberArray(events.map(({ occurredAt }) => occurredAt)),
      column("body"),
      new Date(this.store.now()),
    ];
    const rows = await this.store.query<{ channel: string; eventId: string }>({ ...ADD, values });
    const fresh = new Set(rows.map(({ channel, eventId }) => `${channel} ${eventId}`));
    return events.map(({ channel, eventId }) => fresh.delete(`${channel} ${eventId}`));
  }

  /** Claims due events, oldest first. An event that is not settled within `claimMs` becomes due again. */
  async claimDue(by: string, limit: number, claimMs: number): Promise<ClaimedInbound[]> {
    const now = this.store.now();
    const values = [new Date(now), limit, by, new Date(now + claimMs)];
    const rows = await this.store.query<ClaimedInbound>({ ...CLAIM, values });
    return rows.sort((a, b) => a.id - b.id);
  }

  /**
   * Writes the results of attempts and, in the same transaction, the audit entries of events that `by` still held, so that an
   * event is in the audit log once.
   * @param audit entries by the event's `id`
   */
  async settle(
    by: string,
    settled: readonly SettledInbound[],
    audit: ReadonlyMap<number, AuditInput> = new Map(),
  ): Promise<void> {
    if (settled.length === 0) return;
    const values = [
      numberArray(settled.map(({ id }) => id)),
      joinTexts(settled.map(({ status }) => status)),
      joinTexts(settled.map(({ reason }) => reason ?? null)),
      numberArray(settled.map(({ nextAttemptAt }) => nextAttemptAt ?? null)),
      new Date(this.store.now()),
      by,
    ];
    if (audit.size === 0) await this.store.query({ ...SETTLE, values });
    else
      await this.store.commit(async (tx) => {
        const rows = await tx.query<{ id: number }>({ ...SETTLE, values });
        tx.audit(rows.flatMap(({ id }) => audit.get(id) ?? []));
      });
  }

  /** A page of events, newest first. */
  list(query: { status?: InboundStatus | undefined; before?: number | undefined; limit?: number } = {}): Promise<InboundEvent[]> {
    return this.store.query<InboundEvent>(
      `select ${COLUMNS}, e.status, e.reason, e.next_attempt_at as "nextAttemptAt", e.settled_at as "settledAt" from outdial.inbound_events e
       where ($1::text is null or status = $1) and ($2::bigint is null or id < $2) order by id desc limit $3`,
      [query.status ?? null, query.before ?? null, query.limit ?? 100],
    );
  }

  /**
   * Makes events that were set aside pending again, with a new count of attempts; all of them when no ids are given. Returns how
   * many.
   */
  async replay(ids?: readonly number[]): Promise<number> {
    const rows = await this.store.query(
      `update outdial.inbound_events set status = 'pending', attempts = 0, reason = null, settled_at = null, next_attempt_at = $1
       where status = 'aside' and ($2::bigint[] is null or id = any($2::bigint[])) returning id`,
      [new Date(this.store.now()), ids === undefined ? null : numberArray(ids)],
    );
    return rows.length;
  }

  async counts(): Promise<InboundCounts> {
    const [row] = await this.store.query<InboundCounts>(
      // Each from its own index.
      `select count(*)::int as pending, (select count(*)::int from outdial.inbound_events where status = 'aside') as aside,
         (extract(epoch from $1::timestamptz - min(received_at)) * 1000)::float8 as "oldestPendingMs"
       from outdial.inbound_events where status = 'pending'`,
      [new Date(this.store.now())],
    );
    return row ?? { pending: 0, aside: 0, oldestPendingMs: null };
  }
}
