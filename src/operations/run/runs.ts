// Runs of jobs: started here or given to a service, followed, interrupted, and taken over from processes that died. What a job is, and how far
// it got, stands in its ledger; a run is one execution over it.
//
//   start ─▶ queued ─▶ taken by a process ─▶ body, step by step ─▶ ended
//                          ▲        └── process dies, or ends as a service: the run goes back to the queue
//                          └────────────┘   and whoever takes it goes on over the ledger

import { type Clock, messageOf, OutdialError } from "../../kernel/index.ts";
import type { Job, JobLedger, JobStatus, OwnedRun, Store } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import {
  type Engine,
  type EngineDesk,
  type EngineKind,
  type EngineRun,
  isTakenAway,
  OWNED,
  type Step,
  type UnderWay,
  workflowId,
} from "./engine.ts";
import { interrupted, JobLeave, monotonic, type Seen, takenOver } from "./leave.ts";
import { isLeft, LEAVES, leftBy, STORE_TROUBLE } from "./left.ts";
import type { Membership } from "./members.ts";
import { reasonOf, type StopReason } from "./reason.ts";
import { type Standing, standingOf } from "./standing.ts";

/** How often a job that runs elsewhere is looked at, ms. */
const FOLLOW_MS = 250;
/** Time between two attempts to record the end of a run while the database does not answer, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;
/** A look for runs of dead processes takes no longer; one that slept in the middle of it keeps the others out no longer, ms. */
const ADOPTION_MS = 3000;

export type { Step };

/** Jobs of which a run can be begun. */
const RUNNABLE: ReadonlySet<JobStatus> = new Set(["ready", "running", "stopped", "failed"]);

/** A run of a job in this process. */
export interface Running {
  readonly jobId: string;
  readonly run: number;
  readonly step: Step;
  /** Whether and how long it may go on. */
  readonly leave: JobLeave;
}

/** How the taking of a job came out: it is this process's; it is not to be run any more; another one is in the way. */
export type Taking = "taken" | "gone" | { readonly blockedBy: { readonly jobId: string; readonly executor: string } };

/** A kind of operation. */
export interface Kind {
  readonly name: string;
  /** Which processes may run it: those that work for the same tenant, with the same rights, on the same files. */
  readonly scope: string;
  /** Names what must not be changed by two jobs at once. */
  partition(job: Job): string;
  /** What is done, over the ledger: it is called again when another process goes on. */
  body(running: Running): Promise<void>;
  /** Takes the job, where more than the job itself has to be free. */
  readonly take?: ((run: OwnedRun, executor: string) => Promise<Taking>) | undefined;
  /** Releases a job that this process cannot continue, when more than the job's own row records it. */
  readonly letGo?: ((jobId: string, executor: string, reason: StopReason) => Promise<void>) | undefined;
  /** Told when a run in this process has ended, however it did; the job has its end then. */
  readonly onEnded?: ((jobId: string) => Promise<void>) | undefined;
  /** What a person does to go on after an interruption. */
  readonly goOn: string;
}

export interface RunsDependencies {
  readonly jobs: JobLedger;
  readonly turns: Pick<Store["dialer"], "inTurn">;
  readonly members: Membership;
  readonly clock: Clock;
  /** Milliseconds of a clock that nobody sets; the process's own unless given. */
  readonly elapsed?: (() => number) | undefined;
  /** This process is a service: runs come from the queue, and what it leaves another one goes on with. */
  readonly serves: boolean;
  /** While it is held, because the database was set back or is another tenant's by now, no run is begun or goes on. */
  readonly audit: Pick<Store["audit"], "isHeld" | "requireNotHeld">;
  readonly warn: (message: string) => void;
}

/** So often, and so long apart in ms, it is looked whether the engine knows that a run has stopped. */
const ENDING_LOOKS = 40;
const ENDING_LOOK_MS = 50;

/** What an interruption did: the runs of this process stop; or a service goes on with them, and nobody follows here any more. */
export type Interruption = "stopping" | "goes-on";

/** A run that this process has taken. */
interface Here {
  /** Resolves when this process does no more work on it. */
  readonly over: Promise<void>;
  /** Ends it unsent: the run is another's by now, or is begun here anew. */
  end: () => void;
}

