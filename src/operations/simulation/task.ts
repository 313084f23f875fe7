// What the simulation pool and its worker threads say to each other.

import type { Replication, SimulationScenario } from "../../dialing/index.ts";

/** One replication, as a thread is given it. */
export interface ReplicationTask {
  readonly id: number;
  /** Parsed: a worker does not check it again. */
  readonly scenario: SimulationScenario;
  readonly seed: number | string;
  readonly index: number;
}

/** What a thread answers. */
export type WorkerReply =
  | { readonly id: number; readonly replication: Replication }
  | { readonly id: number; readonly error: string };
