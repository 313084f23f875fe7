// Events of a campaign's calls over time, for figures over any window of up to a day.

import { DAY_MS, type Instant } from "../../kernel/index.ts";

/** `unanswered`: no person answered. */
export type Happening = "placed" | "answered" | "abandoned" | "unanswered";

/** One event; samples are in order of time. */
export type Sample = readonly [at: Instant, what: Happening];

export class CallSamples {
  #samples: Sample[];

  constructor(samples: readonly Sample[] = []) {
    this.#samples = [...samples];
  }

  add(at: Instant, what: Happening): void {
    this.#samples.push([at, what]);
    const oldest = this.#samples[0]?.[0] ?? at;
    // Old samples are removed only when they are a tenth of a day, so that adding stays cheap.
    if (at - oldest > 1.1 * DAY_MS) this.#samples = this.#samples.filter(([then]) => at - then <= DAY_MS);
  }

  /** Counts of the events after `from`. */
  since(from: Instant): Record<Happening, number> {
    const counts = { placed: 0, answered: 0, abandoned: 0, unanswered: 0 };
    for (let i = this.#samples.length - 1; i >= 0; i--) {
      const sample = this.#samples[i];
      if (sample === undefined || sample[0] <= from) break;
      counts[sample[1]] += 1;
    }
    return counts;
  }

  toJSON(): Sample[] {
    return [...this.#samples];
  }
}
