// Runs in this process: each is taken from the engine, carried out step by step as long as this process has the job, and released
// in order.

import { type Clock, doubledMs, messageOf, OutdialError } from "../../kernel/index.ts";
import type { JobLedger, OwnedRun, Store } from "../../store/index.ts";
import { noSuchJob } from "../error.ts";
import { type EngineRun, isTakenAway, OWNED, type Step, workflowId } from "./engine.ts";
import type { Kind, RunRows } from "./kind.ts";
import { interrupted, JobLeave, monotonic, type Seen, takenOver } from "./leave.ts";
import { LEAVES, leftBy, STORE_TROUBLE } from "./left.ts";
import type { Membership } from "./members.ts";
import { CANCELLED, reasonOf, type StopReason } from "./reason.ts";

/** How often this process checks whether another job that is in the way has ended, ms. */
const BLOCKED_MS = 250;
/** Time between two attempts while the database does not answer, ms: doubling from the first value to the second. */
export const FIRST_WAIT_MS = 250;
/** How often a run without an end asks whether it is still this process's, ms: it has no rows to send in between. */
const ENDLESS_LOOK_MS = 2000;
/** Longest pause between two looks at a database that is away, ms. */
export const LONGEST_WAIT_MS = 5000;

export interface RunsHereDependencies {
  readonly jobs: JobLedger;
  readonly members: Membership;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody can set; the process's own by default. */
  readonly elapsed?: (() => number) | undefined;
  /** True for a service: its runs come from the queue, and another service continues the runs that it leaves. */
  readonly serves: boolean;
  /**
   * No run begins or continues while the store is held, because the database was set back or belongs to another tenant by now.
   */
  readonly audit: Pick<Store["audit"], "isHeld" | "requireNotHeld">;
  readonly warn: (message: string) => void;
}

/** A run that this process has taken. */
interface Here {
  /** Resolves when this process does no more work on it. */
  readonly over: Promise<void>;
  /** Stops it without sending anything more: another process has the run by now, or it begins here again. */
  end: () => void;
}

/** The runs that this process executes. */
export class RunsHere {
  readonly #deps: RunsHereDependencies & { readonly signal: AbortSignal };
  readonly #here = new Map<string, Here>();

  /** @param signal stops all runs early: requests already sent are finished and recorded */
  constructor(deps: RunsHereDependencies, signal: AbortSignal) {
    this.#deps = { ...deps, signal };
  }

  /** How many there are. */
  get count(): number {
    return this.#here.size;
  }

  /** Whether a run of a job is here. */
  hasJob(jobId: string): boolean {
    return this.overOfJob(jobId) !== undefined;
  }

