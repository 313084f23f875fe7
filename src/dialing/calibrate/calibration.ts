// From records of attempts to the parameters of a scenario, with their intervals and with where there is too little data.

import type { z } from "zod";
import type { DayRateInterval } from "../../kernel/index.ts";
import { refuse } from "../arguments.ts";
import { type Distribution, distributionSchema } from "../distributions/index.ts";
import type { callsSchema } from "../scenario/calls.ts";
import { attemptsOf, type DayMeanInterval, DayTallies, type DurationName, MOST_ATTEMPTS } from "./day-tally.ts";
import { DurationSample } from "./duration-sample.ts";
import { type DurationFit, fitDurations } from "./fit.ts";
import { CALL_OUTCOMES, type CallOutcome, type CallRecord } from "./record.ts";

// The part of a scenario that a calibration determines.

/** The input form of a scenario with its section `calls`; `parseScenario` fills in the rest. */
export interface CalibratedScenario {
  readonly name: string;
  readonly calls: z.input<typeof callsSchema>;
}

const SIGNIFICANT = 4;

/** Shares are rounded down to six places, so that their sum is never above 1. */
const share = (value: number): number => Math.floor(value * 1e6) / 1e6;
const round = (value: number): number => Number(value.toPrecision(SIGNIFICANT));

/** @param first ratio of the live rate of first attempts to the live rate of all attempts seen */
function shares({ rates }: OutcomeRates, first: number) {
  const others = rates.machine.rate + rates.busy.rate + rates.invalid.rate;
  return {
    answerProbability: share(Math.min(1 - others, rates.live.rate * first)),
    machineProbability: share(rates.machine.rate),
    busyProbability: share(rates.busy.rate),
    invalidProbability: share(rates.invalid.rate),
  };
}

/**
 * A scenario's answer probability is that of first attempts, which decay then lowers; the measured rates are of first and later
 * attempts together.
 */
function firstAttemptFactor({ byAttempt, attemptDecay }: Calibration): number {
  const decay = Math.min(1, attemptDecay?.value ?? 1);
  let [seen, decayed] = [0, 0];
  for (const { attempt, attempts } of byAttempt) {
    seen += attempts;
    decayed += attempts * decay ** (attempt - 1);
  }
  return decay === 1 ? 1 : seen / decayed;
}

/**
 * Rates by hour (an hour with too few attempts gets the day's rates), and ring, talk and wrap-up as fitted. What the records do
 * not contain is left out, so that the scenario's documented defaults apply. The no-answer time-out is the median ring time of
 * unanswered calls.
 */
export function calibratedScenario(calibration: Calibration, name = "calibrated"): CalibratedScenario {
  const { overall, byHour, ring, talk, wrap, attemptDecay } = calibration;
  if (overall.attempts === 0) return { name, calls: {} };
  const first = firstAttemptFactor(calibration);
  const rings = Object.fromEntries(
    (["live", "machine", "busy", "invalid"] as const).flatMap((outcome) => {
      const fit = ring[outcome];
      return fit === undefined ? [] : [[outcome, rounded(fit)]];
    }),
  );
  return {
    name,
    calls: {
      ...shares(overall, first),
      byHour: byHour.filter(({ isThin }) => !isThin).map((hour) => ({ hour: hour.hour, ...shares(hour, first) })),
      interpolation: "step",
      ...(attemptDecay === undefined ? {} : { attemptDecay: Math.min(1, round(attemptDecay.value)) }),
      ...(Object.keys(rings).length === 0 ? {} : { ring: rings }),
      ...(ring.noAnswer === undefined ? {} : { noAnswerTimeout: round(ring.noAnswer.median) }),
      ...(talk === undefined ? {} : { talk: rounded(talk) }),
      ...(wrap === undefined ? {} : { wrap: rounded(wrap) }),
    },
  };
}

