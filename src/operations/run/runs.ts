// Runs of jobs: started here or given to a service, followed, interrupted, and taken over from processes that died. The ledger
// has what a job is and how far it got; a run is one execution over it.
//
//   start ─▶ queued ─▶ taken by a process ─▶ body, step by step ─▶ ended
//               ▲                              │
//               └──────────────────────────────┘ process dies, or ends as a service: the run goes back to the queue,
//                                                and the process that takes it next continues from the ledger

import { type Clock, doubledMs, messageOf, OutdialError } from "../../kernel/index.ts";
import type { Job, JobLedger, JobStatus, OwnedRun, Store } from "../../store/index.ts";
import { noSuchJob, OperationError } from "../error.ts";
import {
  type EngineDesk,
  type EngineKind,
  type EngineRun,
  isTakenAway,
  OWNED,
  type RunEngine,
  type RunsUnderWay,
  type Step,
  workflowId,
} from "./engine.ts";
import type { Kind, RunRow, RunRows } from "./kind.ts";
import { interrupted, JobLeave, type JobReading, monotonic, takenOver } from "./leave.ts";
import { isLeft, LEAVES, leftBy, STORE_TROUBLE } from "./left.ts";
import type { Membership } from "./members.ts";
import { CANCELLED, reasonOf, type StopReason } from "./reason.ts";
import { type Standing, standingOf } from "./standing.ts";

// Runs in this process: each is taken from the engine, carried out step by step as long as this process has the job, and released
// in order.

/** How often this process checks whether another job that is in the way has ended, ms. */
const BLOCKED_MS = 250;
/** Time between two attempts while the database does not answer, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 250;
/** How often a run without an end asks whether it is still this process's, ms: it has no rows to send in between. */
const ENDLESS_LOOK_MS = 2000;
/** Longest pause between two looks at a database that is away, ms. */
const LONGEST_WAIT_MS = 5000;

interface RunsHereDependencies {
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
  async #mayGoOn(kind: Kind, entered: EngineRun): Promise<JobReading> {
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
function forever(): Promise<never> {
  return new Promise(() => {});
}

const refusedHere = (jobId: string) =>
  new OutdialError("interrupted", `${jobId} is left to another service: the tenant refuses this one's token`);

const isWrongStore = (thrown: unknown): thrown is OutdialError =>
  thrown instanceof OutdialError && (thrown.code === "other_tenant" || thrown.code === "audit_set_back");

function isNotOwner(thrown: unknown): boolean {
  return (thrown instanceof OutdialError && thrown.code === "not_owner") || isTakenAway(thrown);
}

/** How often a job that runs elsewhere is read, ms. */
const FOLLOW_MS = 250;
/**
 * Time limit of a search for runs of dead processes, ms; a process that was suspended in the middle of it blocks the others for
 * no longer than this.
 */
const ADOPTION_MS = 3000;

/** Jobs for which a run can begin. */
const RUNNABLE: ReadonlySet<JobStatus> = new Set(["ready", "running", "stopped", "failed"]);

interface RunsDependencies extends RunsHereDependencies {
  readonly turns: Pick<Store["dialer"], "inTurn">;
}

/** How often, and how many ms apart, to check whether the engine has noticed that a run stopped. */
const ENDING_LOOKS = 40;
const ENDING_LOOK_MS = 50;

/**
 * The effect of an interruption: the runs of this process stop; or a service continues them, and only the following here ends.
 */
export type Interruption = "stopping" | "goes-on";

/** Enqueues, follows, cancels, adopts and schedules runs; the only access to the workflow engine. */
export class Runs {
  readonly #deps: RunsDependencies;
  readonly #kinds = new Map<string, Kind>();
  readonly #interrupt = new AbortController();
  readonly #here: RunsHere;
  #seenAstray: ReadonlySet<string> = new Set();
  #engine: RunEngine | undefined;
  /** Gives jobs to services, as long as this process executes none itself. */
  #desk: EngineDesk | undefined;
  #launch: (() => Promise<RunEngine>) | undefined;
  /** Attaches an engine or hands over, when the first run begins. */
  #later: (() => Promise<void>) | undefined;
  /** Another process executes the run that this one follows. */
  #follows = false;

  constructor(deps: RunsDependencies) {
    this.#deps = deps;
    this.#here = new RunsHere(deps, this.#interrupt.signal);
  }

