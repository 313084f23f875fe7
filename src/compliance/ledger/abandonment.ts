// The abandonment ledger: how many of a campaign's live answers were abandoned under the law, how many more may be, and how long
// that will last.
//
// An abandoned call is a live answer that is not connected to a representative within two seconds of the person's completed
// greeting (47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4)); at most 3 % of the live answers of a campaign over 30 days may be
// abandoned. Everything here counts in whole hours back from now, so that a moving window loses whole hours.

import { type DayRateInterval, dayVariation, type Instant } from "../../kernel/index.ts";
import { type AbandonmentLimit, type Counts, DAY_HOURS, EPSILON, HORIZON_HOURS, HOUR, Outlook, WEEK_HOURS } from "./outlook.ts";

/** The pace is measured over the shortest of these past spans, in hours, that has enough live answers. */
const PACE_HOURS = [1, 2, 4, 8, 24] as const;
const PACE_LIVE = 50;
const DAY = DAY_HOURS * HOUR;

/**
 * Answered calls by how they went. `served`: an agent spoke in time; `late`: an agent spoke, but after the limit; `hangup`: the
 * person hung up before an agent was due; `dropped`: no agent came; `machine`: no person answered.
 */
export interface AnswerCounts {
  readonly served: number;
  readonly late: number;
  readonly hangup: number;
  readonly dropped: number;
  readonly machine: number;
}

/** The counts of (start, start + 1 h]. */
export interface AnswerHour extends AnswerCounts {
  readonly start: Instant;
}

/** The instant of the reading, and how it counts. */
export interface LedgerOptions {
  readonly now: Instant;
  /** When the operator's day ends; the allowance is for the time until then. */
  readonly dayEnds: Instant;
  /**
   * Whether a person who hangs up before an agent was due counts as abandoned. This is disputed; true is the cautious reading and
   * the default.
   */
  readonly countEarlyHangups?: boolean | undefined;
}

/** A share of calls; `rate` is NaN without any. It has no interval: its calls are of too few days for one, or not of the law. */
type CallShare = Pick<DayRateInterval, "rate" | "numerator" | "denominator">;

/**
 * The abandoned share of a window's live answers with an interval over days, since abandoned calls come in bursts and days differ:
 * intervals from calls or hours are too narrow.
 */
interface AbandonmentRate extends Omit<DayRateInterval, "low" | "high" | "method"> {
  /** `low` and `high` are null where `withheld` says why. */
  readonly low: number | null;
  readonly high: number | null;
  readonly withheld: "too few days" | null;
}

/** One campaign's reading under one limit. */
export interface AbandonmentReading {
  readonly limit: AbandonmentLimit;
  readonly window: { readonly from: Instant; readonly to: Instant };
  readonly live: number;
  readonly abandoned: number;
  readonly rate: AbandonmentRate;
  readonly withinLimit: boolean;
  readonly allowance: Allowance;
  readonly pace: Pace;
  readonly forecast: Forecast;
  readonly vendor: VendorView;
}

/** How many more calls may be abandoned until the day ends. */
export interface Allowance {
  readonly until: Instant;
  /**
   * So many more may be abandoned today even when no other call is answered, and the window still keeps the limit at every full
   * hour.
   */
  readonly certain: number;
  /** The same when calls go on being answered at the present pace. */
  readonly expected: number;
  /** Answers that must be served, with none abandoned, before the window is within the limit again; 0 when it is within. */
  readonly deficit: number;
}

/** The recent pace, which the forecast extends. */
export interface Pace {
  /** Length of the span that it is measured over, h. */
  readonly hours: number;
  readonly rate: CallShare;
  /** Live answers per hour, over the hours in which there was one. */
  readonly livePerHour: number;
  readonly abandonedPerHour: number;
  /** The rate divided by the limit: above 1 the budget is being used up. NaN without live answers. */
  readonly burnRate: number;
}

/** What happens at this pace, in the hours of the day in which was dialed during the last week. */
export interface Forecast {
  /** When the budget is used up; `now` when it already is; null when it is not within 30 days. */
  readonly exhaustedAt: Instant | null;
  /**
   * When a window over its limit is within it again if no call is abandoned from now on; null when it is within, or not within 30
   * days.
   */
  readonly recoversAt: Instant | null;
  /**
   * The largest abandonment rate from now on that keeps the limit at every full hour of the next 30 days at the present volume.
   * Never above the limit itself: an unused budget does not raise it, since another campaign, or a day that is counted by itself,
   * would then exceed the limit.
   */
  readonly sustainableRate: number;
  /** The same until the day ends. */
  readonly sustainableToday: number;
}

/** The vendor's figure for the same calls, and the parts of its difference to the legal rate. */
export interface VendorView {
  /** Calls that ended without an agent, divided by all answered calls including machines. */
  readonly rate: CallShare;
  /** Legal rate minus the vendor's, the sum of the parts; NaN when one of the two has no calls. */
  readonly difference: number;
  readonly parts: {
    /** Part of calls that an agent took after the limit: they stay abandoned. */
    readonly lateConnects: number;
    /** Part of machines: they are not live answers. */
    readonly machines: number;
    /** Part of people who hung up early, where they do not count as abandoned. */
    readonly earlyHangups: number;
  };
}

