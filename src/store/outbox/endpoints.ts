// The receivers that the store has, and those that fail or are switched off. Events are written for the receivers of the store,
// whichever process writes them: one that is set up without a receiver writes them, too, and one that has it delivers them. No
// process claims events for a receiver that is off (see the outbox's claim); its events wait.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { ALARMS, MAIL } from "./insert.ts";
import type { OutboxEvent } from "./types.ts";

/** State of a receiver. */
export interface EndpointState {
  readonly name: string;
  /** Since when every attempt has failed; null when it works. */
  readonly failingSince: Instant | null;
  /** Since when it is switched off; null when it is on. */
  readonly offSince: Instant | null;
  readonly offReason: string | null;
  /** The store has it: events are written for it. */
  readonly known: boolean;
}

const STATE = `name, failing_since as "failingSince", off_since as "offSince", off_reason as "offReason",
  known_at is not null as known`;

/** A delivery to a receiver ends its `failingSince`; the outbox does that when it marks the delivery. */
export class Endpoints extends Ledger {
  /** Whether the store has a receiver, as this process last read: events are written for it. Makes no request. */
  has(name: string): boolean {
    return this.store.receivers.has(name);
  }

  /** The name under which alarms are emitted; undefined when the store has no receiver of alarms. Makes no request. */
  get alarms(): string | undefined {
    return this.has(ALARMS) || this.has(MAIL) ? ALARMS : undefined;
  }

  /** Adds the receivers that a process is set up with, and reads which ones the store has. */
  async learn(own: readonly string[]): Promise<void> {
    const known = async () =>
      new Set(
        (await this.store.query<{ name: string }>("select name from outdial.endpoints where known_at is not null")).map(
          ({ name }) => name,
        ),
      );
    this.store.receivers = await known();
    if (own.every((name) => this.has(name))) return;
    await this.store.query(
      `insert into outdial.endpoints (name, known_at) select name, $2 from unnest($1::text[]) as own (name)
       on conflict (name) do update set known_at = excluded.known_at where endpoints.known_at is null`,
      [own, new Date(this.store.now())],
    );
    this.store.receivers = await known();
  }

  /**
   * A person says that a receiver is gone: no events are written for it any more, and those that wait become dead letters. A
   * process that is set up with it adds it again. False when the store did not have it.
   */
  async forget(name: string, audit: AuditInput): Promise<boolean> {
    const forgotten = await this.store.commit(async (tx) => {
      if (
        (await tx.change("update outdial.endpoints set known_at = null where name = $1 and known_at is not null", [name])) !== 1
      )
        return false;
      tx.audit([audit]);
      tx.last(() =>
        tx.query(
          "update outdial.outbox set status = 'dead', next_attempt_at = null, last_error = $2 where endpoint = $1 and status = 'pending' and claimed_by is null",
          [name, `${audit.actor} said that the receiver is gone`],
        ),
      );
      return true;
    });
    if (forgotten) await this.learn([]);
    return forgotten;
  }

  /** Receivers that the store has, and those that fail or are off, now or at some time; all others are on. */
  list(): Promise<EndpointState[]> {
    return this.store.query<EndpointState>(`select ${STATE} from outdial.endpoints order by name`);
  }

  /** Records a failed delivery. Returns since when the receiver fails. */
  async failed(name: string): Promise<Instant> {
    const now = this.store.now();
    const [row] = await this.store.query<{ at: number }>(
      `insert into outdial.endpoints (name, failing_since) values ($1, $2)
       on conflict (name) do update set failing_since = coalesce(endpoints.failing_since, excluded.failing_since) returning failing_since as at`,
      [name, new Date(now)],
    );
    return row?.at ?? now;
  }

  /** Switches a receiver off, with its audit entry and alarms in the same transaction. False when it was already off. */
  switchOff(name: string, reason: string, notice: { audit: AuditInput; events: readonly OutboxEvent[] }): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const changed = await tx.change(
        `insert into outdial.endpoints (name, off_since, off_reason) values ($1, $2, $3)
         on conflict (name) do update set off_since = excluded.off_since, off_reason = excluded.off_reason where endpoints.off_since is null`,
        [name, new Date(this.store.now()), reason],
      );
      if (changed !== 1) return false;
      tx.audit([notice.audit]);
      tx.emit(notice.events);
      return true;
    });
  }

  /** When a receiver was last switched on; null when it never was. */
  async onSince(name: string): Promise<Instant | null> {
    const [row] = await this.store.query<{ at: Instant | null }>("select on_since as at from outdial.endpoints where name = $1", [
      name,
    ]);
    return row?.at ?? null;
  }

  /** Switches a receiver on: its events are due at once, and its failures are counted anew. False when it was not off. */
  switchOn(name: string, audit: AuditInput): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const changed = await tx.change(
        "update outdial.endpoints set off_since = null, off_reason = null, failing_since = null, on_since = $2 where name = $1 and off_since is not null",
        [name, new Date(this.store.now())],
      );
      if (changed !== 1) return false;
      tx.audit([audit]);
      // After the audit log's lock, like all changes to the outbox.
      tx.last(() =>
        tx.query(
          "update outdial.outbox set next_attempt_at = $2 where status = 'pending' and endpoint = $1 and claimed_by is null and next_attempt_at > $2",
          [name, new Date(this.store.now())],
        ),
      );
      return true;
    });
  }
}
