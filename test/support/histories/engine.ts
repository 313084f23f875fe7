// The engine as a model: runs as rows that executors take, one at a time of a partition, with the results of their steps. It keeps the rules of DBOS that
// the operations build upon: a step's result is written only while the run is the executor's, a run that is given back to its queue is another's.

import { DBOSWorkflowConflictError } from "@dbos-inc/dbos-sdk";
import type { EngineBody, EngineRun, RunEngine } from "../../../src/operations/run/engine.ts";
import { workflowId } from "../../../src/operations/run/engine.ts";
import type { SimulatedProcess } from "./process.ts";
import { ask, type Wire } from "./wire.ts";

interface Row {
  readonly run: EngineRun;
  readonly partition: string | undefined;
  status: "ENQUEUED" | "PENDING" | "ENDED" | "CANCELLED";
  executor: string;
  readonly steps: Map<string, unknown>;
}

/** How often an executor looks for runs, and tries a write again, ms. */
const POLL_MS = 250;
const AGAIN_MS = 500;

export class EngineModel {
  readonly #rows = new Map<string, Row>();
  /** What should never have happened, in words. */
  readonly faults: string[] = [];

  /** Whether a run is down as an executor's. */
  owns(workflow: string, executor: string): boolean {
    const row = this.#rows.get(workflow);
    return row?.status === "PENDING" && row.executor === executor;
  }

  /** The engine of one process; a service takes runs from the queue. */
  open(process: SimulatedProcess, wire: Wire, kinds: Readonly<Record<string, EngineBody>>, serves: boolean): RunEngine {
    const { clock, id: executor } = process;
    const tell = <T>(effect: () => T): Promise<T> => ask(wire, process, effect);
    /** A write of the engine's own is repeated until the database takes it. */
    const insist = async <T>(effect: () => T): Promise<T> => {
      for (;;) {
        try {
          return await tell(effect);
        } catch (thrown) {
          if (!isLost(thrown)) throw thrown;
          await clock.sleep(AGAIN_MS);
        }
      }
    };
    const carryOut = async (id: string): Promise<void> => {
      const row = this.#rows.get(id) as Row;
      const { kind, jobId, run } = row.run;
      const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const known = await insist(() => (row.steps.has(name) ? { value: row.steps.get(name) as T } : undefined));
        if (known !== undefined) return known.value;
        const value = await work();
        await insist(() => {
          if (!this.owns(id, executor)) throw new DBOSWorkflowConflictError(id);
          // A reply that was lost: the row is this process's, so it was its own write.
          row.steps.set(name, value);
        });
        return value;
      };
      const body = kinds[kind];
      if (body === undefined) throw new Error(`this process runs no jobs of the kind ${kind}`);
      await body(jobId, run, step).catch(() => undefined);
      await insist(() => {
        if (this.owns(id, executor)) row.status = "ENDED";
      });
    };
    const begin = (id: string): void =>
      void carryOut(id).catch((thrown: unknown) => this.faults.push(`${id}: ${String(thrown)}`));
    if (serves) void this.#serve(process, tell, begin);
    return {
      startHere: async (run) => {
        await tell(() => this.#enter(run, undefined, "PENDING", executor));
        begin(workflowId(run));
      },
      enqueue: (run, { partition }) => tell(() => this.#enter(run, partition, "ENQUEUED", "")),
      phase: (run) =>
        tell(() => {
          const row = this.#rows.get(workflowId(run));
          const wasShared = row?.partition !== undefined;
          if (row === undefined) return { phase: "none" as const, wasShared };
          if (row.status === "ENQUEUED") return { phase: "queued" as const, wasShared };
          return row.status === "PENDING"
            ? { phase: "running" as const, executor: row.executor, wasShared }
            : { phase: "ended" as const, wasShared };
        }),
      underWay: () =>
        tell(() =>
          [...this.#rows.values()]
            .filter(({ status }) => status === "PENDING")
            .map((row) => ({ ...row.run, executor: row.executor, current: true, shared: row.partition !== undefined })),
        ),
      resume: (runs) =>
        tell(() => {
          for (const run of runs) {
            const row = this.#rows.get(workflowId(run));
            if (row !== undefined && row.status === "PENDING") Object.assign(row, { status: "ENQUEUED", executor: "" });
          }
        }),
      cancel: (run) =>
        tell(() => {
          const row = this.#rows.get(workflowId(run));
          if (row !== undefined && row.status !== "ENDED") row.status = "CANCELLED";
        }),
      forgetEnded: async () => 0,
      close: async () => undefined,
    };
  }

  async #serve(process: SimulatedProcess, tell: <T>(effect: () => T) => Promise<T>, begin: (id: string) => void): Promise<void> {
    for (;;) {
      const taken = await tell(() => this.#take(process.id)).catch(() => undefined);
      if (taken !== undefined) begin(taken);
      await process.clock.sleep(POLL_MS);
    }
  }

  #take(executor: string): string | undefined {
    const busy = new Set([...this.#rows.values()].filter(({ status }) => status === "PENDING").map(({ partition }) => partition));
    for (const [id, row] of this.#rows) {
      if (row.status !== "ENQUEUED" || (row.partition !== undefined && busy.has(row.partition))) continue;
      Object.assign(row, { status: "PENDING", executor });
      return id;
    }
    return undefined;
  }

  #enter(run: EngineRun, partition: string | undefined, status: Row["status"], executor: string): void {
    const id = workflowId(run);
    if (!this.#rows.has(id)) this.#rows.set(id, { run, partition, status, executor, steps: new Map() });
  }
}

const isLost = (thrown: unknown) => thrown instanceof Error && "code" in thrown && thrown.code === "store_unavailable";