/**
 * Reads the ledger.
 * @param hours counted calls, each `start` a whole number of hours before `now`, in any order. They must cover the window for the
 * rate and the last week for the forecast
 */
export function readAbandonment(
  hours: readonly AnswerHour[],
  limit: AbandonmentLimit,
  options: LedgerOptions,
): AbandonmentReading {
  const { now, dayEnds } = options;
  const countEarly = options.countEarlyHangups ?? true;
  const past = Math.max(limit.windowHours, WEEK_HOURS);
  const series = lineUp(hours, now, HOUR, past, countEarly);
  const from = now - limit.windowHours * HOUR;
  const counted = hours.filter(({ start }) => start >= from && start < now);
  const inWindow = sum(counted);
  const { live, abandoned } = inLaw(inWindow, countEarly);
  const pace = paceOf(series, limit.maxRate);
  const outlook = new Outlook(series, limit, pace.livePerHour);
  const end = Math.max(now, dayEnds);
  const todayHours = Math.ceil((end - now) / HOUR);
  return {
    limit,
    window: { from, to: now },
    live,
    abandoned,
    rate: overDays(lineUp(counted, end, DAY, Math.ceil((end - from) / DAY), countEarly)),
    withinLimit: outlook.slack(0, 0) >= 0,
    allowance: {
      until: dayEnds,
      certain: outlook.certainAllowance(todayHours),
      expected: outlook.expectedAllowance(todayHours),
      deficit: deficit({ live, abandoned }, limit.maxRate),
    },
    pace,
    forecast: {
      exhaustedAt: outlook.exhaustedAfter(pace.abandonedPerHour, now),
      recoversAt: outlook.recoversAfter(now),
      sustainableRate: outlook.sustainableRate(HORIZON_HOURS),
      sustainableToday: outlook.sustainableRate(todayHours),
    },
    vendor: vendorView(inWindow, countEarly),
  };
}

const NONE: AnswerCounts = { served: 0, late: 0, hangup: 0, dropped: 0, machine: 0 };

function sum(hours: readonly AnswerCounts[]): AnswerCounts {
  return hours.reduce(
    (all, one) => ({
      served: all.served + one.served,
      late: all.late + one.late,
      hangup: all.hangup + one.hangup,
      dropped: all.dropped + one.dropped,
      machine: all.machine + one.machine,
    }),
    NONE,
  );
}

function inLaw({ served, late, hangup, dropped }: AnswerCounts, countEarly: boolean): Counts {
  return { live: served + late + hangup + dropped, abandoned: late + dropped + (countEarly ? hangup : 0) };
}

/** One entry for each hour or day, the last one ending at `end`. */
function lineUp(hours: readonly AnswerHour[], end: Instant, unit: number, length: number, countEarly: boolean): Counts[] {
  const series: Counts[] = Array.from({ length }, () => ({ live: 0, abandoned: 0 }));
  for (const hour of hours) {
    const index = length - Math.ceil((end - hour.start) / unit);
    const before = series[index];
    if (before === undefined) continue;
    const { live, abandoned } = inLaw(hour, countEarly);
    series[index] = { live: before.live + live, abandoned: before.abandoned + abandoned };
  }
  return series;
}

function overDays(days: readonly Counts[]): AbandonmentRate {
  const { method, low, high, ...rate } = dayVariation(
    days.map(({ live, abandoned }, day) => ({ group: 0, day, successes: abandoned, trials: live })),
  ).rate([0]);
  return method === "days"
    ? { ...rate, low, high, withheld: null }
    : { ...rate, low: null, high: null, withheld: "too few days" };
}

const shareOf = (numerator: number, denominator: number) => ({ rate: numerator / denominator, numerator, denominator });

function paceOf(series: readonly Counts[], maxRate: number): Pace {
  const last = (hours: number) => series.slice(-hours);
  const liveIn = (hours: number) => last(hours).reduce((all, { live }) => all + live, 0);
  const hours = PACE_HOURS.find((length) => liveIn(length) >= PACE_LIVE) ?? DAY_HOURS;
  const active = last(hours).filter(({ live }) => live > 0);
  const live = liveIn(hours);
  const abandoned = active.reduce((all, one) => all + one.abandoned, 0);
  const per = (count: number) => (active.length === 0 ? 0 : count / active.length);
  return {
    hours,
    rate: shareOf(abandoned, live),
    livePerHour: per(live),
    abandonedPerHour: per(abandoned),
    burnRate: abandoned / live / maxRate,
  };
}

/** How many calls must be answered and served before abandoned / live is at most the limit. */
function deficit({ live, abandoned }: Counts, maxRate: number): number {
  if (abandoned <= maxRate * live + EPSILON) return 0;
  return maxRate === 0 ? Number.POSITIVE_INFINITY : Math.ceil(abandoned / maxRate - live - EPSILON);
}

function vendorView(counts: AnswerCounts, countEarly: boolean): VendorView {
  const { live, abandoned } = inLaw(counts, countEarly);
  const lost = counts.dropped + counts.hangup;
  const answered = live + counts.machine;
  const rate = shareOf(lost, answered);
  return {
    rate,
    difference: abandoned / live - rate.rate,
    parts: {
      lateConnects: counts.late / answered,
      earlyHangups: countEarly ? 0 : -counts.hangup / answered,
      machines: abandoned / live - abandoned / answered,
    },
  };
}
