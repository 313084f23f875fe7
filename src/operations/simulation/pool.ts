// Replications on worker threads. The result is the same to the bit for any number of threads: each replication has its own seed,
// and they are returned in order.

import { availableParallelism } from "node:os";
import type { Replication, SimulationScenario } from "../../dialing/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { Thread } from "../thread.ts";
import type { ReplicationTask, WorkerReply } from "./task.ts";

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