export class Runs {
  readonly #deps: RunsDependencies;
  readonly #kinds = new Map<string, Kind>();
  readonly #here = new Map<string, Here>();
  readonly #interrupt = new AbortController();
  #seenAstray: ReadonlySet<string> = new Set();
  #engine: Engine | undefined;
  /** Where jobs are given to services, while this process executes none itself. */
  #desk: EngineDesk | undefined;
  #launch: (() => Promise<Engine>) | undefined;
  /** Another process runs what this one follows. */
  #follows = false;

  constructor(deps: RunsDependencies) {
    this.#deps = deps;
  }

  /** Adds a kind of operation; before the engine is launched. */
  add(kind: Kind): void {
    this.#kinds.set(kind.name, kind);
  }

  /** What the engine is to be launched with. */
  kinds(): Record<string, EngineKind> {
    return Object.fromEntries(
      [...this.#kinds].map(([name, kind]) => [
        name,
        { scope: kind.scope, body: (jobId, run, step) => this.#execute(kind, { kind: name, jobId, run }, step) },
      ]),
    );
  }

  /** Gives the engine; once, before the first run. */
  attach(engine: Engine): void {
    this.#engine = engine;
    this.#desk = undefined;
  }

  /** Gives jobs to the services beside this process. @param launch makes the engine that executes them here when no service is left */
  handOver(desk: EngineDesk, launch: () => Promise<Engine>): void {
    this.#desk = desk;
    this.#launch = launch;
  }

  /** Aborted by `interrupt`. */
  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  /**
   * Ends all runs of this process early: what is on the wire is finished and recorded. Those of a service are gone on with by another one, or
   * at its next start; those of a command line can be resumed. Of jobs that were given to a service only the following ends.
   */
  interrupt(): Interruption {
    this.#interrupt.abort(interrupted());
    return this.#here.size > 0 || (this.#desk === undefined && !this.#follows) ? "stopping" : "goes-on";
  }

