// Simulations for many callers: on separate threads, one after the other, each with a time limit.

import { availableParallelism } from "node:os";
import { isInstantInRange, type RulePack, strictestAbandonment, usCaUk2026, type Zone, zoneOf } from "../../compliance/index.ts";
import {
  bucketsOf,
  type CalibratedScenario,
  type Calibration,
  type CallOutcome,
  type CallRecord,
  type Comparison,
  calibratedScenario,
  combine,
  compareReplications,
  createCalibration,
  type OptimiseOptions,
  type Optimum,
  optimise,
  parseScenario,
  type Replication,
  type SimulationResult,
  type SimulationScenario,
} from "../../dialing/index.ts";
import { isDay, messageOf, nearest, OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../error.ts";
import { Semaphore } from "../jobs/semaphore.ts";
import {
  type Cells,
  type Parsed,
  type RecordFormat,
  type RecordOptions,
  type RefusedLine,
  readRecords,
} from "../table/records.ts";
import { Thread } from "../thread.ts";
import type { ReplicationTask, WorkerReply } from "./task.ts";
import { type Axis, type Variation, variationsOf } from "./variations.ts";

// The abandonment limit of a scenario and the window in which it is measured, taken from the rule pack for the jurisdictions that
// are called.

const HOUR = 3600;

/**
 * The scenario under the strictest limit and the shortest window of the jurisdictions.
 * @throws OperationError `invalid_input` for a jurisdiction without such a rule
 */
export function underLaw(scenario: SimulationScenario, pack: RulePack, jurisdictions: readonly string[]): SimulationScenario {
  for (const jurisdiction of jurisdictions) {
    if (strictestAbandonment(pack, [jurisdiction]) !== undefined) continue;
    const known = pack.rules.filter(({ kind }) => kind === "abandonment-limit").map((rule) => rule.jurisdiction);
    throw new OperationError("invalid_input", `${pack.id} has no abandonment limit for ${jurisdiction}`, {
      advice: `It has one for ${known.join(", ")}.`,
    });
  }
  const limit = strictestAbandonment(pack, jurisdictions);
  if (limit === undefined) return scenario;
  const { maxRate: abandonmentTarget, windowHours } = limit;
  return parseScenario({ ...scenario, abandonmentTarget, abandonmentWindow: windowHours * HOUR }, scenario.name);
}

// Computes a calibration and a scenario from a file of calls.

// Records of calls for the calibration, from CSV or NDJSON: every line becomes a record or a refusal with its line, field and
// reason.

type Field = "hour" | "day" | "time" | "outcome" | "ring_seconds" | "talk_seconds" | "wrap_seconds" | "attempt" | "abandoned";

/** The documented name of each column first, then its other known names. */
const FORMAT: RecordFormat<Field> = {
  fields: [
    { field: "hour", names: ["hour", "local_hour"] },
    { field: "day", names: ["day", "date", "local_date"] },
    { field: "time", names: ["time", "started_at", "start_time", "starttime"] },
    { field: "outcome", names: ["outcome", "result", "call_result"], required: true },
    { field: "ring_seconds", names: ["ring_seconds", "ring", "ring_time", "ringseconds"] },
    { field: "talk_seconds", names: ["talk_seconds", "talk", "talk_time", "talkseconds"] },
    { field: "wrap_seconds", names: ["wrap_seconds", "wrap", "wrap_time", "acw_seconds", "acw", "wrapseconds"] },
    { field: "attempt", names: ["attempt", "attempt_number", "attempts"] },
    { field: "abandoned", names: ["abandoned", "is_abandoned"] },
  ],
};

/** Words for outcomes, in lower case without blanks, hyphens and underscores. */
const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  live: "live",
  answered: "live",
  human: "live",
  person: "live",
  connected: "live",
  abandoned: "live",
  machine: "machine",
  answeringmachine: "machine",
  voicemail: "machine",
  amd: "machine",
  noanswer: "noAnswer",
  na: "noAnswer",
  rna: "noAnswer",
  timeout: "noAnswer",
  busy: "busy",
  invalid: "invalid",
  disconnected: "invalid",
  failed: "invalid",
  badnumber: "invalid",
  fax: "invalid",
};

/** How a file of call records is read. */
export interface CallRecordOptions extends RecordOptions {
  /** IANA zone used to find the hour of a `time`. Default: the zone that the time is written with. */
  readonly zone?: string | undefined;
}

