// The messages between the simulation pool and its worker threads.

import type { Replication, SimulationScenario } from "../../dialing/index.ts";

/** One replication, as sent to a thread. */
export interface ReplicationTask {
  /** Parsed; a worker does not check it again. */
  readonly scenario: SimulationScenario;
  readonly seed: number | string;
  readonly index: number;
}

/** What a thread answers. */
export type WorkerReply = { readonly replication: Replication } | { readonly error: string };