  /** Resolves when nothing runs here any more, or a time has passed. */
  async settled(withinMs: number): Promise<void> {
    const timer = new AbortController();
    const late = this.#deps.clock.sleep(withinMs, timer.signal).catch(() => undefined);
    await Promise.race([Promise.all([...this.#here.values()].map(({ over }) => over)), late]);
    timer.abort();
    for (const id of this.#here.keys()) this.#deps.warn(`${id} did not end in time; it goes on where it was`);
  }

  /** Whether a job was given to the services by whoever began it. */
  async wasShared(job: Pick<Job, "id" | "run">): Promise<boolean> {
    return (await this.#attached().phase({ jobId: job.id, run: job.run })).wasShared;
  }

  /** Whether a job runs in this process. */
  isHere(jobId: string): boolean {
    return [...this.#here.keys()].some((id) => id.startsWith(`${jobId}/`));
  }

  /** Who works on a job: see `standingOf`. */
  async standing(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">): Promise<Standing> {
    return (await this.#standingOf(job)).standing;
  }

  /** Who works on a job, and whether it is under way: it runs in this process, or was just begun. */
  async standingOf(jobId: string | null): Promise<{ readonly standing: Standing; readonly running: boolean }> {
    const job = jobId === null ? undefined : await this.#deps.jobs.getJob(jobId);
    return job === undefined ? { standing: "still", running: false } : this.#standingOf(job);
  }

  #standingOf(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">) {
    return standingOf(job, { isHere: this.isHere(job.id), members: this.#deps.members });
  }

  /** Whether a job is said to be run by a process that is gone, and the engine has no run of it for another one. */
  async isOrphaned(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">): Promise<boolean> {
    if ((job.status !== "running" && !isLeft(job)) || (await this.standing(job)) !== "waiting") return false;
    const { phase } = await this.#attached().phase({ jobId: job.id, run: job.run });
    return phase === "none" || phase === "ended";
  }

  /**
   * Makes sure that a job runs: begins a run, unless one is under way or waits. A service gives the run of a dead process to any free service; a
   * command line continues it itself, or gives the job to a service. Throws StoreError `audit_set_back`, `other_tenant`.
   */
  async start(jobId: string): Promise<void> {
    const { jobs, members, serves, clock, audit } = this.#deps;
    for (let looks = 1; ; looks += 1) {
      const job = await this.#find(jobId);
      // What runs here ends in order when it must not go on.
      if (!RUNNABLE.has(job.status) || this.isHere(jobId)) return;
      audit.requireNotHeld();
      const kind = this.#kindOf(job);
      const atWork = job.status === "running" ? job.executor : null;
      if (atWork !== null && !(await members.isDead(atWork))) return;
      const [service] = serves ? [members.id] : await members.services(kind.scope);
      const desk = this.#engine ?? this.#desk;
      if (desk === undefined) throw new Error("attach an engine before running jobs");
      const stands = await desk.phase({ jobId, run: job.run });
      if (stands.phase === "running" && !(await members.isDead(stands.executor))) {
        // It has stopped, and the engine is about to know it: begun now, the next run would be taken for this one.
        if (atWork !== null || looks > ENDING_LOOKS) return;
        await clock.sleep(ENDING_LOOK_MS);
        continue;
      }
      if (stands.phase === "queued" || stands.phase === "running") {
        // A service takes it at its next look.
        if (service !== undefined) return;
        await desk.cancel({ kind: job.kind, jobId, run: job.run });
      }
      const run = await jobs.openRun(job, kind.scope);
      if (run === undefined) continue;
      if (atWork !== null) await members.forget(atWork);
      const entered = { kind: kind.name, jobId, run };
      if (this.#engine !== undefined && !serves) await this.#engine.startHere(entered);
      else if (service === undefined) await (await this.#alone()).startHere(entered);
      else {
        await desk.enqueue(entered, { scope: kind.scope, partition: kind.partition(job) });
        if (!serves) this.#deps.warn(`${jobId} is given to the service ${service}, which runs it with its own settings`);
      }
      return;
    }
  }

  /** The engine of a command line whose services have gone. */
  async #alone(): Promise<Engine> {
    if (this.#launch === undefined) throw new Error("attach an engine before running jobs");
    this.attach(await this.#launch());
    return this.#attached();
  }

  /**
   * Runs a job to its end, or follows the process that does and takes over when that one dies.
   * @param onTick told a few times a second; `here` when this process runs it
   * @returns the job as it ended, or as it stands still
   */
  async run(jobId: string, onTick?: (here: boolean) => Promise<void> | void): Promise<Job> {
    const { clock } = this.#deps;
    const { signal } = this.#interrupt;
    let waits = FIRST_WAIT_MS;
    for (let first = true; ; first = false) {
      try {
        const ended = await this.#turn(jobId, first, onTick);
        if (ended !== undefined) return ended;
        waits = FIRST_WAIT_MS;
      } catch (thrown) {
        // A database that is away comes back; what a service or this process runs goes on then.
        if (signal.aborted || !(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) throw thrown;
        if (waits === FIRST_WAIT_MS) this.#deps.warn(`${jobId}: ${thrown.message}; waiting for it`);
        await clock.sleep(waits, signal).catch(() => undefined);
        waits = Math.min(LONGEST_WAIT_MS, 2 * waits);
      }
    }
  }

  /** Looks at a job once and waits a little. @returns the job when it is over, or nobody is to follow it any more */
  async #turn(jobId: string, first: boolean, onTick?: (here: boolean) => Promise<void> | void): Promise<Job | undefined> {
    const { clock } = this.#deps;
    const { signal } = this.#interrupt;
    const before = await this.#find(jobId);
    const goesOn = before.status === "ready" || before.status === "running" || isLeft(before);
    if ((first || goesOn) && !signal.aborted) await this.start(jobId);
    const job = await this.#find(jobId);
    const here = this.#here.get(workflowId({ jobId, run: job.run }));
    const isOver = job.status !== "ready" && job.status !== "running" && !isLeft(job);
    if (here === undefined && (isOver || signal.aborted)) return job;
    this.#follows = here === undefined;
    await onTick?.(here !== undefined);
    const timer = new AbortController();
    await Promise.race([here?.over ?? forever(), clock.sleep(FOLLOW_MS, timer.signal).catch(() => undefined)]);
    timer.abort();
    return undefined;
  }

  /**
   * Gives runs of dead processes back to the queue, and begins a new run of those that another version of outdial had. One service at a time
   * does it.
   */
  async adopt(): Promise<void> {
    const { turns, members, audit, elapsed = monotonic } = this.#deps;
    const engine = this.#attached();
    if (audit.isHeld) return;
    const take = async () => {
      const began = elapsed();
      const left: UnderWay[] = [];
      // Who could not say that it lives, because the database was away, holds nobody else for dead yet.
      if (!members.isSteady()) return;
      const underWay = await engine.underWay();
      left.push(...this.#strays(underWay));
      for (const run of underWay) if (run.executor !== members.id && (await members.isDead(run.executor))) left.push(run);
      // A process that was suspended since its check would take runs away from the processes that have them by now.
      if (elapsed() - began > ADOPTION_MS) return;
      await engine.resume(left.filter(({ current }) => current));
      for (const executor of new Set(left.map((run) => run.executor))) await members.forget(executor);
      for (const run of left) if (!run.current) await this.#beginAnew(run);
    };
    await turns.inTurn("adoption of runs", take, ADOPTION_MS);
  }

  /**
   * Runs that the engine has down as this process's, and that it does not have: the answer was lost when it took them. Only those that the
   * look before saw, too: one that was just taken is about to begin.
   */
  #strays(underWay: readonly UnderWay[]): UnderWay[] {
    const { members } = this.#deps;
    const seen = underWay.filter((run) => run.executor === members.id && !this.#here.has(workflowId(run)));
    const before = this.#seenAstray;
    this.#seenAstray = new Set(seen.map(workflowId));
    return seen.filter((run) => before.has(workflowId(run)));
  }

  /** Begins a new run of a job whose run no process of this version can go on with. */
  async #beginAnew(run: UnderWay): Promise<void> {
    await this.#attached().cancel(run);
    const job = await this.#deps.jobs.getJob(run.jobId);
    if (job?.run === run.run) await this.start(run.jobId);
  }

  /** A run as the engine calls it. What it returns or throws is what the engine records of the run. */
  async #execute(kind: Kind, entered: EngineRun, engineStep: Step): Promise<void> {
    const id = workflowId(entered);
    // This process was held for dead meanwhile and takes its own run again: what is under way of it ends first.
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
      await this.#tell(kind, entered.jobId);
    } finally {
      void Promise.allSettled(flights).then(() => {
        this.#here.delete(id);
        over.resolve();
      });
    }
    // It belongs to another process now, or will soon: anything that this process recorded about it would be wrong.
    if (end !== "done") await forever();
  }

  async #carryOut(
    kind: Kind,
    entered: EngineRun,
    engineStep: Step,
    flights: Set<Promise<unknown>>,
    here: Here,
  ): Promise<"done" | "moved" | "left"> {
    const { members, clock, serves, elapsed = monotonic } = this.#deps;
    const { jobId, run } = entered;
    const { signal } = this.#interrupt;
    const isLeaving = () => serves && signal.aborted;
    const taking = await this.#take(kind, entered).catch(async (thrown: unknown) => {
      // It may have been taken without a word: then nobody would be at work on it, and who cancels it would wait.
      await this.#letGo(kind, jobId, reasonOf(thrown));
      throw thrown;
    });
    if (taking !== "taken") return taking === "gone" ? "done" : "left";
    const ended = new AbortController();
    const leave = new JobLeave(clock, signal, elapsed, () => members.isTrusted());
    here.end = () => leave.end(takenOver(jobId));
    const look = () =>
      this.#mayGoOn(entered).catch((thrown: unknown) => {
        // A service waits until the database is the right one again; a command ends, since nobody watches one that does nothing.
        if (!serves && isWrongStore(thrown)) leave.end(thrown);
        throw thrown;
      });
    void leave.watch({ id: jobId, run, replica: members.id }, look, ended.signal);
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
    try {
      const body = kind.body({ jobId, run, step, leave }).then(() => "done" as const);
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
      // Nobody confirms any more that the job is this process's: what waits for that to send ends unsent.
      leave.end(interrupted());
    }
  }

  async #tell(kind: Kind, jobId: string): Promise<void> {
    try {
      await kind.onEnded?.(jobId);
    } catch (thrown) {
      this.#deps.warn(`${jobId}: ${messageOf(thrown)}`);
    }
  }

  /** Resolves when a service that ends has nothing of a run under way any more. */
  async #leaving(flights: ReadonlySet<Promise<unknown>>): Promise<"left"> {
    const { signal } = this.#interrupt;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    while (flights.size > 0) await Promise.allSettled(flights);
    return "left";
  }

  /** Takes a job for this process; waits while another one of the same subject is at work. */
  async #take(kind: Kind, entered: EngineRun): Promise<"taken" | "gone" | "left"> {
    const { jobs, members, clock } = this.#deps;
    const { signal } = this.#interrupt;
    const owned = ownedRun(entered);
    const take = kind.take ?? ((one, executor) => jobs.take(one, executor));
    for (;;) {
      const { serves, audit } = this.#deps;
      // A service has it from the queue: it waits here until a person has decided.
      if (audit.isHeld) {
        if (!serves) audit.requireNotHeld();
        await clock.sleep(FOLLOW_MS, signal).catch(() => undefined);
        if (signal.aborted) return "left";
        continue;
      }
      const taking = await take(owned, members.id);
      if (typeof taking === "string") return taking;
      const { blockedBy } = taking;
      if (await members.isDead(blockedBy.executor))
        await jobs.letGo(blockedBy.jobId, blockedBy.executor, leftBy(blockedBy.executor));
      else await clock.sleep(FOLLOW_MS, signal).catch(() => undefined);
      if (signal.aborted) return "left";
    }
  }

  /** Says in the ledger that nobody is at work. A database that is away is waited for, until this process is told to stop. */
  async #letGo(kind: Kind, jobId: string, reason: StopReason): Promise<void> {
    const { jobs, members, clock } = this.#deps;
    const { signal } = this.#interrupt;
    const letGo = kind.letGo ?? ((id, executor, why) => jobs.letGo(id, executor, why));
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      try {
        await letGo(jobId, members.id, reason);
        return;
      } catch (thrown) {
        const code = thrown instanceof OutdialError ? thrown.code : undefined;
        // Somebody else has it, or it has ended after all.
        if (code === "not_owner" || code === "invalid_state") return;
        if (code === undefined || !STORE_TROUBLE.has(code) || signal.aborted) {
          this.#deps.warn(`${jobId}: how it stopped was not recorded: ${messageOf(thrown)}`);
          return;
        }
        await clock.sleep(waitMs, signal).catch(() => undefined);
      }
    }
  }

