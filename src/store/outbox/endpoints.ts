// The receivers that the store has with the types of events that each takes, and those that fail or are switched off. Events are
// written for the receivers of the store, whichever process writes them: one that is set up without a receiver writes them, too,
// and one that has it delivers them. No
// process claims events for a receiver that is off (see the outbox's claim); its events wait.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger } from "../commit.ts";
import { addressed } from "./insert.ts";
import type { NewEvent } from "./types.ts";

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
  /** The types of events that it takes. */
  readonly types: readonly string[];
}

const UNION = "array(select distinct unnest(endpoints.types || excluded.types) order by 1)";
const STATE = `name, failing_since as "failingSince", off_since as "offSince", off_reason as "offReason",
  known_at is not null as known, types`;

/** A delivery to a receiver ends its `failingSince`; the outbox does that when it marks the delivery. */
export class Endpoints extends Ledger {
  /** Whether the store has a receiver that takes a type of event, as this process last read. Makes no request. */
  takes(type: string): boolean {
    return this.store.takers.values().some((types) => types.has(type));
  }

  /**
   * Adds the receivers that a process is set up with, and reads which ones the store has.
   * @param own the types of events that each of them takes
   * @param how `set`: they take these types from now on. `widen`: they take these as well, so that a command that is set up with less takes
   * nothing from a service. `keep`: the types of receivers that the store has stay
   */
  async learn(own: Readonly<Record<string, readonly string[]>>, how: "set" | "widen" | "keep"): Promise<void> {
    await this.#read();
    const differs = ([name, types]: readonly [string, readonly string[]]) => {
      const taken = this.store.takers.get(name);
      if (taken === undefined) return true;
      const lacks = types.some((type) => !taken.has(type));
      return (how !== "keep" && lacks) || (how === "set" && taken.size !== types.length);
    };
    const changed = Object.entries(own).filter(differs);
    if (changed.length === 0) return;
    // One whose types another process has set in the meantime keeps those.
    const types = { set: "excluded.types", widen: UNION, keep: "excluded.types" }[how];
    await this.store.query(
      `insert into outdial.endpoints (name, types, known_at)
       select name, array(select json_array_elements_text(types)), $2 from json_to_recordset($1) as own (name text, types json)
       on conflict (name) do update set known_at = coalesce(endpoints.known_at, excluded.known_at),
         types = case when endpoints.known_at is null then excluded.types else ${types} end
       ${how === "keep" ? "where endpoints.known_at is null" : ""}`,
      [JSON.stringify(changed.map(([name, taken]) => ({ name, types: taken }))), new Date(this.store.now())],
    );
    await this.#read();
  }

  async #read(): Promise<void> {
    const rows = await this.store.query<{ name: string; types: string[] }>(
      "select name, types from outdial.endpoints where known_at is not null order by name",
    );
    this.store.takers = new Map(rows.map(({ name, types }) => [name, new Set(types)]));
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
    if (forgotten) await this.#read();
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
  switchOff(name: string, reason: string, notice: { audit: AuditInput; events: readonly NewEvent[] }): Promise<boolean> {
    return this.store.commit(async (tx) => {
      const changed = await tx.change(
        `insert into outdial.endpoints (name, off_since, off_reason) values ($1, $2, $3)
         on conflict (name) do update set off_since = excluded.off_since, off_reason = excluded.off_reason where endpoints.off_since is null`,
        [name, new Date(this.store.now()), reason],
      );
      if (changed !== 1) return false;
      tx.audit([notice.audit]);
      // Not to itself: it would learn of it when it is on again.
      const others = new Map([...this.store.takers].filter(([taker]) => taker !== name));
      tx.emit(addressed(notice.events, others));
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
