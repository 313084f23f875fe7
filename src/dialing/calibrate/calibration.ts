// From records of attempts to the parameters of a scenario, with their intervals and with where there is too little data.

import type { z } from "zod";
import { type DayRateInterval, lnGamma, percent } from "../../kernel/index.ts";
import { refuse } from "../arguments.ts";
import { type Distribution, distributionSchema, lawOf, type SingleDistribution } from "../distributions/index.ts";
import type { callsSchema } from "../scenario/calls.ts";
import { attemptsOf, type DayMeanInterval, DayTallies, type DurationName, MOST_ATTEMPTS } from "./day-tally.ts";
import { DurationSample } from "./duration-sample.ts";
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

// Chooses the distribution for measured durations, and judges the fit.

/** Kolmogorov-Smirnov distances up to which a fit is called good, and up to which it is still used. */
const GOOD = 0.03;
const FAIR = 0.08;
/** The values count as one fixed value when this share of them lies within 5 % of the median. */
const FIXED_SHARE = 0.98;
/**
 * A good fit also has its mean within this share of the measured mean: a few long values move the mean far, and the distribution
 * function little.
 */
const MEAN_WITHIN = 0.1;
const QUANTILES = 101;
const MIN_VALUES = 2;

/** Measured durations in seconds, and the distributions fitted to them. */
export interface DurationFit {
  /** Number of values, zeros included. */
  readonly count: number;
  readonly zeros: number;
  /** Of the values above 0. */
  readonly mean: number;
  readonly cv: number;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
  /** The distribution to simulate with: the best fit, or the measured quantiles when no fit is fair; with zeros, a mixture. */
  readonly distribution: Distribution;
  /** All fits, the best first; empty for a fixed value. */
  readonly candidates: readonly Candidate[];
  readonly verdict: "good" | "fair" | "poor";
  /** The verdict in one sentence. */
  readonly explanation: string;
}

/** Fits distributions to a sample; undefined when it has fewer than two values above 0. */
function fitDurations(sample: DurationSample): DurationFit | undefined {
  if (sample.count < MIN_VALUES) return undefined;
  const { distribution, candidates, verdict, explanation } = choose(sample);
  return {
    count: sample.count + sample.zeros,
    zeros: sample.zeros,
    mean: sample.mean,
    cv: Math.sqrt(sample.variance) / sample.mean,
    min: sample.min,
    p10: sample.quantile(0.1),
    median: sample.quantile(0.5),
    p90: sample.quantile(0.9),
    max: sample.max,
    distribution: sample.zeros === 0 ? distribution : withZeros(sample, distribution),
    candidates,
    verdict,
    explanation,
  };
}

interface Choice {
  readonly distribution: SingleDistribution;
  readonly candidates: readonly Candidate[];
  readonly verdict: DurationFit["verdict"];
  readonly explanation: string;
}

function choose(sample: DurationSample): Choice {
  const median = sample.quantile(0.5);
  let near = 0;
  for (const { from, to, count } of sample.bins()) {
    const middle = (from + to) / 2;
    if (Math.abs(middle - median) <= 0.05 * median) near += count;
  }
  const isMeanNear = (mean: number) => Math.abs(mean / sample.mean - 1) <= MEAN_WITHIN;
  if (near >= FIXED_SHARE * sample.count && isMeanNear(median)) {
    const explanation = `${percent(near / sample.count)} lie within 5 % of ${median.toPrecision(3)} s: taken as a fixed time.`;
    return { distribution: { kind: "deterministic", value: median }, candidates: [], verdict: "good", explanation };
  }
  const candidates = fitCandidates(sample);
  const best = candidates[0];
  // The distance that a true fit stays below in 95 of 100 samples, when two parameters were fitted (M. A. Stephens, JASA 69,
  // 1974).
  const root = Math.sqrt(sample.count);
  const chance = 0.895 / (root - 0.01 + 0.85 / root);
  if (best !== undefined && best.distribution.kind !== "mixture" && best.ksDistance <= Math.max(FAIR, chance)) {
    const { mean } = lawOf(best.distribution);
    const verdict = best.ksDistance <= Math.max(GOOD, chance) && isMeanNear(mean) ? "good" : "fair";
    const by = `${best.distribution.kind} is off by at most ${percent(best.ksDistance)} of the values (chance alone: up to ${percent(chance)})`;
    const means = isMeanNear(mean)
      ? ""
      : `; its mean is ${mean.toPrecision(3)} s, the measured one ${sample.mean.toPrecision(3)} s`;
    const explanation = verdict === "good" ? `${by}: a good fit.` : `${by}${means}: fair; look at the quantiles.`;
    return { distribution: best.distribution, candidates, verdict, explanation };
  }
  const found =
    best === undefined ? "" : `; ${best.distribution.kind}, the best, is off by ${percent(best.ksDistance)} of the values`;
  return {
    distribution: { kind: "empirical", values: sample.quantiles(QUANTILES) },
    candidates,
    verdict: "poor",
    explanation: `No standard distribution fits${found}: the measured quantiles are used as they are.`,
  };
}