  /** Like `overOf`, for whichever run of a job is here. */
  overOfJob(jobId: string): Promise<void> | undefined {
    const found = [...this.#here].find(([id]) => id.slice(0, id.lastIndexOf("/")) === jobId);
    return found?.[1].over;
  }

  /** Resolves when this process does no more work on a run; undefined when the run is not in this process. */
  overOf(run: { readonly jobId: string; readonly run: number }): Promise<void> | undefined {
    return this.#here.get(workflowId(run))?.over;
  }

  /** Resolves when nothing runs here any more, or after a time. @returns the runs that have not ended */
  async settled(withinMs: number): Promise<readonly string[]> {
    const timer = new AbortController();
    const late = this.#deps.clock.sleep(withinMs, timer.signal).catch(() => undefined);
    await Promise.race([Promise.all([...this.#here.values()].map(({ over }) => over)), late]);
    timer.abort();
    return [...this.#here.keys()];
  }

  /** A run as the engine calls it. The engine records what it returns or throws. */
  async execute(kind: Kind, entered: EngineRun, engineStep: Step): Promise<void> {
    const id = workflowId(entered);
    // Other processes considered this one dead in the meantime, and now it takes its own run again: the earlier execution ends
    // first.
    const former = this.#here.get(id);
    former?.end();
    await former?.over;
    const over = Promise.withResolvers<void>();
    const here: Here = { over: over.promise, end: () => undefined };
    this.#here.set(id, here);
    const flights = new Set<Promise<unknown>>();
    let end: "done" | "moved" | "left";
    try {
      end = await this.#carryOut(kind, entered, engineStep, flights, here);
      // The ledger takes nothing of a cancelled job, as of one that another process has. It is still this process's to release, when
      // nothing of it is under way any more: who cancelled it waits for that.
      if (end === "moved" && (await this.#isCancelled(kind, entered.jobId))) {
        await Promise.allSettled(flights);
        await this.#letGo(kind, entered.jobId, { code: CANCELLED, message: `job ${entered.jobId} was cancelled` });
        end = "done";
      }
      await this.#tell(kind, entered.jobId);
    } finally {
      void Promise.allSettled(flights).then(() => {
        this.#here.delete(id);
        over.resolve();
      });
    }
    // It belongs to another process now, or will soon: anything that this process recorded about it would be wrong.
    if (end === "done" || (end === "left" && kind.rows !== undefined)) return;
    await forever();
  }

  async #carryOut(
    kind: Kind,
    entered: EngineRun,
    engineStep: Step,
    flights: Set<Promise<unknown>>,
    here: Here,
  ): Promise<"done" | "moved" | "left"> {
    const { members, clock, serves, signal, elapsed = monotonic } = this.#deps;
    const { jobId, run } = entered;
    const isLeaving = () => serves && signal.aborted;
    const taking = await this.#take(kind, entered).catch(async (thrown: unknown) => {
      // The job may have been taken although the answer was lost: without this nobody would work on it, and a cancellation would
      // wait.
      await this.#letGo(kind, jobId, reasonOf(thrown));
      throw thrown;
    });
    if (taking !== "taken") return taking === "gone" ? "done" : "left";
    const ended = new AbortController();
    const leave = new JobLeave(clock, signal, elapsed, () => members.isTrusted());
    here.end = () => leave.end(takenOver(jobId));
    const look = async () => {
      // A run without an end would go on being refused: one that ends has stopped by itself.
      if (serves && kind.rows !== undefined && (await members.leavesWork(kind.scope))) leave.end(refusedHere(jobId));
      return this.#mayGoOn(kind, entered).catch((thrown: unknown) => {
        // A service waits until the database is the right one again; a command ends, because nobody would notice that it does
        // nothing.
        if (!serves && isWrongStore(thrown)) leave.end(thrown);
        throw thrown;
      });
    };
    const everyMs = kind.rows === undefined ? undefined : ENDLESS_LOOK_MS;
    void leave.watch({ id: jobId, run, replica: members.id, everyMs }, look, ended.signal);
    const moved = Promise.withResolvers<"moved">();
    const step: Step = (name, work) =>
      engineStep(name, async () => {
        if (isLeaving()) return forever();
        const [flown] = await Promise.allSettled([fly(flights, work)]);
        const wasLost = flown.status === "rejected" && isNotOwner(flown.reason);
        if (wasLost) moved.resolve("moved");
        if (wasLost || isLeaving()) return await forever();
        if (flown.status === "rejected") throw flown.reason;
        return flown.value;
      });
    const turn = <T>(work: () => Promise<T>) => fly(flights, work);
    try {
      const body = kind.body({ jobId, run, step, turn, leave }).then(() => "done" as const);
      const left = serves ? this.#leaving(flights) : forever();
      const end = await Promise.race([body, moved.promise, left]);
      if (end === "left") await this.#letGo(kind, jobId, LEAVES);
      return end;
    } catch (thrown) {
      if (isNotOwner(thrown)) return "moved";
      if (signal.aborted) {
        await this.#letGo(kind, jobId, isLeaving() ? LEAVES : { code: "interrupted", message: `interrupted; ${kind.goOn}` });
        return isLeaving() ? "left" : "done";
      }
      await this.#letGo(kind, jobId, reasonOf(thrown));
      this.#deps.warn(`${jobId}: stopped: ${messageOf(thrown)}`);
      return "done";
    } finally {
      ended.abort();
      // From here on nobody confirms that this process has the job: what waits for that confirmation ends without sending.
      leave.end(interrupted());
    }
  }

  /** Waits for a database that is away, until this process is told to stop. */
  async #isCancelled(kind: Kind, jobId: string): Promise<boolean> {
    const { members, clock, signal } = this.#deps;
    for (;;)
      try {
        const job = await this.#rowsOf(kind).getJob(jobId);
        return job?.status === "cancelled" && job.executor === members.id;
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) return false;
        await clock.sleep(LONGEST_WAIT_MS, signal).catch(() => undefined);
      }
  }

