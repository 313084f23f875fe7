// What a stop has done, on its way to the record that keeps it besides memory.

import { type Clock, OutdialError } from "../../../kernel/index.ts";
import type { ListProblem, StopPause, StoppedCampaign, StopRow } from "../../../store/index.ts";
import { inTime } from "../../in-time.ts";
import type { StopPatience } from "./stop-pauses.ts";

/** Where a stop is written down besides memory. */
export interface StopRecord {
  /**
   * @returns the campaigns that a person has resumed since. Rejects with `not_owner` when another process carries the stop out, or
   * it has ended
   */
  write(
    rows: readonly StopRow[],
    pauses: readonly StopPause[],
    problem: ListProblem | null,
  ): Promise<readonly Pick<StoppedCampaign, "campaignId" | "message">[]>;
}

/** Rows that are written at once. */
const ROWS = 500;
/** An answer of the record is good for so long before a pause is sent, ms. */
const FRESH_MS = 250;

interface StopWriterDeps {
  /** Absent for a stop that nothing but its notes remembers. */
  readonly record: StopRecord | undefined;
  readonly clock: Clock;
  readonly patience: Pick<StopPatience, "recordMs" | "resumedMs">;
  readonly problem: () => ListProblem | null;
  /** Ends all waiting: that of the stop, aborted before it is carried out. */
  readonly signal: () => AbortSignal;
  /** A person resumed a campaign after the stop. */
  readonly onResumed: (campaignId: string, message: string | null) => void;
  /** Another process carries the stop out. */
  readonly fail: (thrown: unknown) => void;
  readonly onAway: ((problem: unknown) => void) | undefined;
  readonly onBack: (() => void) | undefined;
}

/** Writes rows and pauses; what cannot be written stays, and is tried again. */
export class StopWriter {
  readonly #deps: StopWriterDeps;
  readonly #rows = new Map<string, StoppedCampaign>();
  #pauses: StopPause[] = [];
  #isProblemDirty = false;
  #writtenAt: number;
  #writing: Promise<void> | undefined;
  #isAway = false;

  constructor(deps: StopWriterDeps) {
    this.#deps = deps;
    this.#writtenAt = deps.clock.now();
  }

  row(row: StoppedCampaign): void {
    if (this.#deps.record !== undefined) this.#rows.set(row.campaignId, row);
  }

  pause(pause: StopPause): void {
    if (this.#deps.record !== undefined) this.#pauses.push(pause);
  }

  /** Why campaigns may be missing is told anew. */
  problemChanged(): void {
    this.#isProblemDirty = true;
  }

  /** Pauses that the record has not got yet. */
  get unrecorded(): readonly StopPause[] {
    return this.#pauses;
  }

  /** Writes what the record has not got yet. @returns whether it has everything */
  async recorded(): Promise<boolean> {
    await (this.#writing ?? this.#writeOnce());
    return this.#rows.size === 0 && this.#pauses.length === 0 && !this.#isProblemDirty;
  }

  /** The record did not answer: nothing waits for it until it does. */
  withoutRecord(): void {
    this.#isAway = true;
  }

  /** Writes what is new, again and again, until aborted. */
  async keep(): Promise<void> {
    const { record, clock, patience } = this.#deps;
    if (record === undefined) return;
    while (!this.#deps.signal().aborted) {
      await this.write();
      await clock.sleep(patience.resumedMs, this.#deps.signal()).catch(() => undefined);
    }
  }

  /** Before a pause is sent, it is known whether a person has resumed the campaign; a record that does not answer is not waited for twice. */
  async fresh(): Promise<void> {
    const { record, clock } = this.#deps;
    const age = clock.now() - this.#writtenAt;
    if (record === undefined || this.#isAway || (age >= 0 && age < FRESH_MS)) return;
    await this.write();
  }

  /** Writes what is not written yet. Never rejects: a record that does not answer in time is away, and is tried again. */
  write(): Promise<void> {
    this.#writing ??= this.#writeOnce().finally(() => {
      this.#writing = undefined;
    });
    return this.#inTime(this.#writing).catch((thrown: unknown) => this.#away(thrown));
  }

  async #writeOnce(): Promise<void> {
    const { record, clock, onBack } = this.#deps;
    if (record === undefined) return;
    do {
      const rows = [...this.#rows.values()].slice(0, ROWS);
      for (const { campaignId } of rows) this.#rows.delete(campaignId);
      const pauses = this.#pauses.splice(0, ROWS);
      const isProblem = this.#isProblemDirty;
      this.#isProblemDirty = false;
      try {
        const resumed = await record.write(rows, pauses, this.#deps.problem());
        this.#writtenAt = clock.now();
        if (this.#isAway) onBack?.();
        this.#isAway = false;
        for (const { campaignId, message } of resumed) {
          this.#deps.onResumed(campaignId, message);
          this.#rows.delete(campaignId);
        }
      } catch (thrown) {
        for (const row of rows) if (!this.#rows.has(row.campaignId)) this.#rows.set(row.campaignId, row);
        this.#pauses.unshift(...pauses);
        this.#isProblemDirty ||= isProblem;
        if (thrown instanceof OutdialError && thrown.code === "not_owner") this.#deps.fail(thrown);
        else this.#away(thrown);
        return;
      }
    } while (this.#rows.size > 0 || this.#pauses.length > 0 || this.#isProblemDirty);
  }

  #away(thrown: unknown): void {
    if (this.#isAway || this.#deps.signal().aborted) return;
    this.#isAway = true;
    this.#deps.onAway?.(thrown);
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const { clock, patience } = this.#deps;
    const late = () => {
      throw new OutdialError("store_unavailable", `no answer within ${patience.recordMs / 1000} s`);
    };
    return inTime(clock, patience.recordMs, work, late, this.#deps.signal());
  }
}
