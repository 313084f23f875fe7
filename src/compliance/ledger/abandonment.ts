// The abandonment ledger: how many of a campaign's live answers were abandoned in law, how many more may be, and until when that lasts.
//
// An abandoned call is a live answer that is not connected to a representative within two seconds of the person's completed greeting
// (47 CFR 64.1200(a)(7), 16 CFR 310.4(b)(4)); at most 3 % of the live answers of a campaign over 30 days may be. Everything here counts in
// whole hours back from now, so that a window that moves loses whole hours.

import { type Instant, type RateInterval, type RatioInterval, ratioInterval, wilsonInterval } from "../../kernel/index.ts";

const HOUR = 3_600_000;
const DAY_HOURS = 24;
/** From how many past hours it is told which hours of the day are dialed in. */
const WEEK_HOURS = 168;
/** How far ahead a forecast looks. */
const HORIZON_HOURS = 30 * DAY_HOURS;
/** The pace is measured over the fewest of these last hours that hold so many live answers. */
const PACE_HOURS = [1, 2, 4, 8, 24] as const;
const PACE_LIVE = 50;

/**
 * Answered calls by how they went. `served`: an agent spoke in time; `late`: an agent spoke, but after the limit; `hangup`: the person hung up
 * before an agent was due; `dropped`: no agent; `machine`: no person.
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

/** A limit on abandoned calls. */
export interface AbandonmentLimit {
  /** Largest share of live answers, such as 0.03; the share itself is allowed. */
  readonly maxRate: number;
  /** Length of the window that moves with the clock: 720 for 30 days, 24 for a day. */
  readonly windowHours: number;
}

/** When the abandonment ledger is asked, and how it counts. */
export interface LedgerOptions {
  readonly now: Instant;
  /** When the operator's day ends: until then the allowance lasts. */
  readonly dayEnds: Instant;
  /** Whether a person who hangs up before an agent was due counts as abandoned; disputed, true is the cautious reading and the default. */
  readonly countEarlyHangups?: boolean | undefined;
}

/** What the ledger says of one campaign under one limit. */
export interface AbandonmentReading {
  readonly limit: AbandonmentLimit;
  readonly window: { readonly from: Instant; readonly to: Instant };
  readonly live: number;
  readonly abandoned: number;
  /** The rate in law with the score interval; its `rate` is NaN without live answers. */
  readonly rate: RateInterval;
  /** The rate with an interval from the scatter between hours: abandoned calls come in bursts, which makes the score interval too narrow. */
  readonly rateByHours: RatioInterval;
  readonly withinLimit: boolean;
  readonly allowance: Allowance;
  readonly pace: Pace;
  readonly forecast: Forecast;
  readonly vendor: VendorView;
}

/** What is left of the budget until the day ends. */
export interface Allowance {
  readonly until: Instant;
  /** So many more may be abandoned today, even if nobody else answers, and the window stays within the limit at every full hour. */
  readonly certain: number;
  /** The same if people go on answering at the present pace. */
  readonly expected: number;
  /** Answers that must be served, with none abandoned, before the window is within the limit again; 0 when it is. */
  readonly deficit: number;
}

/** The recent past, as the forecast carries it on. */
export interface Pace {
  /** Length of the past it is measured over. */
  readonly hours: number;
  readonly rate: RateInterval;
  /** Per hour in which anybody answered. */
  readonly livePerHour: number;
  readonly abandonedPerHour: number;
  /** The rate over the limit: above 1 the budget is being used up. NaN without live answers. */
  readonly burnRate: number;
}