  /** The job, unless the database is another one than it was, or another tenant's: then nothing more is sent. */
  async #mayGoOn(entered: EngineRun): Promise<Seen> {
    const { audit, jobs, members } = this.#deps;
    audit.requireNotHeld();
    const { jobId } = entered;
    return (await jobs.getOwned(ownedRun(entered), members.id)) ?? noSuchJob(jobId);
  }

  async #find(jobId: string): Promise<Job> {
    return (await this.#deps.jobs.getJob(jobId)) ?? noSuchJob(jobId);
  }

  #kindOf({ kind }: Job): Kind {
    const found = this.#kinds.get(kind);
    if (found !== undefined) return found;
    // Pushes, where no CRM is configured.
    throw new OperationError("not_available", `this process runs no jobs of the kind ${kind}`, {
      advice: "Configure here what the job needs, or go on with it where that is configured.",
    });
  }

  #attached(): Engine {
    if (this.#engine === undefined) throw new Error("attach an engine before running jobs");
    return this.#engine;
  }
}

/** Does work that is among those under way until it has settled. */
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

function noSuchJob(jobId: string): never {
  throw new OperationError("job_not_found", `there is no job ${jobId}`, {
    advice: "outdial jobs list shows the jobs of this store.",
  });
}

function forever(): Promise<never> {
  return new Promise(() => {});
}

const isWrongStore = (thrown: unknown): thrown is OutdialError =>
  thrown instanceof OutdialError && (thrown.code === "other_tenant" || thrown.code === "audit_set_back");

function isNotOwner(thrown: unknown): boolean {
  return (thrown instanceof OutdialError && thrown.code === "not_owner") || isTakenAway(thrown);
}
