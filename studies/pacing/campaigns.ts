// Campaigns that end, and windows of single days: measured periods that are not a month.

import { createDialer } from "../../src/dialing/engine/dialer.ts";
import type { LeadSource } from "../../src/dialing/engine/leads.ts";
import { Count, Level } from "../../src/dialing/engine/meter.ts";
import { DAY } from "../../src/dialing/engine/model.ts";
import { sumOf } from "../../src/dialing/results/sums.ts";
import { parseScenario } from "../../src/dialing/scenario/parse.ts";

const START = 8 * 3600;

/** How many campaigns are simulated, and what they are like. */
export interface CampaignsOptions {
  readonly agents: number;
  /** Length of a campaign, with a shift from 9:00 to 17:00 on each day. */
  readonly days: number;
  readonly campaigns: number;
  /** Whether the strategy is told when the campaign ends. */
  readonly isEndKnown: boolean;
  /** The scenario's measured window. Default 30 days. */
  readonly window?: string;
  /** New leads each midnight, each called once. Default: an endless list. */
  readonly leadsADay?: number;
  readonly seed?: string;
}

/** Figures over all simulated campaigns. */
export interface CampaignsResult {
  readonly campaigns: number;
  /** Talk plus wrap-up divided by time at work, of all campaigns. */
  readonly occupancy: number;
  readonly abandonment: number;
  /** Abandonment of each campaign over its whole duration. */
  readonly rates: readonly number[];
  /** Number of campaigns, and of single days, that end above 3.0 %. */
  readonly over: number;
  readonly daysOver: number;
}

const LIMIT = 0.03;

/** Simulates independent campaigns on the reference workload with the state-aware strategy. */
export function runCampaigns(options: CampaignsOptions): CampaignsResult {
  const { agents, days, campaigns, isEndKnown, window = "30d", leadsADay, seed = "campaign" } = options;
  const scenario = parseScenario({
    start: "08:00",
    duration: days * DAY,
    bucket: DAY,
    agents: [{ count: agents, shift: { from: "09:00", to: "17:00" } }],
    abandonmentWindow: window,
    ...(isEndKnown ? { campaignEnds: days * DAY } : {}),
    calls: { ring: { lateAnswers: true } },
    pacing: { strategy: "state-aware" },
  });
  const rates: number[] = [];
  let [busy, atWork, abandoned, answers, over, daysOver] = [0, 0, 0, 0, 0, 0];
  for (let campaign = 0; campaign < campaigns; campaign++) {
    const dialer = createDialer({
      scenario,
      seed: `${seed}/${campaign}`,
      ...(leadsADay === undefined ? {} : { leads: new DailyLeads(leadsADay) }),
    });
    dialer.advance(days * DAY - 1);
    dialer.meter.close(dialer.now);
    let [lost, live] = [0, 0];
    for (const bucket of dialer.meter.buckets) {
      const sums = sumOf([bucket]);
      busy += sums.level(Level.talking) + sums.level(Level.wrapping);
      atWork += sums.level(Level.loggedIn);
      lost += sums.count(Count.abandoned);
      live += sums.count(Count.liveAnswers);
      if (sums.count(Count.abandoned) > LIMIT * sums.count(Count.liveAnswers)) daysOver += 1;
    }
    abandoned += lost;
    answers += live;
    if (lost > LIMIT * live) over += 1;
    rates.push(live === 0 ? 0 : lost / live);
  }
  return { campaigns, occupancy: busy / atWork, abandonment: abandoned / answers, rates, over, daysOver };
}

/** A fixed number of new leads each midnight, each called once. */
class DailyLeads implements LeadSource {
  readonly #aDay: number;
  #taken = 0;
  #finished = 0;

  constructor(aDay: number) {
    this.#aDay = aDay;
  }

  #known(now: number): number {
    return this.#aDay * (Math.floor((START + now) / DAY) + 1);
  }

  take(now: number): number {
    return this.#taken < this.#known(now) ? this.#taken++ : -1;
  }

  attempt(): number {
    return 1;
  }

  offset(): number {
    return 0;
  }

  finish(): void {
    this.#finished += 1;
  }

  ready(now: number): number {
    return this.#known(now) - this.#taken;
  }

  left(): number {
    return Number.POSITIVE_INFINITY;
  }

  tried(): number {
    return this.#taken;
  }

  size(): number {
    return Number.POSITIVE_INFINITY;
  }

  snapshot(): object {
    return { taken: this.#taken, finished: this.#finished };
  }

  restore({ taken, finished }: { taken: number; finished: number }): void {
    this.#taken = taken;
    this.#finished = finished;
  }
}