/** What comes of going on like this, in the hours of the day that were dialed in during the last week. */
export interface Forecast {
  /** When the budget runs out; `now` when it has; null when it does not within 30 days. */
  readonly exhaustedAt: Instant | null;
  /** When a window over its limit is within it again if from now on nobody is abandoned; null when it is within, or not within 30 days. */
  readonly recoversAt: Instant | null;
  /**
   * The largest abandonment rate from now on that keeps the limit at every full hour of the next 30 days at the present volume. Never above the limit
   * itself: what was saved up is no reason to aim there, since another campaign, or a day that is counted alone, would break it.
   */
  readonly sustainableRate: number;
  /** The same until the day ends. */
  readonly sustainableToday: number;
}

/** The vendor's figure from the same calls, and what makes the difference. */
export interface VendorView {
  /** Calls that ended without an agent over all answered calls, machines included. */
  readonly rate: RateInterval;
  /** Legal rate minus the vendor's: the sum of the parts; NaN when one of them has no calls. */
  readonly difference: number;
  readonly parts: {
    /** An agent who came after the limit does not undo the abandonment. */
    readonly lateConnects: number;
    /** A machine is no live answer. */
    readonly machines: number;
    /** People who hung up early, where they do not count. */
    readonly earlyHangups: number;
  };
}

/** Live answers and abandoned calls. */
interface Counts {
  readonly live: number;
  readonly abandoned: number;
}

/**
 * Reads the ledger. @param hours counted calls, each `start` a whole number of hours before `now`, in any order, as far back as known: the
 * window for the rate, the last week for the forecast
 */
export function readAbandonment(
  hours: readonly AnswerHour[],
  limit: AbandonmentLimit,
  options: LedgerOptions,
): AbandonmentReading {
  const { now, dayEnds } = options;
  const countEarly = options.countEarlyHangups ?? true;
  const past = Math.max(limit.windowHours, WEEK_HOURS);
  const series = lineUp(hours, now, past, countEarly);
  const from = now - limit.windowHours * HOUR;
  const inWindow = sum(hours.filter(({ start }) => start >= from && start < now));
  const { live, abandoned } = inLaw(inWindow, countEarly);
  const rate = wilsonInterval(abandoned, live);
  const pace = paceOf(series, limit.maxRate);
  const outlook = new Outlook(series, limit, pace);
  const todayHours = Math.max(0, Math.ceil((dayEnds - now) / HOUR));
  return {
    limit,
    window: { from, to: now },
    live,
    abandoned,
    rate,
    rateByHours: byHours(series.slice(-limit.windowHours)),
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

/** One entry an hour, the last one ending now. */
function lineUp(hours: readonly AnswerHour[], now: Instant, length: number, countEarly: boolean): Counts[] {
  const series: Counts[] = Array.from({ length }, () => ({ live: 0, abandoned: 0 }));
  for (const hour of hours) {
    const index = length - Math.round((now - hour.start) / HOUR);
    const before = series[index];
    if (before === undefined) continue;
    const { live, abandoned } = inLaw(hour, countEarly);
    series[index] = { live: before.live + live, abandoned: before.abandoned + abandoned };
  }
  return series;
}

function byHours(series: readonly Counts[]): RatioInterval {
  const active = series.filter(({ live }) => live > 0);
  const counted = active.length === 0 ? [{ live: 0, abandoned: 0 }] : active;
  return ratioInterval(
    counted.map(({ abandoned }) => abandoned),
    counted.map(({ live }) => live),
  );
}

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
    rate: wilsonInterval(abandoned, live),
    livePerHour: per(live),
    abandonedPerHour: per(abandoned),
    burnRate: abandoned / live / maxRate,
  };
}

/** Room for rounding in 0.03 × n. */
const EPSILON = 1e-9;

/** How many must be answered and served before abandoned / live is at most the limit. */
function deficit({ live, abandoned }: Counts, maxRate: number): number {
  if (abandoned <= maxRate * live + EPSILON) return 0;
  return maxRate === 0 ? Number.POSITIVE_INFINITY : Math.ceil(abandoned / maxRate - live - EPSILON);
}

