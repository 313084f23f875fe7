// Replications on worker threads. The result is the same to the bit for any number of threads: each replication has its own seed,
// and they are returned in order.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Replication, SimulationScenario } from "../../dialing/index.ts";
import { messageOf, OutdialError } from "../../kernel/index.ts";
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
  readonly task: Omit<ReplicationTask, "id">;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (replication: Replication) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  working: Waiting | undefined;
}

/** A thread that needs more ends with an error, and the process continues. */
const MOST_MEMORY_MB = 2048;

/** Simulation threads, started when they are first needed and kept until `close`. */
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
    // Built code and sources have different file extensions.
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