/**
 * Reads records of calls. A line needs an `outcome` and an `hour` or a `time`; the rest may be empty.
 * @throws OperationError `invalid_input` when the file as a whole cannot be read, or the zone is unknown
 */
export async function* readCallRecords(
  source: AsyncIterable<Uint8Array>,
  options: CallRecordOptions = {},
): AsyncGenerator<{ readonly line: number; readonly record: CallRecord } | RefusedLine> {
  const clockOf = options.zone === undefined ? writtenClock : clockIn(options.zone);
  yield* readRecords(source, FORMAT, (cells) => recordOf(cells, clockOf), options);
}

/** The time shown by a clock. */
interface Clock {
  readonly hour: number;
  readonly day: string;
}

type ClockOf = (text: string) => Parsed<Clock>;

function recordOf(cells: Cells<Field>, clockOf: ClockOf): CallRecord {
  const outcome = cells.need("outcome", outcomeOf);
  const given = cells.maybe(
    "hour",
    number("hours of the day from 0 up to 24", (value) => value >= 0 && value < 24),
  );
  const clock = given === undefined ? cells.need("time", clockOf) : { hour: given, day: undefined };
  const hour = clock.hour;
  const day = cells.maybe("day", dayOf) ?? clock.day;
  const seconds = number("seconds from 0 to 86400", (value) => value >= 0 && value <= 86_400);
  const ringSeconds = cells.maybe("ring_seconds", seconds);
  const talkSeconds = cells.maybe("talk_seconds", seconds);
  const wrapSeconds = cells.maybe("wrap_seconds", seconds);
  const attempt = cells.maybe(
    "attempt",
    number("a whole number from 1 to 1000", (value) => Number.isInteger(value) && value >= 1 && value <= 1000),
  );
  const said = cells.maybe("abandoned", yesOrNo);
  const isAbandoned = wordOf(cells.text("outcome")) === "abandoned";
  if (isAbandoned && said === false) {
    cells.refuse("abandoned", `abandoned is ${cells.text("abandoned")} although the outcome is abandoned`);
  }
  const abandoned = isAbandoned ? true : said;
  if (talkSeconds !== undefined && talkSeconds > 0 && outcome !== "live" && outcome !== "machine") {
    cells.refuse(
      "talk_seconds",
      `talk_seconds is ${talkSeconds} although the outcome is ${outcome}: no person was there to talk to`,
    );
  }
  return {
    hour,
    ...(day === undefined ? {} : { day }),
    outcome,
    ...(ringSeconds === undefined ? {} : { ringSeconds }),
    // Systems write a talk time of 0 s when there was no talk. An agent who was connected to a machine was busy, but talked to
    // nobody.
    ...(talkSeconds === undefined || talkSeconds === 0 || outcome !== "live" ? {} : { talkSeconds }),
    ...(wrapSeconds === undefined || outcome !== "live" || abandoned === true ? {} : { wrapSeconds }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(abandoned === undefined ? {} : { abandoned }),
  };
}

/** In lower case without blanks, hyphens and underscores. */
const wordOf = (text: string): string => text.toLowerCase().replaceAll(/[\s_-]/g, "");

function outcomeOf(text: string): Parsed<CallOutcome> {
  const word = wordOf(text);
  const outcome = OUTCOMES[word];
  if (outcome !== undefined) return { ok: outcome };
  const near = nearest(word, Object.keys(OUTCOMES));
  return {
    problem: `${JSON.stringify(text.slice(0, 40))} is not one of live, machine, no_answer, busy, invalid${near === undefined ? "" : `; did you mean ${near}?`}`,
  };
}

/** Decimal numbers; not the hexadecimal, octal and binary ones that JavaScript also accepts. */
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function number(allowed: string, isAllowed: (value: number) => boolean): (text: string) => Parsed<number> {
  return (text) => {
    const value = DECIMAL.test(text.trim()) ? Number(text) : Number.NaN;
    return Number.isFinite(value) && isAllowed(value)
      ? { ok: value }
      : { problem: `${JSON.stringify(text.slice(0, 40))} is not ${allowed}` };
  };
}

function yesOrNo(text: string): Parsed<boolean> {
  if (/^(true|yes|y|1)$/i.test(text)) return { ok: true };
  if (/^(false|no|n|0)$/i.test(text)) return { ok: false };
  return { problem: `${JSON.stringify(text.slice(0, 40))} is not yes or no` };
}

function dayOf(text: string): Parsed<string> {
  return isDay(text) ? { ok: text } : { problem: `${JSON.stringify(text.slice(0, 40))} is no day such as 2026-03-01` };
}

const TIME = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The local time as it is written in the text. */
function writtenClock(text: string): Parsed<Clock> {
  const [, day = "", hours, minutes, seconds = "0"] = TIME.exec(text) ?? [];
  return isDay(day)
    ? { ok: { hour: Number(hours) + Number(minutes) / 60 + Number(seconds) / 3600, day } }
    : { problem: `${JSON.stringify(text.slice(0, 40))} is no time such as 2026-03-01T09:30:00-05:00` };
}

function clockIn(name: string): ClockOf {
  let zone: Zone;
  try {
    zone = zoneOf(name);
  } catch {
    throw new OperationError("invalid_input", `${name} is no time zone; give an IANA name such as America/New_York`);
  }
  return (text) => {
    const [, day = "", , , , offset] = TIME.exec(text) ?? [];
    const at = offset === undefined || !isDay(day) ? Number.NaN : Date.parse(text.replace(" ", "T"));
    if (!isInstantInRange(at))
      return { problem: `${JSON.stringify(text.slice(0, 40))} is no time with an offset such as 2026-03-01T14:30:00Z` };
    const local = new Date(at + zone.offset(at));
    return { ok: { hour: local.getUTCHours() + local.getUTCMinutes() / 60, day: local.toISOString().slice(0, 10) } };
  };
}

/** How records are read, and the calibration's callbacks. */
interface CalibrateOptions extends CallRecordOptions {
  /** Name of the scenario. */
  readonly name: string;
  /** Called for each line that was refused. */
  readonly onRefused: (refused: RefusedLine) => Promise<void> | void;
  /** Called after each fixed number of lines. */
  readonly onProgress?: (records: number) => void;
}

interface Calibrated {
  readonly records: number;
  readonly refused: number;
  readonly calibration: Calibration;
  /** Input of a scenario; `parseScenario` takes it. */
  readonly scenario: CalibratedScenario;
}

const PROGRESS_EVERY = 10_000;

/** @throws OperationError `invalid_input` when the file as a whole cannot be read, or it has no valid line */
export async function calibrateCalls(source: AsyncIterable<Uint8Array>, options: CalibrateOptions): Promise<Calibrated> {
  const { name, onRefused, onProgress, ...read } = options;
  const builder = createCalibration();
  let [records, refused] = [0, 0];
  let first: RefusedLine | undefined;
  for await (const line of readCallRecords(source, read)) {
    if ("record" in line) {
      builder.add(line.record);
      records += 1;
      if (records % PROGRESS_EVERY === 0) onProgress?.(records);
    } else {
      refused += 1;
      first ??= line;
      await onRefused(line);
    }
  }
  if (records === 0) {
    const why = first === undefined ? "it has no lines but the header" : `line ${first.line}: ${first.reason}`;
    throw new OperationError("invalid_input", `no call could be read: ${why}`, {
      advice: "docs/simulate.md lists the columns; map other names with --column FIELD=NAME.",
    });
  }
  const calibration = builder.finish();
  const scenario = calibratedScenario(calibration, name);
  // The written scenario must be valid: a bug that would make it invalid shows here instead of later.
  parseScenario(scenario, name);
  return { records, refused, calibration, scenario };
}

/** Limits of the simulations in a service. */
interface SimulationLimits {
  /** A simulation that takes longer is ended, ms. */
  readonly longestMs: number;
  /** Number of callers that may wait while another's simulation runs. */
  readonly waiting: number;
}

/** Low, because a service has other work to do. */
const LIMITS: SimulationLimits = { longestMs: 120_000, waiting: 8 };
/** Threads of one simulation. */
const WORKERS = 1;
/** Steps of all replications of a scenario are kept until they are combined: about 200 bytes each. */
const MOST_STEPS = 500_000;

/** How a scenario is simulated. */
export interface SimulationQuestion {
  /** For each scenario. */
  readonly replications: number;
  readonly seed: number | string;
  /**
   * Where the campaign calls: their strictest abandonment limit and shortest window replace the scenario's. Default: the
   * scenario's.
   */
  readonly jurisdictions?: readonly string[];
  /** Aborted when nobody waits for the answer. */
  readonly signal: AbortSignal;
}

/**
 * Simulations for many callers: one runs at a time, the others wait for their turn. All methods throw SimulationError
 * `simulation_busy`, `simulation_too_long`, OperationError `invalid_input` and SimulationScenarioError.
 */
export class SimulationUseCases {
  readonly #limits: SimulationLimits;
  readonly #turns = new Semaphore(1);
  #atWorkOrWaiting = 0;

  readonly #pack: () => Promise<RulePack>;

  /** @param pack the rules in force; the built-in ones by default */
  constructor(pack: () => Promise<RulePack> = async () => usCaUk2026(), limits: SimulationLimits = LIMITS) {
    this.#pack = pack;
    this.#limits = limits;
  }

  /** A scenario, or two compared under common random numbers. */
  async run(
    [asked, against]: readonly [SimulationScenario, SimulationScenario | undefined],
    question: SimulationQuestion,
  ): Promise<object> {
    const scenario = await this.#underLaw(asked, question);
    const other = against === undefined ? undefined : await this.#underLaw(against, question);
    for (const one of other === undefined ? [scenario] : [scenario, other]) requireSize(one, question);
    return this.#studying(question, async (studies) => {
      if (other === undefined) return { scenario: scenario.name, result: await studies.run(scenario) };
      return { names: [scenario.name, other.name], ...(await studies.compare(scenario, other)) };
    });
  }

  /** Every combination of the axes' values. */
  async whatIf(given: SimulationScenario, axes: readonly Axis[], question: SimulationQuestion): Promise<object> {
    const scenario = await this.#underLaw(given, question);
    const asked = variationsOf(scenario, axes);
    for (const variation of asked) requireSize(variation.scenario, question);
    return this.#studying(question, async (studies) => {
      const variations = await studies.vary(asked);
      return { scenario: scenario.name, variations: variations.map(({ values, result }) => ({ values, result })) };
    });
  }

  /** The best pacing that keeps the abandonment limit with the given probability. */
  async optimise(
    given: SimulationScenario,
    goal: { readonly probability: number; readonly limit?: number },
    question: SimulationQuestion,
  ): Promise<object> {
    const scenario = await this.#underLaw(given, question);
    requireSize(scenario, question);
    return this.#studying(question, async (studies) => ({
      scenario: scenario.name,
      optimum: await studies.optimise({ scenario, ...goal }),
    }));
  }

  /** The answer rates and times in a file of calls, and the scenario made from them. */
  calibrate(calls: AsyncIterable<Uint8Array>, options: CalibrateOptions): ReturnType<typeof calibrateCalls> {
    return calibrateCalls(calls, options);
  }

  async #underLaw(scenario: SimulationScenario, { jurisdictions = [] }: SimulationQuestion): Promise<SimulationScenario> {
    return jurisdictions.length === 0 ? scenario : underLaw(scenario, await this.#pack(), jurisdictions);
  }

  async #studying<T>(question: SimulationQuestion, work: (studies: Studies) => Promise<T>): Promise<T> {
    const { replications, seed, signal } = question;
    const { longestMs, waiting } = this.#limits;
    if (this.#atWorkOrWaiting > waiting) {
      throw new SimulationError("simulation_busy", `another simulation is running, and ${waiting} more are waiting`, {
        advice: "Ask again in a minute, or use outdial simulate, which runs on your machine.",
      });
    }
    this.#atWorkOrWaiting += 1;
    await this.#turns.acquire();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), longestMs);
    try {
      if (signal.aborted) throw new SimulationError("simulation_stopped", "the caller has disconnected");
      await using studies = openStudies({ replications, seed, workers: WORKERS });
      AbortSignal.any([signal, late.signal]).addEventListener("abort", () => studies.interrupt(), { once: true });
      return await work(studies);
    } catch (thrown) {
      if (!late.signal.aborted) throw thrown;
      throw new SimulationError("simulation_too_long", `the simulation was not done within ${longestMs / 1000} s`, {
        advice: "Shorten the duration, ask for fewer replications or values, or use outdial simulate, which has no such limit.",
      });
    } finally {
      clearTimeout(timer);
      this.#turns.release();
      this.#atWorkOrWaiting -= 1;
    }
  }
}

