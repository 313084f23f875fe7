// Journals of work that is done in steps (changes of dialer settings, applies of campaign plans): a sequence of events, each with
// the phase it leads to.

import type { Instant } from "../../kernel/index.ts";
import type { AuditInput } from "../audit/entry.ts";
import { Ledger, type StoreCore, type Tx } from "../commit.ts";
import { notOwner } from "../error.ts";
import type { NewEvent } from "../outbox/types.ts";

/** One event with its consequences, written in one transaction. */
export interface JournalStep {
  readonly jobId: string;
  /** The replica that runs it. */
  readonly executor: string;
  /** Position in the journal, from 0; when it is taken, another process is writing. */
  readonly seq: number;
  /** JSON. */
  readonly event: unknown;
  readonly at: Instant;
  readonly phase: string;
  readonly audit: readonly AuditInput[];
  readonly events: readonly NewEvent[];
}

/** A ledger of such work. */
export abstract class JournalLedger extends Ledger {
  readonly #events: string;
  readonly #works: string;

  /** @param events table of the events; @param works table of the work, by `job_id` with its `phase` */
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

  /** Writes a step, and with `more` its further consequences. Throws StoreError `not_owner`. */
  protected write(step: JournalStep, more: (tx: Tx) => Promise<void>): Promise<void> {
    return this.store.commit(async (tx) => {
      await tx.fence(step.jobId, step.executor);
      if (!(await this.enter(tx, step))) throw notOwner(step.jobId, step.executor);
      await more(tx);
      tx.emit(step.events);
    });
  }

  /** Inserts an event with its audit entries. False, and nothing is written, when its position is taken. */
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
