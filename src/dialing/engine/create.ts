// A dialer made from a scenario, to be advanced step by step: what simulations and living dialers run on.

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
  /** The same scenario and seed give the same run to the bit. */
  readonly seed: number | string;
  /** Where leads come from; default: the scenario's. */
  readonly leads?: LeadSource;
  /** How calls are paced; default: the scenario's. */
  readonly strategy?: PacingStrategy;
  /** Told each step of each call. */
  readonly sink?: DialerSink;
}

/**
 * A dialer at second 0. `advance(until)` runs it, `set` changes settings in the middle, `snapshot` gives its state as plain JSON data.
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