function requireSize(scenario: SimulationScenario, { replications }: SimulationQuestion): void {
  const steps = replications * bucketsOf(scenario);
  if (steps <= MOST_STEPS) return;
  throw new OperationError(
    "invalid_input",
    `${replications} replications of ${bucketsOf(scenario)} steps are ${steps}; at most ${MOST_STEPS} are allowed`,
    { advice: "Give a longer bucket or fewer replications, or use outdial simulate, which has no such limit." },
  );
}

// Studies on worker threads: a scenario, a comparison of two, variations, the best pacing. Equal input gives equal figures.

interface StudyOptions {
  /** Replications of each scenario. */
  readonly replications: number;
  readonly seed: number | string;
  /** Number of threads; by default as many as the machine can run at once. */
  readonly workers?: number | undefined;
  /** Called after each replication: how many are done, of how many as far as that is known, and of which scenario. */
  readonly onProgress?: (progress: StudyProgress) => void;
}

/** The progress of a study. */
export interface StudyProgress {
  readonly done: number;
  readonly all: number;
  /** Such as `scenario 2 of 3`; empty when there is one. */
  readonly what: string;
}

interface VariationResult extends Variation {
  readonly result: SimulationResult;
}

/** Runs studies; disposing it ends the threads. */
export interface Studies extends AsyncDisposable {
  run(scenario: SimulationScenario): Promise<SimulationResult>;
  /** The second scenario's results minus the first's, pair by pair under common random numbers. */
  compare(first: SimulationScenario, second: SimulationScenario): Promise<Compared>;
  vary(variations: readonly Variation[]): Promise<VariationResult[]>;
  optimise(options: Omit<OptimiseOptions, "replications">): Promise<Optimum>;
  /** Ends running studies: they are rejected with an OutdialError `interrupted`. */
  interrupt(): void;
}

