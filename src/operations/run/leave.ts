// Whether a run may continue: it asks the ledger a few times a second whether the job still belongs to it. Another process may cancel the job or take
// it over, and the run must know this between two rows of a chunk, without a database query for each row.

import { type Clock, type Instant, OutdialError } from "../../kernel/index.ts";
import type { JobStatus } from "../../store/index.ts";
import { OperationError } from "../error.ts";

/** How often the ledger is asked, ms. */
const LOOK_MS = 200;
/** How long an answer is valid: a replica that cannot ask stops sending before the others consider it dead (6 s without a heartbeat). */
const GOOD_MS = 4000;

/** How long an answer is valid that a start is still wanted, ms. */
const WANTED_MS = 1000;

/** The reason when the process that started a run stops it early. */
export const interrupted = () =>
  new OutdialError("interrupted", "interrupted; requests under way are recorded", {
    advice: "Run the same command again to continue.",
  });

/** Milliseconds from any origin, from a clock of the process that nobody can set. */
export const monotonic = (): number => performance.now();

/** The reason when another process has the run by now. */
export const takenOver = (id: string) => new OperationError("not_owner", `job ${id} was taken over by another replica`);

/** Says whether a run may continue. */
export interface Leave {
  /** Stops the run early, with a reason: no further row is sent; rows already sent are waited for and committed. */
  readonly halt: AbortSignal;
  /** Undefined while it is known that the job is this process's; else a promise that settles when that is known again, or `halt` is aborted. */
  readonly confirmed: () => Promise<void> | undefined;
}

/**
 * The leave of work that is not a run of a job: once another process may have continued it, nothing more is sent. @param
 * isTrusted see `Membership.trust`
 */
export function whileTrusted(isTrusted: () => boolean): Leave {
  const held = new AbortController();
  return {
    halt: held.signal,
    confirmed() {
      if (held.signal.aborted || isTrusted()) return undefined;
      held.abort(
        new OperationError(
          "not_owner",
          "this process stood still or lost the database, and another may have gone on with its work",
        ),
      );
      return Promise.resolve();
    },
  };
}

/** What a start needs that a person may call off while it waits. */
interface Wanted {
  readonly clock: Clock;
  /** Of the process. */
  readonly leave: Leave;
  /** Why it is not wanted any more, as a sentence; null while it is. */
  readonly calledOff: () => Promise<string | null>;
  /** Milliseconds from any origin, from a clock that nobody can set. */
  readonly elapsed?: (() => number) | undefined;
}

/** How a start ended. `error`: what its work rejected with when it was called off in the middle. */
type Start<T> = { readonly result: T } | { readonly calledOff: string; readonly error?: unknown };

/**
 * Does work that ends with a campaign dialing, and that may wait for long: for the request budget, for pages of a list. Meanwhile
 * it is asked a few times a second whether somebody has called it off; then `halt` is aborted, and nothing more is sent. Nothing
 * is sent either on an answer that is older than a second: a store that is away may have a stop.
 */
export async function whileWanted<T>(
  { clock, leave, calledOff, elapsed = monotonic }: Wanted,
  work: (leave: Leave) => Promise<T>,
): Promise<Start<T>> {
  const off = new AbortController();
  const over = new AbortController();
  const before = await calledOff();
  if (before !== null) return { calledOff: before };
  let reason: string | null = null;
  let askedAt = elapsed();
  let waiting: PromiseWithResolvers<void> | undefined;
  const ask = async () => {
    const at = elapsed();
    reason = await calledOff();
    if (reason === null) askedAt = at;
    else off.abort(new OutdialError("aborted", reason));
    waiting?.resolve();
    waiting = undefined;
  };
  const confirmed = () => {
    const unconfirmed = leave.confirmed();
    if (unconfirmed !== undefined || off.signal.aborted || elapsed() - askedAt < WANTED_MS) return unconfirmed;
    waiting ??= Promise.withResolvers<void>();
    return waiting.promise;
  };
  const asking = async () => {
    while (!over.signal.aborted && !off.signal.aborted) {
      await clock.sleep(LOOK_MS, over.signal).catch(() => undefined);
      if (!over.signal.aborted) await ask().catch(() => undefined);
    }
  };
  void asking();
  try {
    return { result: await work({ halt: AbortSignal.any([leave.halt, off.signal]), confirmed }) };
  } catch (thrown) {
    if (reason === null) throw thrown;
    return { calledOff: reason, error: thrown };
  } finally {
    over.abort();
  }
}

