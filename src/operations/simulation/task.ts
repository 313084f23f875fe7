// The messages between the simulation pool and its worker threads.

import type { Replication, SimulationScenario } from "../../dialing/index.ts";

/** One replication, as sent to a thread. */
export interface ReplicationTask {
  readonly id: number;
  /** Parsed; a worker does not check it again. */
  readonly scenario: SimulationScenario;
  readonly seed: number | string;
  readonly index: number;
}

/** What a thread answers. */
export type WorkerReply =
  | { readonly id: number; readonly replication: Replication }
  | { readonly id: number; readonly error: string };
