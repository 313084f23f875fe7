// One-shot overdialing: a number of lines dialed at once for a number of idle agents.

import { binomialPmf } from "../../kernel/index.ts";
import { requireProbability, requireWhole } from "../arguments.ts";

/**
 * `lines` calls are placed at once for `idleAgents` agents. Each is answered with `answerProbability`, independently, and
 * answered calls beyond the idle agents are abandoned.
 * @returns `expectedAbandoned` and `expectedServed` calls of the batch, `abandonmentRate` = expected abandoned / expected
 * answered (0 when none can be answered)
 * @throws DialingError `invalid_input`
 */
export function batchOverdial(batch: { idleAgents: number; lines: number; answerProbability: number }): {
  expectedAbandoned: number;
  abandonmentRate: number;
  expectedServed: number;
} {
  const { idleAgents, lines, answerProbability: p } = batch;
  requireWhole("idleAgents", idleAgents, 0);
  requireWhole("lines", lines, 0);
  requireProbability("answerProbability", p);
  const answered = lines * p;
  if (answered === 0) return { expectedAbandoned: 0, abandonmentRate: 0, expectedServed: 0 };
  if (answered <= idleAgents) {
    const expectedAbandoned = meanAbove(idleAgents, lines, p, 1 - p);
    return { expectedAbandoned, abandonmentRate: expectedAbandoned / answered, expectedServed: answered - expectedAbandoned };
  }
  // The shorter tail is summed, and the other side follows without cancellation: idle agents are answers that did not come.
  const idle = meanAbove(lines - idleAgents, lines, 1 - p, p);
  const expectedAbandoned = answered - idleAgents + idle;
  return { expectedAbandoned, abandonmentRate: expectedAbandoned / answered, expectedServed: idleAgents - idle };
}

/** E[(X - level)+] for X binomial(trials, p) and q = 1 - p, with level at or above the mean. */
function meanAbove(level: number, trials: number, p: number, q: number): number {
  if (level >= trials) return 0;
  if (q === 0) return trials - level;
  let probability = binomialPmf(level + 1, trials, p, q);
  let sum = 0;
  for (let k = level + 1; k <= trials; k++) {
    const term = (k - level) * probability;
    sum += term;
    if (term < 1e-18 * sum) break;
    probability *= ((trials - k) * p) / ((k + 1) * q);
  }
  return sum;
}