/** Two scenarios with their results, and the difference under common random numbers. */
interface Compared {
  readonly first: SimulationResult;
  readonly second: SimulationResult;
  readonly comparison: Comparison;
}

/** Starts threads when they are needed. Throws SimulationError `invalid_input` for an invalid number of threads. */
export function openStudies({ replications, seed, workers, onProgress }: StudyOptions): Studies {
  const pool = new SimulationPool(workers === undefined ? {} : { workers });
  const stop = new AbortController();
  const replicate = async (
    scenario: SimulationScenario,
    count: number,
    before: number,
    all: number,
    what: string,
  ): Promise<Replication[]> => {
    try {
      return await pool.replicate(scenario, {
        replications: count,
        seed,
        signal: stop.signal,
        onProgress: (done) => onProgress?.({ done: before + done, all, what }),
      });
    } catch (thrown) {
      // Whatever error the threads ended with, the reason was the interruption.
      throw stop.signal.aborted ? stop.signal.reason : thrown;
    }
  };
  const inTurn = async (scenarios: readonly SimulationScenario[]): Promise<Replication[][]> => {
    const results: Replication[][] = [];
    const all = scenarios.length * replications;
    for (const [i, scenario] of scenarios.entries()) {
      const what = scenarios.length === 1 ? "" : `scenario ${i + 1} of ${scenarios.length}`;
      results.push(await replicate(scenario, replications, i * replications, all, what));
    }
    return results;
  };
  return {
    async run(scenario) {
      const [own = []] = await inTurn([scenario]);
      return combine(own);
    },
    async compare(first, second) {
      const [a = [], b = []] = await inTurn([first, second]);
      return { first: combine(a), second: combine(b), comparison: compareReplications(a, b) };
    },
    async vary(variations) {
      const found: VariationResult[] = [];
      const all = variations.length * replications;
      for (const [i, variation] of variations.entries()) {
        // Only results are kept: the replications of a large grid would need too much memory.
        const runs = await replicate(
          variation.scenario,
          replications,
          i * replications,
          all,
          `variation ${i + 1} of ${variations.length}`,
        );
        found.push({ ...variation, result: combine(runs) });
      }
      return found;
    },
    optimise(options) {
      let candidates = 0;
      return optimise({ ...options, replications }, (scenario, count) => {
        candidates += 1;
        return replicate(scenario, count, 0, count, `candidate ${candidates}: ${scenario.pacing.strategy}`);
      });
    },
    interrupt() {
      stop.abort(new OutdialError("interrupted", "the simulation was interrupted"));
      void pool.close();
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

// Replications on worker threads. The result is the same to the bit for any number of threads: each replication has its own seed,
// and they are returned in order.

/**
 * - `invalid_input`: an option has an invalid value.
 * - `simulation_failed`: a replication threw an error, or its thread crashed.
 * - `simulation_stopped`: the pool was closed before the replication was done.
 * - `simulation_too_long`: it took longer than the time limit.
 * - `simulation_busy`: another one is running, and too many are waiting.
 */
export type SimulationErrorCode =
  | "invalid_input"
  | "simulation_failed"
  | "simulation_stopped"
  | "simulation_too_long"
  | "simulation_busy";

/** Error of simulations on threads; `code` says what is wrong. */
export class SimulationError extends OutdialError<SimulationErrorCode> {}

interface SimulationPoolOptions {
  /** Number of threads; by default as many as the machine can run at once. The caller's own thread simulates nothing. */
  readonly workers?: number;
}

interface ReplicateOptions {
  /** Number of replications; default 20. */
  readonly replications?: number;
  /** Default 1. */
  readonly seed?: number | string;
  /** Stops after the replications under way; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each replication. */
  readonly onProgress?: (done: number, all: number) => void;
}

interface Waiting {
  readonly task: ReplicationTask;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (replication: Replication) => void;
  readonly reject: (error: unknown) => void;
}

/** A thread that needs more ends with an error, and the process continues. */
const MOST_MEMORY_MB = 2048;

/** Simulation threads, started when they are first needed and kept until `close`. */
export class SimulationPool {
  readonly #size: number;
  #threads: Thread<ReplicationTask, WorkerReply>[] = [];
  readonly #queue: Waiting[] = [];
  #closed = false;

  constructor({ workers = availableParallelism() }: SimulationPoolOptions = {}) {
    if (!(Number.isInteger(workers) && workers >= 1 && workers <= 256)) {
      throw new SimulationError("invalid_input", `workers is ${workers}; allowed is a whole number from 1 to 256`);
    }
    this.#size = workers;
  }

  /** Runs replications 0, 1, … of a parsed scenario and returns them in that order. */
  async replicate(scenario: SimulationScenario, options: ReplicateOptions = {}): Promise<Replication[]> {
    const { replications = 20, seed = 1, signal, onProgress } = options;
    let done = 0;
    const report = <Value>(value: Value): Value => {
      onProgress?.(++done, replications);
      return value;
    };
    const indices = Array.from({ length: replications }, (_, index) => index);
    return await Promise.all(indices.map((index) => this.#run({ scenario, seed, index }, signal).then(report)));
  }

  /** Ends the threads; waiting and running replications are rejected. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = new SimulationError("simulation_stopped", "the simulation was stopped");
    for (const { reject } of this.#queue.splice(0)) reject(ended);
    await Promise.all(this.#threads.map((thread) => thread.end(ended)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run(task: ReplicationTask, signal: AbortSignal | undefined): Promise<Replication> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, signal, resolve, reject });
      this.#dispatch();
    });
  }

  /** Gives waiting tasks to idle threads, starting new ones up to the size of the pool. */
  #dispatch(): void {
    while (this.#queue.length > 0 && !this.#closed) {
      const next = this.#queue[0];
      if (next?.signal?.aborted === true) {
        this.#queue.shift();
        next.reject(next.signal.reason);
        continue;
      }
      const thread = this.#threads.find(({ isIdle }) => isIdle) ?? this.#start();
      if (thread === undefined || next === undefined) return;
      this.#queue.shift();
      void this.#work(thread, next);
    }
  }

  async #work(thread: Thread<ReplicationTask, WorkerReply>, { task, resolve, reject }: Waiting): Promise<void> {
    try {
      const reply = await thread.ask(task);
      if ("error" in reply) reject(new SimulationError("simulation_failed", `a replication failed: ${reply.error}`));
      else resolve(reply.replication);
    } catch (cause) {
      const said = `a simulation thread broke down: ${messageOf(cause)}`;
      reject(cause instanceof SimulationError ? cause : new SimulationError("simulation_failed", said, { cause }));
    }
    this.#dispatch();
  }

  #start(): Thread<ReplicationTask, WorkerReply> | undefined {
    this.#threads = this.#threads.filter(({ isGone }) => !isGone);
    if (this.#threads.length >= this.#size) return undefined;
    const limits = { maxOldGenerationSizeMb: MOST_MEMORY_MB };
    const thread = new Thread<ReplicationTask, WorkerReply>({
      what: "a replication",
      module: "./replication-thread",
      from: import.meta.url,
      limits,
    });
    this.#threads.push(thread);
    return thread;
  }
}
