// From a scenario's pacing section to a strategy for one run.

import type { RandomStream } from "../../kernel/index.ts";
import type { CallsScenario } from "../scenario/calls.ts";
import { progressive } from "./progressive.ts";
import type { Pacing } from "./schema.ts";
import type { PacingStrategy } from "./strategy.ts";

/** What a strategy may know besides what it sees: what a calibration has found out about calls, and what the campaign may do. */
export interface PacingContext {
  readonly calls: CallsScenario;
  /** Agents planned. */
  readonly agents: number;
  /** Limit of the abandonment rate, a share. */
  readonly abandonmentTarget: number;
}

/** @param random the run's stream for pacing */
export function createPacing(pacing: Pacing, _context: PacingContext, _random: RandomStream): PacingStrategy {
  switch (pacing.strategy) {
    case "progressive":
      return progressive(pacing.interval ?? 0.5);
  }
}