/** Four digits: more than any sample determines, and readable in a file. */
function rounded({ distribution }: DurationFit): Distribution {
  return distributionSchema.parse(
    JSON.parse(JSON.stringify(distribution), (_, value: unknown) => (typeof value === "number" ? round(value) : value)),
  );
}

/** Fewer attempts in an hour, or values of a duration, than this are too few. */
const ENOUGH = 100;

/**
 * Shares of the outcomes of attempts. The intervals allow for variation between days where `method` is `days`; otherwise attempts
 * are taken as independent.
 */
export interface OutcomeRates {
  readonly attempts: number;
  readonly rates: Readonly<Record<CallOutcome, DayRateInterval>>;
}

/** A place where there is too little data. */
export interface ThinSpot {
  /** What has too little data: `hour 20`, `talk`, `ring.machine`, `attempt`. */
  readonly where: string;
  readonly count: number;
  readonly needed: number;
  /** What this means for the scenario, one sentence. */
  readonly message: string;
}

/** Everything learned from the records. Durations are in seconds, rates are shares of 1 with 95 % intervals. */
export interface Calibration {
  readonly overall: OutcomeRates;
  /** Local hours with at least one attempt, in order. */
  readonly byHour: readonly (OutcomeRates & { readonly hour: number; readonly isThin: boolean })[];
  /**
   * By the number of the attempt at its lead; the last entry also stands for all higher numbers. Empty when records carry no
   * attempt numbers.
   */
  readonly byAttempt: readonly { readonly attempt: number; readonly attempts: number; readonly live: DayRateInterval }[];
  /** Leads seen (first attempts), and attempts per lead (mean and most); undefined when records carry no attempt numbers. */
  readonly attemptsPerLead: { readonly leads: number; readonly mean: number; readonly most: number } | undefined;
  /**
   * Factor by which the live rate changes from one attempt to the next, with its 95 % interval; undefined when there is too
   * little data.
   */
  readonly attemptDecay: { readonly value: number; readonly low: number; readonly high: number } | undefined;
  /** Abandoned calls per live answer; undefined when no record says whether it was abandoned. */
  readonly abandonment: DayRateInterval | undefined;
  readonly ring: Readonly<Record<CallOutcome, DurationFit | undefined>>;
  readonly talk: DurationFit | undefined;
  readonly wrap: DurationFit | undefined;
  /**
   * 95 % intervals of the mean durations (of the values above 0), over days. A duration with fewer than four days is left out.
   */
  readonly means: Readonly<Partial<Record<DurationName, DayMeanInterval>>>;
  readonly thin: readonly ThinSpot[];
}

/** Takes records one by one. Memory grows with the number of days (about 10 kB each), not with the number of records. */
export interface CalibrationBuilder {
  /** @throws DialingError `invalid_input` naming the field; the record is then not counted */
  add(record: CallRecord): void;
  /** The calibration of the records so far; more may be added afterwards. */
  finish(): Calibration;
}

type Counts = Readonly<Record<CallOutcome, number>>;

const NONE: Counts = { live: 0, machine: 0, noAnswer: 0, busy: 0, invalid: 0 };
const DURATIONS: readonly DurationName[] = [...CALL_OUTCOMES.map((outcome) => `ring.${outcome}` as const), "talk", "wrap"];

