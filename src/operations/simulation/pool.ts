// Replications on worker threads. What comes back is the same to the bit whatever the number of threads: each replication has its own seed, and
// they are put in order.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Replication, SimulationScenario } from "../../dialing/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import type { ReplicationTask, WorkerReply } from "./task.ts";

/**
 * - `invalid_input`: an option cannot be used.
 * - `simulation_failed`: a replication raised an error, or its thread broke down.
 * - `simulation_stopped`: the pool was closed before the replication was done.
 * - `simulation_too_long`: it was not done in the time that it was given.
 * - `simulation_busy`: others are at work, and enough wait.
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
  /** Threads; default as many as the machine runs at once. The caller's own thread simulates nothing. */
  readonly workers?: number;
}

interface ReplicateOptions {
  /** How many replications; default 20. */
  readonly replications?: number;
  /** Default 1. */
  readonly seed?: number | string;
  /** Stops after the replications under way; rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told after each replication. */
  readonly onProgress?: (done: number, all: number) => void;
}

interface Waiting {
  readonly task: Omit<ReplicationTask, "id">;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (replication: Replication) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  working: Waiting | undefined;
}

/** A thread that needs more ends with an error, and the process lives. */
const MOST_MEMORY_MB = 2048;

/** Threads that simulate, started when they are first needed and kept until `close`. */
export class SimulationPool {
  readonly #size: number;
  readonly #threads: Thread[] = [];
  readonly #queue: Waiting[] = [];
  #ids = 0;
  #closed = false;

  constructor({ workers = availableParallelism() }: SimulationPoolOptions = {}) {
    if (!(Number.isInteger(workers) && workers >= 1 && workers <= 256)) {
      throw new SimulationError("invalid_input", `workers is ${workers}; allowed is a whole number from 1 to 256`);
    }
    this.#size = workers;
  }

  /** Runs replications 0, 1, … of a parsed scenario and gives them in that order. */
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

  /** Ends the threads; what waits or is under way is rejected. May be called twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const ended = new SimulationError("simulation_stopped", "the simulation was stopped");
    for (const { reject } of this.#queue.splice(0)) reject(ended);
    await Promise.all(
      this.#threads.splice(0).map(({ worker, working }) => {
        working?.reject(ended);
        return worker.terminate();
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #run(task: Omit<ReplicationTask, "id">, signal: AbortSignal | undefined): Promise<Replication> {
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
      const thread = this.#threads.find(({ working }) => working === undefined) ?? this.#start();
      if (thread === undefined || next === undefined) return;
      this.#queue.shift();
      thread.working = next;
      thread.worker.ref();
      thread.worker.postMessage({ id: this.#ids++, ...next.task } satisfies ReplicationTask, []);
    }
  }

  #start(): Thread | undefined {
    if (this.#threads.length >= this.#size) return undefined;
    // Built code has another extension than the sources.
    const worker = new Worker(
      new URL(import.meta.url.endsWith(".ts") ? "./replication-thread.ts" : "./replication-thread.js", import.meta.url),
      {
        resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
      },
    );
    const thread: Thread = { worker, working: undefined };
    this.#threads.push(thread);
    worker.on("message", (reply: WorkerReply) => {
      const { working } = thread;
      thread.working = undefined;
      // An idle thread does not keep the process alive.
      worker.unref();
      if ("error" in reply) working?.reject(new SimulationError("simulation_failed", `a replication failed: ${reply.error}`));
      else working?.resolve(reply.replication);
      this.#dispatch();
    });
    worker.on("error", (cause) => {
      const at = this.#threads.indexOf(thread);
      if (at >= 0) this.#threads.splice(at, 1);
      const said = `a simulation thread broke down: ${messageOf(cause)}`;
      thread.working?.reject(new SimulationError("simulation_failed", said, { cause }));
      thread.working = undefined;
      this.#dispatch();
    });
    return thread;
  }
}