  async #tell(kind: Kind, jobId: string): Promise<void> {
    try {
      await kind.onEnded?.(jobId);
    } catch (thrown) {
      this.#deps.warn(`${jobId}: ${messageOf(thrown)}`);
    }
  }

  /** Resolves when a service that is ending has no step of the run under way any more. */
  async #leaving(flights: ReadonlySet<Promise<unknown>>): Promise<"left"> {
    const { signal } = this.#deps;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    while (flights.size > 0) await Promise.allSettled(flights);
    return "left";
  }

  /** Takes a job for this process; waits while another job of the same partition is being worked on. */
  async #take(kind: Kind, entered: EngineRun): Promise<"taken" | "gone" | "left"> {
    const { jobs, members, clock } = this.#deps;
    const { signal } = this.#deps;
    const owned = ownedRun(entered);
    const take = kind.take ?? ((one, executor) => this.#rowsOf(kind).take(one, executor));
    for (;;) {
      const { serves, audit } = this.#deps;
      // A service got it from the queue, and waits here until a person has decided.
      if (audit.isHeld) {
        if (!serves) audit.requireNotHeld();
        await clock.sleep(BLOCKED_MS, signal).catch(() => undefined);
        if (signal.aborted) return "left";
        continue;
      }
      // The engine gives it to any service: this one gives it back.
      if (serves && (await members.leavesWork(kind.scope))) return "left";
      const taking = await take(owned, members.id);
      if (typeof taking === "string") return taking;
      const { blockedBy } = taking;
      if (await members.isDead(blockedBy.executor))
        await jobs.letGo(blockedBy.jobId, blockedBy.executor, leftBy(blockedBy.executor));
      else await clock.sleep(BLOCKED_MS, signal).catch(() => undefined);
      if (signal.aborted) return "left";
    }
  }

  /**
   * Records in the ledger that nobody works on the job. Waits for a database that is away, until this process is told to stop.
   */
  async #letGo(kind: Kind, jobId: string, reason: StopReason): Promise<void> {
    const { members, clock, signal } = this.#deps;
    const letGo = kind.letGo ?? ((id, executor, why) => this.#rowsOf(kind).letGo(id, executor, why));
    for (let turn = 0; ; turn += 1) {
      try {
        await letGo(jobId, members.id, reason);
        return;
      } catch (thrown) {
        const code = thrown instanceof OutdialError ? thrown.code : undefined;
        // Another process has it, or it has ended after all.
        if (code === "not_owner" || code === "invalid_state") return;
        if (code === undefined || !STORE_TROUBLE.has(code) || signal.aborted) {
          this.#deps.warn(`${jobId}: how it stopped was not recorded: ${messageOf(thrown)}`);
          return;
        }
        await clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, turn), signal).catch(() => undefined);
      }
    }
  }

  /** The job. Throws when the database was set back or belongs to another tenant: then nothing more is sent. */
  async #mayGoOn(kind: Kind, entered: EngineRun): Promise<Seen> {
    const { audit, members } = this.#deps;
    audit.requireNotHeld();
    const { jobId } = entered;
    return (await this.#rowsOf(kind).getOwned(ownedRun(entered), members.id)) ?? noSuchJob(jobId);
  }

  #rowsOf(kind: Kind): RunRows {
    return kind.rows ?? this.#deps.jobs;
  }
}

/** Does work and counts it as under way until it has settled. */
async function fly<T>(flights: Set<Promise<unknown>>, work: () => Promise<T>): Promise<T> {
  const flight = work();
  flights.add(flight);
  try {
    return await flight;
  } finally {
    flights.delete(flight);
  }
}

const ownedRun = (entered: EngineRun): OwnedRun => ({
  jobId: entered.jobId,
  run: entered.run,
  workflow: workflowId(entered),
  owned: OWNED,
});

/** A promise that never settles. */
export function forever(): Promise<never> {
  return new Promise(() => {});
}

const refusedHere = (jobId: string) =>
  new OutdialError("interrupted", `${jobId} is left to another service: the tenant refuses this one's token`);

const isWrongStore = (thrown: unknown): thrown is OutdialError =>
  thrown instanceof OutdialError && (thrown.code === "other_tenant" || thrown.code === "audit_set_back");

function isNotOwner(thrown: unknown): boolean {
  return (thrown instanceof OutdialError && thrown.code === "not_owner") || isTakenAway(thrown);
}