/** A job as it was just read; `owned`: the engine also records the run as this process's. */
export interface JobReading {
  readonly status: JobStatus;
  readonly executor?: string | null | undefined;
  readonly run: number;
  readonly owned: boolean;
}

interface Asked {
  readonly at: Instant;
  readonly elapsed: number;
}

/** Asked before each write to the tenant: whether this process still has the job. */
export class JobLeave implements Leave {
  readonly halt: AbortSignal;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #elapsed: () => number;
  readonly #isTrusted: () => boolean;
  /** When the ledger was asked for its last answer. */
  #asked: Asked;
  #waiting: PromiseWithResolvers<void> | undefined;

  /**
   * @param interrupt stops the run early, with its reason
   * @param elapsed milliseconds from any origin, from a clock that nobody can set
   * @param isTrusted false when other processes may consider this one dead: see `Membership`
   */
  constructor(clock: Clock, interrupt: AbortSignal, elapsed: () => number = monotonic, isTrusted = () => true) {
    this.#clock = clock;
    this.#elapsed = elapsed;
    this.#isTrusted = isTrusted;
    // The job was claimed a moment ago.
    this.#asked = this.#instant();
    this.halt = AbortSignal.any([interrupt, this.#ended.signal]);
    this.halt.addEventListener("abort", () => this.#wake(), { once: true });
  }

  readonly confirmed = (): Promise<void> | undefined => {
    if (this.halt.aborted || this.#isGood()) return undefined;
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  };

  /** Stops the run with a reason: the job was cancelled or taken over, or the store is the wrong one. */
  end(reason: OutdialError): void {
    this.#ended.abort(reason);
  }

  /** Reads the job again and again until `over`. A failed read is repeated, and nothing is sent until one succeeds. */
  async watch(
    held: {
      readonly id: string;
      readonly run: number;
      readonly replica: string;
      /** Time between two reads, ms. */
      readonly everyMs?: number | undefined;
    },
    look: () => Promise<JobReading>,
    over: AbortSignal,
  ): Promise<void> {
    while (!over.aborted && !this.halt.aborted) {
      const asked = this.#instant();
      const job = await look().catch((thrown: unknown) => {
        // A database that was set back may not know the job.
        if (thrown instanceof OutdialError && thrown.code === "job_not_found") this.end(takenOver(held.id));
        return undefined;
      });
      if (job?.status === "cancelled") this.end(new OperationError("job_state", `job ${held.id} was cancelled`));
      // Others considered this process dead and let the job go: whatever its status, it is not this process's any more.
      else if (job !== undefined && !job.owned) this.end(takenOver(held.id));
      else if (job?.status === "running" || job?.status === "ready") {
        if (job.executor !== held.replica || job.run !== held.run) this.end(takenOver(held.id));
        else {
          this.#asked = asked;
          this.#wake();
        }
      }
      await this.#clock.sleep(held.everyMs ?? LOOK_MS, over).catch(() => undefined);
    }
  }

  /** Both clocks are checked: the system's may be set back, and the monotonic one stops while the machine sleeps. */
  #isGood(): boolean {
    const isFresh = this.#clock.now() - this.#asked.at < GOOD_MS && this.#elapsed() - this.#asked.elapsed < GOOD_MS;
    return isFresh && this.#isTrusted();
  }

  #instant(): Asked {
    return { at: this.#clock.now(), elapsed: this.#elapsed() };
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