/** A new, empty calibration. */
export function createCalibration(): CalibrationBuilder {
  const days = new DayTallies();
  const ring = { live: sample(), machine: sample(), noAnswer: sample(), busy: sample(), invalid: sample() };
  const [talk, wrap] = [sample(), sample()];
  let most = 0;
  return {
    add(record) {
      requireRecord(record);
      const { outcome, attempt } = record;
      days.add(record);
      if (record.ringSeconds !== undefined) ring[outcome].add(record.ringSeconds);
      if (record.talkSeconds !== undefined) talk.add(record.talkSeconds);
      if (record.wrapSeconds !== undefined) wrap.add(record.wrapSeconds);
      most = Math.max(most, attempt ?? 0);
    },
    finish() {
      const hours = Array.from({ length: 24 }, (_, hour) => hour);
      const countOf = (day: (typeof days.all)[number], hour: number) => day.hours[hour] ?? NONE;
      const shares = (groups: number, of: (day: (typeof days.all)[number], group: number) => Counts) => {
        const rate = (outcome: CallOutcome) =>
          days.rates(groups, (day, group) => [of(day, group)[outcome], attemptsOf(of(day, group))]);
        return ratesOf({
          live: rate("live"),
          machine: rate("machine"),
          noAnswer: rate("noAnswer"),
          busy: rate("busy"),
          invalid: rate("invalid"),
        });
      };
      const overall = shares(1, (day) => sumOf(day.hours))(0);
      const hourly = shares(24, countOf);
      const byHour = hours.flatMap((hour) => {
        const rates = hourly(hour);
        return rates.attempts === 0 ? [] : [{ hour, isThin: rates.attempts < ENOUGH, ...rates }];
      });
      const liveOf = days.rates(MOST_ATTEMPTS + 1, ({ attempts }, number) => [
        attempts[number]?.live ?? 0,
        attempts[number]?.attempts ?? 0,
      ]);
      const byAttempt = Array.from({ length: MOST_ATTEMPTS + 1 }, (_, attempt) => ({ attempt, live: liveOf(attempt) }))
        .filter(({ live }) => live.denominator > 0)
        .map(({ attempt, live }) => ({ attempt, attempts: live.denominator, live }));
      const abandonment = days.rates(1, ({ abandonment: { abandoned, known } }) => [abandoned, known])(0);
      const total = sumOf(days.all.flatMap((day) => day.hours));
      const numbered = byAttempt.reduce((sum, { attempts }) => sum + attempts, 0);
      const leads = byAttempt.find(({ attempt }) => attempt === 1)?.attempts ?? 0;
      const fits = {
        ring: {
          live: fitDurations(ring.live),
          machine: fitDurations(ring.machine),
          noAnswer: fitDurations(ring.noAnswer),
          busy: fitDurations(ring.busy),
          invalid: fitDurations(ring.invalid),
        },
        talk: fitDurations(talk),
        wrap: fitDurations(wrap),
      };
      return {
        overall,
        byHour,
        byAttempt,
        attemptsPerLead: leads === 0 ? undefined : { leads, mean: numbered / leads, most },
        attemptDecay: decayOf(byAttempt),
        abandonment: abandonment.denominator === 0 ? undefined : abandonment,
        ...fits,
        means: Object.fromEntries(
          DURATIONS.flatMap((name) => {
            const mean = days.mean(name);
            return mean === undefined ? [] : [[name, mean]];
          }),
        ),
        thin: [
          ...thinRates(overall, byHour),
          ...thinDurations(total, fits, { ring, talk, wrap }),
          ...thinAttempts(numbered, overall),
        ],
      };
    },
  };
}

const sample = (): DurationSample => new DurationSample();

/** The types check most of it, but numbers may still be out of range. */
function requireRecord(record: CallRecord): void {
  if (!(record.hour >= 0 && record.hour < 24)) refuse("hour", record.hour, "a number from 0 up to 24");
  if (!CALL_OUTCOMES.includes(record.outcome)) refuse("outcome", record.outcome, CALL_OUTCOMES.join(", "));
  for (const name of ["ringSeconds", "talkSeconds", "wrapSeconds"] as const) {
    const value = record[name];
    if (value !== undefined && !(value >= 0 && value <= 86_400)) refuse(name, value, "seconds from 0 to 86,400");
  }
  const { attempt } = record;
  if (attempt !== undefined && !(Number.isInteger(attempt) && attempt >= 1)) refuse("attempt", attempt, "a whole number from 1");
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = { ...NONE };
  for (const counts of all) for (const outcome of CALL_OUTCOMES) sum[outcome] += counts[outcome];
  return sum;
}