  /** Adds a kind of operation; before the engine is launched. */
  add(kind: Kind): void {
    this.#kinds.set(kind.name, kind);
  }

  /** The kinds for the launch of the engine. */
  kinds(): Record<string, EngineKind> {
    return Object.fromEntries(
      [...this.#kinds].map(([name, kind]) => [
        name,
        { scope: kind.scope, body: (jobId, run, step) => this.#here.execute(kind, { kind: name, jobId, run }, step) },
      ]),
    );
  }

  /** Sets the engine; called once, before the first run. */
  attach(engine: RunEngine): void {
    this.#engine = engine;
    this.#desk = undefined;
  }

  /** Gives jobs to the services beside this process. @param launch starts an engine in this process when no service is left */
  handOver(desk: EngineDesk, launch: () => Promise<RunEngine>): void {
    this.#desk = desk;
    // Several runs may begin at once.
    this.#launch = once(launch);
  }

  /** For a process that may have nothing to run: `launch` calls `attach` or `handOver`, before the first run begins. */
  attachLater(launch: () => Promise<void>): void {
    this.#later = once(launch);
  }

  /** Aborted by `interrupt`. */
  get interrupted(): AbortSignal {
    return this.#interrupt.signal;
  }

  /**
   * Stops all runs of this process early: requests already sent are finished and recorded. The runs of a service are continued by
   * another service, or at its next start; those of a command line can be resumed. For jobs that were given to a service, only
   * the following ends.
   */
  interrupt(): Interruption {
    this.#interrupt.abort(interrupted());
    return this.#here.count > 0 || (this.#desk === undefined && !this.#follows) ? "stopping" : "goes-on";
  }

