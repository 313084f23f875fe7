// The period over which a campaign's abandonment is measured, and how much work is left in it: from the scenario's window, its
// end, shifts and calling windows.

import { DAY } from "../engine/model.ts";
import type { MeasuredPeriod } from "../pacing/period.ts";
import { windowDaysOf } from "./compile.ts";
import { secondOfDay, seconds } from "./fields.ts";
import type { SimulationScenario } from "./schema.ts";

const MINUTE = 60;
const MINUTES = DAY / MINUTE;

/**
 * The measured period of a scenario. With a window of one day it ends at each midnight. Otherwise it ends with the campaign when
 * its end is given, or else with the first window and then with each day. Agents without shifts work until the run ends.
 */
export function periodOf(scenario: SimulationScenario): MeasuredPeriod {
  const days = windowDaysOf(scenario);
  const start = secondOfDay(scenario.start);
  const { campaignEnds, expectedAnswers, leads } = scenario;
  const ends = campaignEnds === undefined ? Number.POSITIVE_INFINITY : seconds(campaignEnds);
  const firstWindow = days * DAY - start;
  const work = plannedWork(scenario);
  return {
    hasEnd: days === 1 || campaignEnds !== undefined || expectedAnswers !== undefined,
    workLeft(now) {
      const midnight = DAY * (Math.floor((start + now) / DAY) + 1) - start;
      const end =
        days === 1 ? Math.min(ends, midnight) : ends < Number.POSITIVE_INFINITY ? ends : Math.max(firstWindow, midnight);
      return end > now ? work(end) - work(now) : 0;
    },
    ...(expectedAnswers === undefined ? {} : { expectedAnswers }),
    ...(typeof leads === "object" ? { attemptsPerLead: leads.maxAttempts } : {}),
  };
}

/** Planned agent-seconds from the start to an instant, inside the calling windows; to the minute, breaks not subtracted. */
function plannedWork(scenario: SimulationScenario): (until: number) => number {
  const start = secondOfDay(scenario.start);
  const length = seconds(scenario.duration);
  const groups = typeof scenario.agents === "number" ? [{ count: scenario.agents, shift: undefined }] : scenario.agents;
  const windows = scenario.callingWindows.map(({ from, to }) => [secondOfDay(from), secondOfDay(to)] as const);
  const shifted = groups.map(({ count, shift }) => ({
    count,
    at: shift === undefined ? undefined : ([secondOfDay(shift.from), secondOfDay(shift.to)] as const),
  }));
  /** By minute of the day, sums since midnight: agent-seconds of agents with shifts, and of agents without. */
  const [planned, always] = [new Float64Array(MINUTES + 1), new Float64Array(MINUTES + 1)];
  for (let minute = 0; minute < MINUTES; minute++) {
    const second = (minute + 0.5) * MINUTE;
    const isOpen = windows.length === 0 || windows.some(([from, to]) => isWithin(second, from, to));
    let [inShift, whole] = [0, 0];
    for (const { count, at } of isOpen ? shifted : []) {
      if (at === undefined) whole += count;
      else if (isWithin(second, ...at)) inShift += count;
    }
    planned[minute + 1] = planned[minute]! + inShift * MINUTE;
    always[minute + 1] = always[minute]! + whole * MINUTE;
  }
  const upTo = (sums: Float64Array, second: number) => {
    const day = Math.floor(second / DAY);
    const position = (second - day * DAY) / MINUTE;
    const minute = Math.min(MINUTES - 1, Math.floor(position));
    const within = sums[minute]! + (position - minute) * (sums[minute + 1]! - sums[minute]!);
    return day * sums[MINUTES]! + within;
  };
  return (until) => upTo(planned, start + until) + upTo(always, start + Math.min(until, length));
}

/** A span that does not end after its beginning goes over midnight. */
function isWithin(second: number, from: number, to: number): boolean {
  return from < to ? second >= from && second < to : second >= from || second < to;
}
