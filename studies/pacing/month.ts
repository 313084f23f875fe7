// Measured periods of 30 days. Each is one run, with nights between the shifts; the counts of the window go on from day to day.

import { createDialer } from "../../src/dialing/engine/dialer.ts";
import { Count, Level } from "../../src/dialing/engine/meter.ts";
import { DAY } from "../../src/dialing/engine/model.ts";
import { sumOf } from "../../src/dialing/results/sums.ts";
import { parseScenario } from "../../src/dialing/scenario/parse.ts";

interface Month {
  readonly occupancy: number;
  readonly abandoned: number;
  readonly liveAnswers: number;
}

/**
 * Simulates months of `days` days on the reference workload, with a shift from 9:00 to 17:00. The live rate rises from 15 to 25 %
 * during the day; the strategy begins each month with a belief of 20 %.
 */
export function runMonths(options: {
  readonly agents: number;
  readonly months: number;
  readonly days?: number;
  readonly pacing: object;
}): Month[] {
  const { agents, months, days = 30, pacing } = options;
  const scenario = parseScenario({
    start: "08:00",
    duration: days * DAY,
    bucket: DAY,
    agents: [{ count: agents, shift: { from: "09:00", to: "17:00" } }],
    calls: {
      byHour: Array.from({ length: 24 }, (_, hour) => ({ hour, answerProbability: 0.15 + (0.1 * ((hour - 9 + 8) % 8)) / 7 })),
      interpolation: "step",
    },
    pacing,
  });
  return Array.from({ length: months }, (_, month) => {
    const dialer = createDialer({ scenario, seed: `month/${month}` });
    dialer.advance(days * DAY - 1);
    dialer.meter.close(dialer.now);
    const sums = sumOf(dialer.meter.buckets);
    return {
      occupancy: (sums.level(Level.talking) + sums.level(Level.wrapping)) / sums.level(Level.loggedIn),
      abandoned: sums.count(Count.abandoned),
      liveAnswers: sums.count(Count.liveAnswers),
    };
  });
}