/** The window as it moves through the coming hours: the past it loses is known, the future it gains is the pace. */
class Outlook {
  readonly #maxRate: number;
  readonly #livePerHour: number;
  /** The window `k` hours from now without anything new. */
  readonly #window: readonly Counts[];
  /** Hours of dialing among the next `k`. */
  readonly #dialed: readonly number[];

  constructor(series: readonly Counts[], { maxRate, windowHours }: AbandonmentLimit, pace: Pace) {
    this.#maxRate = maxRate;
    this.#livePerHour = pace.livePerHour;
    const kept = series.slice(-windowHours);
    let live = kept.reduce((all, one) => all + one.live, 0);
    let abandoned = kept.reduce((all, one) => all + one.abandoned, 0);
    const week = series.slice(-WEEK_HOURS);
    // A week is whole days, so that the first hour to come has the slot of the first hour of the week.
    const active = Array.from({ length: DAY_HOURS }, (_, slot) => week.some(({ live }, i) => i % DAY_HOURS === slot && live > 0));
    const window: Counts[] = [{ live, abandoned }];
    const dialed = [0];
    for (let k = 1; k <= HORIZON_HOURS; k++) {
      const lost = kept[k - 1];
      live -= lost?.live ?? 0;
      abandoned -= lost?.abandoned ?? 0;
      window.push({ live, abandoned });
      dialed.push((dialed[k - 1] ?? 0) + (active[(k - 1) % DAY_HOURS] === true ? 1 : 0));
    }
    this.#window = window;
    this.#dialed = dialed;
  }

  /** How many more could be abandoned `k` hours from now if `abandonedPerHour` are, of the present pace's answers; below 0 the limit is broken. */
  slack(k: number, abandonedPerHour: number, livePerHour = this.#livePerHour): number {
    const { live, abandoned } = this.#window[k] ?? { live: 0, abandoned: 0 };
    const dialed = this.#dialed[k] ?? 0;
    return this.#maxRate * (live + livePerHour * dialed) - (abandoned + abandonedPerHour * dialed) + EPSILON;
  }

  /** Abandoned calls are live answers themselves: each uses 1 - maxRate of the slack. */
  certainAllowance(hours: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k <= Math.min(hours, HORIZON_HOURS); k++) least = Math.min(least, this.slack(k, 0, 0));
    return Math.max(0, Math.floor(least / (1 - this.#maxRate)));
  }

  expectedAllowance(hours: number): number {
    return Math.max(0, Math.floor(this.slack(Math.min(hours, HORIZON_HOURS), 0)), this.certainAllowance(hours));
  }

  exhaustedAfter(abandonedPerHour: number, now: Instant): Instant | null {
    if (this.slack(0, 0) < 0) return now;
    for (let k = 1; k <= HORIZON_HOURS; k++) {
      const after = this.slack(k, abandonedPerHour);
      if (after >= 0) continue;
      const before = this.slack(k - 1, abandonedPerHour);
      return now + Math.floor((k - 1 + before / (before - after)) * HOUR);
    }
    return null;
  }

  recoversAfter(now: Instant): Instant | null {
    if (this.slack(0, 0) >= 0) return null;
    for (let k = 1; k <= HORIZON_HOURS; k++) if (this.slack(k, 0) >= 0) return now + k * HOUR;
    return null;
  }

  sustainableRate(hours: number): number {
    let least = this.#maxRate;
    for (let k = 0; k <= Math.min(hours, HORIZON_HOURS); k++) {
      const answers = this.#livePerHour * (this.#dialed[k] ?? 0);
      const room = this.slack(k, 0);
      if (answers > 0) least = Math.min(least, room / answers);
      else if (room < 0) return 0;
    }
    return Math.max(0, least);
  }
}

function vendorView(counts: AnswerCounts, countEarly: boolean): VendorView {
  const { live, abandoned } = inLaw(counts, countEarly);
  const lost = counts.dropped + counts.hangup;
  const answered = live + counts.machine;
  const rate = wilsonInterval(lost, answered);
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