/** The rates of a group, by its number. */
function ratesOf(rates: Readonly<Record<CallOutcome, (group: number) => DayRateInterval>>): (group: number) => OutcomeRates {
  return (group) => {
    const { live, machine, noAnswer, busy, invalid } = rates;
    const found = {
      live: live(group),
      machine: machine(group),
      noAnswer: noAnswer(group),
      busy: busy(group),
      invalid: invalid(group),
    };
    return { attempts: found.live.denominator, rates: found };
  };
}

/** Fits ln(live rate) as a straight line over the number of the attempt; each point is weighted by its precision. */
function decayOf(byAttempt: Calibration["byAttempt"]): Calibration["attemptDecay"] {
  const known = byAttempt.filter(({ attempt, live }) => attempt < MOST_ATTEMPTS && live.numerator >= 20);
  if (known.length < 2) return undefined;
  let [weights, meanX, meanY] = [0, 0, 0];
  const points = known.map(({ attempt, live }) => {
    // Variance of ln of a proportion: (1 - p) / (n p).
    const weight = live.numerator / Math.max(1e-9, 1 - live.rate);
    return { x: attempt, y: Math.log(live.rate), weight };
  });
  for (const { x, y, weight } of points) {
    weights += weight;
    meanX += weight * x;
    meanY += weight * y;
  }
  meanX /= weights;
  meanY /= weights;
  let [xx, xy] = [0, 0];
  for (const { x, y, weight } of points) {
    xx += weight * (x - meanX) ** 2;
    xy += weight * (x - meanX) * (y - meanY);
  }
  const slope = xy / xx;
  const half = 1.96 / Math.sqrt(xx);
  return { value: Math.exp(slope), low: Math.exp(slope - half), high: Math.exp(slope + half) };
}

function thinRates(overall: OutcomeRates, byHour: Calibration["byHour"]): ThinSpot[] {
  if (overall.attempts < ENOUGH) {
    const message = "Too few attempts to know any rate; the intervals say how wide the guess is.";
    return [{ where: "attempts", count: overall.attempts, needed: ENOUGH, message }];
  }
  return byHour
    .filter(({ isThin }) => isThin)
    .map(({ hour, attempts }) => ({
      where: `hour ${hour}`,
      count: attempts,
      needed: ENOUGH,
      message: `Between ${hour}:00 and ${hour + 1}:00 the rates of the whole day are used.`,
    }));
}

interface Durations<T> {
  readonly ring: Readonly<Record<CallOutcome, T>>;
  readonly talk: T;
  readonly wrap: T;
}

function thinDurations(counts: Counts, fits: Durations<DurationFit | undefined>, samples: Durations<DurationSample>): ThinSpot[] {
  const spot = (where: string, fit: DurationFit | undefined, { count, zeros }: DurationSample, isSeen: boolean): ThinSpot[] => {
    if (!isSeen || count + zeros >= ENOUGH) return [];
    const message = fit === undefined ? "Nothing to fit: the scenario's default stays." : "So few values say little of the tail.";
    return [{ where, count: count + zeros, needed: ENOUGH, message }];
  };
  return [
    ...CALL_OUTCOMES.flatMap((outcome) =>
      spot(`ring.${outcome}`, fits.ring[outcome], samples.ring[outcome], counts[outcome] > 0),
    ),
    ...spot("talk", fits.talk, samples.talk, counts.live > 0),
    ...spot("wrap", fits.wrap, samples.wrap, counts.live > 0),
  ];
}

function thinAttempts(numbered: number, { attempts }: OutcomeRates): ThinSpot[] {
  if (numbered >= ENOUGH || attempts === 0) return [];
  const message = "Without attempt numbers nothing is known of attempts per lead and of their decay.";
  return [{ where: "attempt", count: numbered, needed: ENOUGH, message }];
}