  /** Resolves when nothing runs here any more, or after a time. */
  async settled(withinMs: number): Promise<void> {
    for (const id of await this.#here.settled(withinMs))
      this.#deps.warn(`${id} did not end in time; it will continue where it stopped`);
  }

  /** Whether the process that began a job, or its latest run, gave it to the services. */
  async wasShared(job: Pick<Job, "id" | "run">): Promise<boolean> {
    for (const run of new Set([job.run, 1])) if ((await this.#attached().phase({ jobId: job.id, run })).wasShared) return true;
    return false;
  }

  /** Whether this process is a service. */
  get serves(): boolean {
    return this.#deps.serves;
  }

  /** Whether a job runs in this process. */
  isHere(jobId: string): boolean {
    return this.#here.hasJob(jobId);
  }

  /** Settles when the run of a job in this process is over; undefined when none is here. */
  overHere(jobId: string): Promise<void> | undefined {
    return this.#here.overOfJob(jobId);
  }

  /** Who works on a job: see `standingOf`. */
  async standing(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">): Promise<Standing> {
    return (await this.#standingOf(job)).standing;
  }

  /** Who works on a job, and whether it is under way. */
  async standingOf(jobId: string | null): Promise<{ readonly standing: Standing; readonly running: boolean }> {
    const job = jobId === null ? undefined : await this.#deps.jobs.getJob(jobId);
    return job === undefined ? { standing: "still", running: false } : this.#standingOf(job);
  }

  #standingOf(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">) {
    return standingOf(job, { isHere: this.isHere(job.id), members: this.#deps.members });
  }

  /** Whether the process that a job names is gone, and the engine has no run of the job for another process. */
  async isOrphaned(job: Pick<Job, "id" | "status" | "executor" | "error" | "run">): Promise<boolean> {
    if ((job.status !== "running" && !isLeft(job)) || (await this.standing(job)) !== "waiting") return false;
    const { phase } = await this.#attached().phase({ jobId: job.id, run: job.run });
    return phase === "none" || phase === "ended";
  }

  /**
   * Makes sure that a job runs: begins a run, unless one is under way or queued. A service gives the run of a dead process to any
   * free service; a command line continues it itself, or gives the job to a service. Throws StoreError `audit_set_back`,
   * `other_tenant`.
   */
  async start(jobId: string): Promise<void> {
    const { members, serves, clock, audit } = this.#deps;
    const rows = this.#rowsOf(jobId);
    for (let looks = 1; ; looks += 1) {
      const job = (await rows.getJob(jobId)) ?? noSuchJob(jobId);
      // A run in this process ends in order by itself when it must not continue.
      if (!RUNNABLE.has(job.status) || this.isHere(jobId)) return;
      audit.requireNotHeld();
      const kind = this.#kindOf(job);
      const atWork = job.status === "running" ? job.executor : null;
      // A run without an end that is not here although its row says so is lost: the answer was, when it was taken or let go of.
      const isLost = kind.rows !== undefined && atWork === members.id;
      if (atWork !== null && !isLost && !(await members.isDead(atWork))) return;
      await this.#later?.();
      const [service] = serves ? [members.id] : await members.services(kind.scope);
      const desk = this.#engine ?? this.#desk;
      if (desk === undefined) throw new Error("attach an engine before running jobs");
      const stands = await desk.phase({ jobId, run: job.run });
      if (stands.phase === "running" && !(await members.isDead(stands.executor))) {
        // The run has stopped, and the engine is about to notice: if the next run began now, it would be mistaken for this one.
        if (atWork !== null || looks > ENDING_LOOKS) return;
        await clock.sleep(ENDING_LOOK_MS);
        continue;
      }
      if (stands.phase === "queued" || stands.phase === "running") {
        // A service takes it when it polls the queue next.
        if (service !== undefined) return;
        await desk.cancel({ kind: job.kind, jobId, run: job.run });
      }
      const run = await rows.openRun(job, kind.scope);
      if (run === undefined) continue;
      if (atWork !== null) await members.forget(atWork);
      const entered = { kind: kind.name, jobId, run };
      const isKept = !serves || (members.refusal() === null && (await members.refused(kind.scope)).length > 0);
      // The queue would give it to any service, also to one that leaves it: that may go on for ever.
      if (this.#engine !== undefined && isKept) await this.#engine.startHere(entered);
      else if (service === undefined) await (await this.#alone()).startHere(entered);
      else {
        await desk.enqueue(entered, { scope: kind.scope, partition: kind.partition(job) });
        if (!serves) this.#deps.warn(`${jobId} is handed over to the service ${service}, which runs it with its own settings`);
      }
      return;
    }
  }

  /** Deletes what the engine keeps of runs that ended before an instant. @returns how many runs */
  forgetEnded(before: Date): Promise<number> {
    return this.#attached().forgetEnded(before);
  }

  /** Launches an engine in a command line when no service is left. */
  async #alone(): Promise<RunEngine> {
    if (this.#launch === undefined) throw new Error("attach an engine before running jobs");
    const engine = await this.#launch();
    if (this.#engine === undefined) this.attach(engine);
    return this.#attached();
  }

  /**
   * Runs a job to its end, or follows the process that does and takes over when that one dies.
   * @param onTick called a few times a second; `here` when this process runs it
   * @returns the job as it ended or stopped
   */
  async run(jobId: string, onTick?: (here: boolean) => Promise<void> | void): Promise<Job> {
    return this.follow(jobId, this.#interrupt.signal, (first) => this.#turn(jobId, first, onTick));
  }

  /**
   * Calls `turn` until it returns something, and waits while the database is away.
   * @param turn called with true the first time
   */
  async follow<T>(jobId: string, signal: AbortSignal, turn: (first: boolean) => Promise<T | undefined>): Promise<T> {
    const { clock } = this.#deps;
    let waits = 0;
    for (let first = true; ; first = false) {
      try {
        const ended = await turn(first);
        if (ended !== undefined) return ended;
        waits = 0;
      } catch (thrown) {
        // The database will come back, and then the run continues in the service or here.
        if (signal.aborted || !(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) throw thrown;
        if (waits === 0) this.#deps.warn(`${jobId}: ${thrown.message}; waiting for it`);
        await clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, waits), signal).catch(() => undefined);
        waits += 1;
      }
    }
  }

  /** Reads a job once and waits a little. @returns the job when it is over, or when this process should not follow it any more */
  async #turn(jobId: string, first: boolean, onTick?: (here: boolean) => Promise<void> | void): Promise<Job | undefined> {
    const { clock } = this.#deps;
    const { signal } = this.#interrupt;
    const before = await this.#find(jobId);
    const goesOn = before.status === "ready" || before.status === "running" || isLeft(before);
    if ((first || goesOn) && !signal.aborted) await this.start(jobId);
    const job = await this.#find(jobId);
    const over = this.#here.overOf({ jobId, run: job.run });
    const isOver = job.status !== "ready" && job.status !== "running" && !isLeft(job);
    if (over === undefined && (isOver || signal.aborted)) return job;
    this.#follows = over === undefined;
    await onTick?.(over !== undefined);
    const timer = new AbortController();
    await Promise.race([over ?? forever(), clock.sleep(FOLLOW_MS, timer.signal).catch(() => undefined)]);
    timer.abort();
    return undefined;
  }

  /**
   * Gives runs of dead processes back to the queue, and begins new runs for those of another version of outdial and those that a
   * service leaves because the tenant refuses its token. One service at a time does this.
   */
  async adopt(): Promise<void> {
    const { turns, members, audit, elapsed = monotonic } = this.#deps;
    const engine = this.#attached();
    if (audit.isHeld) return;
    const take = async () => {
      const began = elapsed();
      const left: RunsUnderWay[] = [];
      // While it could not beat itself, because the database was away, this process considers no other one dead.
      if (!members.isSteady()) return;
      const underWay = await engine.underWay();
      left.push(...this.#strays(underWay));
      const refused: RunsUnderWay[] = [];
      for (const run of underWay) {
        if (run.executor === members.id) continue;
        if (await members.isDead(run.executor)) left.push(run);
        else if (await this.#isLeftByRefused(run)) refused.push(run);
      }
      // A process that was suspended since the check would take runs away from the processes that have taken them by now.
      if (elapsed() - began > ADOPTION_MS) return;
      await engine.resume(left.filter(({ current }) => current));
      for (const executor of new Set(left.map((run) => run.executor))) await members.forget(executor);
      for (const run of [...left.filter(({ current }) => !current), ...refused]) await this.#beginAnew(run);
    };
    await turns.inTurn("adoption of runs", take, ADOPTION_MS);
  }

  /**
   * Runs that the engine records as this process's but that are not executed here, because the answer was lost when they were
   * taken. Only those that the previous search also found: a run that was just taken is about to begin.
   */
  #strays(underWay: readonly RunsUnderWay[]): RunsUnderWay[] {
    const { members } = this.#deps;
    const seen = underWay.filter((run) => run.executor === members.id && this.#here.overOf(run) === undefined);
    const before = this.#seenAstray;
    this.#seenAstray = new Set(seen.map(workflowId));
    return seen.filter((run) => before.has(workflowId(run)));
  }

  /** Whether another service got the run from the queue and does not take its job, because the tenant refuses its token and not this one's. */
  async #isLeftByRefused({ kind, jobId, run, executor }: RunsUnderWay): Promise<boolean> {
    const { members } = this.#deps;
    if (members.refusal() !== null || !(await members.refused(this.#kindOf({ kind }).scope)).includes(executor)) return false;
    const job = await this.#rowsOf(jobId).getJob(jobId);
    return job?.run === run && job.status === "ready";
  }

  /** Begins a new run of a job whose run no process of this version can continue, or the one that has it leaves. */
  async #beginAnew(run: RunsUnderWay): Promise<void> {
    await this.#attached().cancel(run);
    const job = await this.#rowsOf(run.jobId).getJob(run.jobId);
    if (job?.run === run.run) await this.start(run.jobId);
  }

  async #find(jobId: string): Promise<Job> {
    return (await this.#deps.jobs.getJob(jobId)) ?? noSuchJob(jobId);
  }

  /** Where it is said who has a run: the ledger of jobs, or the rows of a kind of its own. */
  #rowsOf(id: string): RunRows {
    const own = this.#kinds.get(id.slice(0, id.indexOf("/")));
    return own?.rows ?? this.#deps.jobs;
  }

  #kindOf({ kind }: Pick<RunRow, "kind">): Kind {
    const found = this.#kinds.get(kind);
    if (found !== undefined) return found;
    // The case of CRM pushes when no CRM is configured.
    throw new OperationError("not_available", `this process runs no jobs of the kind ${kind}`, {
      advice: "Configure here what the job needs, or continue it where that is configured.",
    });
  }

  #attached(): RunEngine {
    if (this.#engine === undefined) throw new Error("attach an engine before running jobs");
    return this.#engine;
  }
}

/** Calls a function once, for all who ask; again after a failure. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () =>
    (done ??= work().catch((thrown: unknown) => {
      done = undefined;
      throw thrown;
    }));
}
