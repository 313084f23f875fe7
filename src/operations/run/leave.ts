// Whether a run may continue: it asks the ledger a few times a second whether the job still belongs to it. Another process may cancel the job or take
// it over, and the run must know this between two rows of a chunk, without a database query for each row.

import { type Clock, type Instant, OutdialError } from "../../kernel/index.ts";
import type { JobStatus } from "../../store/index.ts";
import { OperationError } from "../error.ts";

/** How often the ledger is asked, ms. */
const LOOK_MS = 200;
/** How long an answer is valid: a replica that cannot ask stops sending before the others consider it dead (6 s without a heartbeat). */
const GOOD_MS = 4000;

/** The reason when the process that started a run ends it early. */
export const interrupted = () =>
  new OutdialError("interrupted", "interrupted; what was under way is recorded", {
    advice: "Run the same command again to go on.",
  });

/** Milliseconds from any origin, of this process's clock that nobody sets. */
export const monotonic = (): number => performance.now();

/** The reason when the run is another process's by now. */
export const takenOver = (id: string) => new OperationError("not_owner", `job ${id} was taken over by another replica`);

/** What a run goes on by. */
export interface Leave {
  /** Ends the run early, for its reason: no further row is sent, those on the wire are waited for and committed. */
  readonly halt: AbortSignal;
  /** Undefined while it is known that the job is this process's; else a promise that settles when that is known again, or `halt` is aborted. */
  readonly confirmed: () => Promise<void> | undefined;
}

/** Leave of what is no run of a job: once another process may have gone on with it, nothing is sent any more. @param isTrusted see `Membership.trust` */
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

/** A job as a look finds it; `owned`: the engine, too, has the run down as this process's. */
export interface Seen {
  readonly status: JobStatus;
  readonly executor?: string | null | undefined;
  readonly run: number;
  readonly owned: boolean;
}

interface Asked {
  readonly at: Instant;
  readonly elapsed: number;
}

/** What a run asks before each write to the tenant: whether the job is still this process's own. */
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
   * @param interrupt ends it early, for its reason
   * @param elapsed milliseconds from any origin, of a clock that nobody sets
   * @param isTrusted whether nobody can hold this process for dead: see `Membership`
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

  /** Ends it for a reason: the job was cancelled or taken over, or the store is another tenant's. */
  end(reason: OutdialError): void {
    this.#ended.abort(reason);
  }

  /** Looks after it until `over`. A look that fails is made again: until one succeeds nothing is sent. */
  async watch(
    held: { readonly id: string; readonly run: number; readonly replica: string },
    look: () => Promise<Seen>,
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
      // One that was let go for this process, which was held for dead, is somebody else's whatever its status.
      else if (job !== undefined && !job.owned) this.end(takenOver(held.id));
      else if (job?.status === "running" || job?.status === "ready") {
        if (job.executor !== held.replica || job.run !== held.run) this.end(takenOver(held.id));
        else {
          this.#asked = asked;
          this.#wake();
        }
      }
      await this.#clock.sleep(LOOK_MS, over).catch(() => undefined);
    }
  }

  /** Either clock ends it: the system's may be set back, the monotonic one stands still while the machine sleeps. */
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
