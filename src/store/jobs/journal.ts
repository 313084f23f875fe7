// The journals of work that goes step by step (changes of dialer settings, applies of campaign plans): one event after the other, each with
// the phase that it leads to.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type StoreCore, type Tx } from "../commit.ts";
import { notOwner } from "../error.ts";
import type { OutboxEvent } from "../outbox/types.ts";

/** One thing that happened, with what follows from it: written in one transaction. */
export interface JournalStep {
  readonly jobId: string;
  /** The replica that runs it. */
  readonly executor: string;
  /** Place in the journal, from 0; a place that is taken means that somebody else writes. */
  readonly seq: number;
  /** JSON. */
  readonly event: unknown;
  readonly at: Instant;
  readonly phase: string;
  readonly audit: readonly AuditInput[];
  readonly events: readonly OutboxEvent[];
}

/** A ledger of such work. */
export abstract class JournalLedger extends Ledger {
  readonly #events: string;
  readonly #works: string;

  /** @param events table of the events; `works`: table of the works, by `job_id` with their `phase` */
  constructor(store: StoreCore, events: string, works: string) {
    super(store);
    this.#events = events;
    this.#works = works;
  }

  /** The journal of a job; JSON as it was written. */
  async journal(jobId: string): Promise<unknown[]> {
    const rows = await this.store.query<{ event: unknown }>(`select event from ${this.#events} where job_id = $1 order by seq`, [
      jobId,
    ]);
    return rows.map(({ event }) => event);
  }

  /** Writes a step, and by `more` what else follows from it. Throws StoreError `not_owner`. */
  protected write(step: JournalStep, more: (tx: Tx) => Promise<void>): Promise<void> {
    return this.store.commit(async (tx) => {
      await tx.fence(step.jobId, step.executor);
      if (!(await this.enter(tx, step))) throw notOwner(step.jobId, step.executor);
      await more(tx);
      tx.emit(step.events);
    });
  }

  /** Enters an event with its audit entries. False, and nothing written, when its place is taken. */
  protected async enter(tx: Tx, step: Omit<JournalStep, "executor" | "events">): Promise<boolean> {
    const made = await tx.change(
      `insert into ${this.#events} (job_id, seq, event, at) values ($1, $2, $3, $4) on conflict do nothing`,
      [step.jobId, step.seq, JSON.stringify(step.event), new Date(step.at)],
    );
    if (made !== 1) return false;
    await tx.query(`update ${this.#works} set phase = $2 where job_id = $1`, [step.jobId, step.phase]);
    tx.audit(step.audit);
    return true;
  }
}
