// A dialer made from a scenario, advanced step by step: the basis of simulations and of the sandbox's living dialers.

import { createPacing } from "../pacing/create.ts";
import type { PacingStrategy } from "../pacing/strategy.ts";
import { compileLeads, compileScenario } from "../scenario/compile.ts";
import { periodOf } from "../scenario/period.ts";
import type { SimulationScenario } from "../scenario/schema.ts";
import { Dialer } from "./dialer.ts";
import type { LeadSource } from "./leads.ts";
import type { DialerSink } from "./sink.ts";
import { Purpose, Uniforms } from "./uniforms.ts";

/** What a simulated dialer is made of. */
export interface DialerOptions {
  readonly scenario: SimulationScenario;
  /** The same scenario and seed give bit for bit the same run. */
  readonly seed: number | string;
  /** Where leads come from; default: the scenario's. */
  readonly leads?: LeadSource;
  /** How calls are paced; default: the scenario's. */
  readonly strategy?: PacingStrategy;
  /** Receives each step of each call. */
  readonly sink?: DialerSink;
}

/**
 * A new dialer at second 0. `advance(until)` runs it, `set` changes settings while it runs, `snapshot` gives its state as plain
 * JSON data.
 */
export function createDialer({ scenario, seed, leads, strategy, sink }: DialerOptions): Dialer {
  const { calls, abandonmentTarget } = scenario;
  const model = compileScenario(scenario);
  const uniforms = new Uniforms(seed);
  const agents = model.agents.reduce((sum, { count }) => sum + count, 0);
  const random = uniforms.stream(Purpose.pacing);
  const paced =
    scenario.arrivals === undefined
      ? (strategy ?? createPacing(scenario.pacing, { calls, agents, abandonmentTarget, period: periodOf(scenario) }, random))
      : undefined;
  return new Dialer({ model, leads: leads ?? compileLeads(scenario), uniforms, strategy: paced, pacingRandom: random, sink });
}