function withZeros(sample: DurationSample, distribution: SingleDistribution): Distribution {
  return {
    kind: "mixture",
    parts: [
      { weight: sample.zeros, distribution: { kind: "deterministic", value: 0 } },
      { weight: sample.count, distribution },
    ],
  };
}

// Maximum-likelihood fits of the standard distributions of durations, with their likelihood, AIC and Kolmogorov-Smirnov distance.

/** One fitted distribution. */
export interface Candidate {
  readonly distribution: Distribution;
  readonly logLikelihood: number;
  /** Akaike's information criterion: 2 × parameters - 2 × log-likelihood; the smallest is best. */
  readonly aic: number;
  /** Kolmogorov-Smirnov distance: the largest gap between measured and fitted distribution function, from 0 to 1. */
  readonly ksDistance: number;
}

/** psi(x) for x > 0, by its asymptotic series after a shift to 8 and above (Abramowitz and Stegun 6.3.18). */
function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < 8; shifted++) sum -= 1 / shifted;
  const r = 1 / (shifted * shifted);
  return sum + Math.log(shifted) - 0.5 / shifted - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r / 240)));
}

/** The x in [low, high] where a falling function crosses 0, by bisection on a logarithmic scale. */
function crossing(falling: (x: number) => number, low: number, high: number): number {
  let [a, b] = [Math.log(low), Math.log(high)];
  for (let step = 0; step < 80; step++) {
    const middle = (a + b) / 2;
    if (falling(Math.exp(middle)) > 0) a = middle;
    else b = middle;
  }
  return Math.exp((a + b) / 2);
}

/**
 * The largest gap between measured and fitted distribution function at the bins' edges, where the measured one is known exactly.
 */
function ksDistance(sample: DurationSample, distribution: Distribution): number {
  const { cdf } = lawOf(distribution);
  let [below, distance] = [0, 0];
  for (const { from, to, count } of sample.bins()) {
    distance = Math.max(distance, Math.abs(cdf(from) - below / sample.count));
    below += count;
    distance = Math.max(distance, Math.abs(cdf(to) - below / sample.count));
  }
  return distance;
}

/** All fits to the values above 0, the best (smallest AIC) first; empty when the values do not vary. */
function fitCandidates(sample: DurationSample): Candidate[] {
  const { count, mean, logMean, logVariance } = sample;
  if (count < 2 || sample.variance === 0) return [];
  const fits: [Distribution, number, number][] = [];

  const cv = Math.sqrt(Math.expm1(logVariance));
  const lognormalMean = Math.exp(logMean + logVariance / 2);
  const lognormal = -count * (logMean + 0.5 * Math.log(2 * Math.PI * logVariance) + 0.5);
  fits.push([{ kind: "lognormal", mean: lognormalMean, cv: Math.min(100, cv) }, lognormal, 2]);

  fits.push([{ kind: "exponential", mean }, -count * (Math.log(mean) + 1), 1]);

  const gap = Math.log(mean) - logMean;
  const shape = crossing((k) => Math.log(k) - digamma(k) - gap, 1e-4, 1e8);
  const scale = mean / shape;
  const gamma = count * ((shape - 1) * logMean - shape - shape * Math.log(scale) - lnGamma(shape));
  fits.push([{ kind: "gamma", mean, cv: Math.min(100, 1 / Math.sqrt(shape)) }, gamma, 2]);

  fits.push(weibull(sample));
  return fits
    .map(([distribution, logLikelihood, parameters]) => ({
      distribution,
      logLikelihood,
      aic: 2 * parameters - 2 * logLikelihood,
      ksDistance: ksDistance(sample, distribution),
    }))
    .sort((a, b) => a.aic - b.aic);
}

/** The Weibull fit, its power sums taken over the bins. */
function weibull(sample: DurationSample): [Distribution, number, number] {
  const { count, logMean } = sample;
  const points = sample.bins().map((bin) => ({ log: Math.log((bin.from + bin.to) / 2), count: bin.count }));
  const top = Math.log(sample.max);
  const sums = (k: number): { power: number; weighted: number } => {
    let [power, weighted] = [0, 0];
    for (const point of points) {
      const term = point.count * Math.exp(k * (point.log - top));
      power += term;
      weighted += term * point.log;
    }
    return { power, weighted };
  };
  const shape = crossing(
    (k) => {
      const { power, weighted } = sums(k);
      return 1 / k + logMean - weighted / power;
    },
    0.1,
    100,
  );
  const logScale = top + Math.log(sums(shape).power / count) / shape;
  const logLikelihood = count * (Math.log(shape) - shape * logScale + (shape - 1) * logMean - 1);
  return [{ kind: "weibull", mean: Math.exp(logScale + lnGamma(1 + 1 / shape)), shape }, logLikelihood, 2];
}
