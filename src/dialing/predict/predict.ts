// Predicts what dialer settings will lead to: one simulation for each of several possible sets of true values, combined to
// medians with bands.

import { ABANDONMENT_LIMIT, normalCdf } from "../../kernel/index.ts";
import { requireNonNegative, requirePositive, requireProbability } from "../arguments.ts";
import { lawOf } from "../distributions/index.ts";
import { createDialer } from "../engine/dialer.ts";
import { Count, LEVEL_NAMES, Level } from "../engine/meter.ts";
import type { DialerView, PacingStrategy } from "../pacing/strategy.ts";
import { distributionOf } from "../scenario/fields.ts";
import { parseScenario } from "../scenario/parse.ts";
import type { SimulationScenario } from "../scenario/schema.ts";
import { assumedFacts, checkFacts, DEFAULT_HORIZON_HOURS, drawFacts, type FactDraw, type PredictionFacts } from "./facts.ts";

// Medians and bands of a mixture of equally likely normal distributions; a standard deviation of 0 is a point.

/** The 5 % quantile, the median and the 95 % quantile. */
export interface Band {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** One of the equally likely normal distributions of a mixture. */
interface Part {
  readonly mean: number;
  readonly sd: number;
}

const HALVINGS = 60;

/** The band of a mixture. Values are never below 0: negative values of the normal distributions count as 0. */
function bandOf(parts: readonly Part[]): Band {
  return { low: quantile(parts, 0.05), median: quantile(parts, 0.5), high: quantile(parts, 0.95) };
}

/** Probability of a value above `limit`. */
function chanceAbove(parts: readonly Part[], limit: number): number {
  const sum = parts.reduce((total, { mean, sd }) => total + (sd > 0 ? normalCdf((mean - limit) / sd) : mean > limit ? 1 : 0), 0);
  return sum / Math.max(1, parts.length);
}

function quantile(parts: readonly Part[], q: number): number {
  if (parts.every(({ sd }) => sd === 0))
    return quantileOfPoints(
      parts.map(({ mean }) => mean).sort((a, b) => a - b),
      q,
    );
  let low = Math.min(...parts.map(({ mean, sd }) => mean - 6 * sd));
  let high = Math.max(...parts.map(({ mean, sd }) => mean + 6 * sd));
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (chanceAbove(parts, middle) > 1 - q) low = middle;
    else high = middle;
  }
  return Math.max(0, (low + high) / 2);
}

/** Linear interpolation between the points; each point stands for the middle of its share. */
function quantileOfPoints(sorted: readonly number[], q: number): number {
  const place = Math.min(sorted.length - 1, Math.max(0, q * sorted.length - 0.5));
  const below = Math.floor(place);
  const from = sorted[below] ?? 0;
  const to = sorted[Math.min(sorted.length - 1, below + 1)] ?? from;
  return from + (to - from) * (place - below);
}

/** Dialer settings (contract §2.5); further fields are ignored. */
export interface PredictedSettings {
  readonly concurrency: {
    readonly max_agents: number;
    readonly max_simultaneous_calls: number;
    /** Least time between two calls, ms. */
    readonly call_spacing_ms: number;
  };
  readonly algorithm: {
    readonly abandonment_rate_target: number;
    /** Share of the signed-in agents who are available for callers. */
    readonly agent_availability_estimate: number;
    /** Calls under way for each idle agent. */
    readonly dial_ratio: number;
  };
}

/**
 * What keeps the dialer from placing more calls: no agent at work, the lines of the settings, the lines of the carrier, the
 * spacing, the abandonment target, the number of calls to place, or otherwise the dial ratio.
 */
export type PredictionLimit = "agents" | "lines" | "carrier" | "spacing" | "target" | "volume" | "ratio";

/** Shares are of 1, times in seconds. Bands are medians with the 5 % and 95 % quantiles, over uncertain facts and chance. */
export interface Prediction {
  /**
   * Abandoned calls divided by calls answered by a person, over the horizon and the history. Includes people taken for machines.
   */
  readonly abandonment: Band;
  /** Talk plus wrap-up, divided by time at work. */
  readonly occupancy: Band;
  readonly attemptsPerHour: Band;
  /** Calls answered by a person, divided by calls placed. */
  readonly answerRate: Band;
  /** Mean wait of callers for an agent. */
  readonly waitSeconds: Band;
  /** Probability that abandonment over the horizon is above `limit`. */
  readonly chanceAboveLimit: number;
  readonly limit: number;
  readonly horizonHours: number;
  /** Agents at work: those signed in times the availability (median). */
  readonly agents: number;
  /** Expected counts over the horizon. */
  readonly expected: { readonly placed: number; readonly answered: number; readonly abandoned: number };
  /** Largest number of calls under way at once (median of the simulations). */
  readonly peakCalls: number;
  /**
   * Share of the decisions with an idle agent at which the target held back calls. Near 1, the dial ratio asks for more than the
   * target allows.
   */
  readonly heldShare: number;
  readonly limitedBy: PredictionLimit;
  /** Names of the facts that were not given and were assumed. */
  readonly assumed: readonly string[];
  readonly simulations: number;
}

/** Cost of the decisions of one hour of dialing, in agent-hours: it does not depend on the size of the team. */
const DECISION_COST = 5;
const FEWEST_DRAWS = 16;
const MOST_DRAWS = 200;
const LEAST_HOURS = 0.5;
/** Long enough for a team that begins idle to reach its pace. */
const WARM_UP_HOURS = 0.2;
/**
 * Larger teams are simulated at this size and scaled up. The advantage of a larger pool is left out, which is the cautious side.
 */
const LARGEST_TEAM = 200;
/** A limit is named when it acted in at least this share of the decisions with an idle agent. */
const FELT = 0.15;

/** How much work a prediction may cost. */
export interface PredictionOptions {
  /** Approximate number of agent-hours to simulate. Default 4000: half a second of work. */
  readonly effort?: number;
}

/**
 * Predicts what dialer settings will lead to. Equal input gives an equal prediction, and different settings are judged on the
 * same true values and the same calls.
 *
 * The dialer is assumed to keep `dial_ratio` calls under way for each idle agent, and one for each while the measured abandonment
 * is above `abandonment_rate_target`. Machines, ring and handle times vary as in the defaults of a simulation scenario; patience
 * is 2 s. When the horizon is longer than the simulated time, the rest continues at the simulated rate: within the target where
 * the target was kept, with the scatter between the simulated batches.
 *
 * @throws DialingError `invalid_input` with the name of an impossible setting or fact
 */
export function predict(settings: PredictedSettings, facts: PredictionFacts = {}, options: PredictionOptions = {}): Prediction {
  checkSettings(settings);
  const { effort = 4000 } = options;
  requirePositive("effort", effort);
  checkFacts(facts);
  const { concurrency, algorithm } = settings;
  const { horizonHours = DEFAULT_HORIZON_HOURS, limit = ABANDONMENT_LIMIT, history = { liveAnswers: 0, abandoned: 0 } } = facts;
  const lines = Math.floor(Math.min(concurrency.max_simultaneous_calls, facts.trunks ?? Number.POSITIVE_INFINITY));
  const atWork = (signedIn = Number.POSITIVE_INFINITY) =>
    Math.floor(Math.min(signedIn, concurrency.max_agents) * algorithm.agent_availability_estimate + 1e-9);
  const teams = drawFacts(facts, FEWEST_DRAWS).map(({ agents }) => atWork(agents));
  const { hours, draws } = effortFor(Math.min(LARGEST_TEAM, Math.max(1, ...teams)), horizonHours, effort);
  const outcomes = drawFacts(facts, draws).map((truth, number): Outcome => {
    const agents = atWork(truth.agents);
    if (agents < 1 || lines < 1 || algorithm.dial_ratio <= 0) return { agents, scale: 1, trial: idleTrial(hours) };
    const scale = Math.max(1, agents / LARGEST_TEAM);
    const plan = {
      agents: Math.round(agents / scale),
      lines: Math.max(1, Math.round(lines / scale)),
      spacing: (concurrency.call_spacing_ms / 1000) * scale,
      ratio: algorithm.dial_ratio,
      target: algorithm.abandonment_rate_target,
      history: { liveAnswers: Math.round(history.liveAnswers / scale), abandoned: Math.round(history.abandoned / scale) },
      hours,
      warmUpHours: hours < horizonHours ? WARM_UP_HOURS : 0,
    };
    return { agents, scale, trial: runTrial(plan, truth, number) };
  });
  const { volume = Number.POSITIVE_INFINITY } = facts;
  const projected = projection(outcomes, { horizonHours, volume, history, target: algorithm.abandonment_rate_target });
  const mean = (of: (one: (typeof projected)[number]) => number) => projected.reduce((sum, one) => sum + of(one), 0) / draws;
  const band = (of: (one: (typeof projected)[number]) => number) => bandOf(projected.map((one) => ({ mean: of(one), sd: 0 })));
  const rates = projected.map(({ abandonment, abandonmentSd }) => ({ mean: abandonment, sd: abandonmentSd }));
  const readings = sumOf(outcomes.map(({ trial }) => trial.readings));
  const agents = bandOf(outcomes.map((one) => ({ mean: one.agents, sd: 0 }))).median;
  const isCut = projected.filter(({ isCut: cut }) => cut).length > draws / 2;
  return {
    abandonment: bandOf(rates),
    occupancy: band(({ occupancy }) => occupancy),
    attemptsPerHour: band(({ placed }) => placed / horizonHours),
    answerRate: band(({ placed, answered }) => (placed > 0 ? answered / placed : 0)),
    waitSeconds: band(({ waitSeconds }) => waitSeconds),
    chanceAboveLimit: chanceAbove(rates, limit),
    limit,
    horizonHours,
    agents: Math.round(agents),
    expected: {
      placed: mean(({ placed }) => placed),
      answered: mean(({ answered }) => answered),
      abandoned: mean(({ abandoned }) => abandoned),
    },
    peakCalls: Math.min(
      lines,
      Math.round(bandOf(outcomes.map(({ scale, trial }) => ({ mean: trial.readings.peak * scale, sd: 0 }))).median),
    ),
    heldShare: readings.wanting === 0 ? 0 : readings.held / readings.wanting,
    limitedBy:
      agents < 1
        ? "agents"
        : isCut
          ? "volume"
          : limitOf(readings, (facts.trunks ?? Number.POSITIVE_INFINITY) < concurrency.max_simultaneous_calls),
    assumed: assumedFacts(facts),
    simulations: draws,
  };
}

function checkSettings({ concurrency, algorithm }: PredictedSettings): void {
  requireNonNegative("concurrency.max_agents", concurrency.max_agents);
  requireNonNegative("concurrency.max_simultaneous_calls", concurrency.max_simultaneous_calls);
  requireNonNegative("concurrency.call_spacing_ms", concurrency.call_spacing_ms);
  requireProbability("algorithm.abandonment_rate_target", algorithm.abandonment_rate_target);
  requireProbability("algorithm.agent_availability_estimate", algorithm.agent_availability_estimate);
  requirePositive("algorithm.dial_ratio", algorithm.dial_ratio);
}

/** How many sets of true values are tried, and how many hours of each are simulated. */
function effortFor(agents: number, horizonHours: number, effort: number): { readonly hours: number; readonly draws: number } {
  const perHour = agents + DECISION_COST;
  const longest = Math.max(LEAST_HOURS, effort / (FEWEST_DRAWS * perHour));
  if (horizonHours > longest) return { hours: longest, draws: FEWEST_DRAWS };
  const affordable = Math.floor(effort / (horizonHours * perHour));
  return { hours: horizonHours, draws: Math.max(FEWEST_DRAWS, Math.min(MOST_DRAWS, affordable)) };
}

function sumOf(all: readonly RatioReadings[]): RatioReadings {
  const sum = { wanting: 0, held: 0, withoutLine: 0, spaced: 0, peak: 0 };
  for (const one of all) {
    sum.wanting += one.wanting;
    sum.held += one.held;
    sum.withoutLine += one.withoutLine;
    sum.spaced += one.spaced;
  }
  return sum;
}

function limitOf({ wanting, held, withoutLine, spaced }: RatioReadings, isCarrier: boolean): PredictionLimit {
  const felt = FELT * wanting;
  if (withoutLine > felt && withoutLine >= Math.max(held, spaced)) return isCarrier ? "carrier" : "lines";
  if (spaced > felt && spaced >= held) return "spacing";
  return held > felt ? "target" : "ratio";
}

// Extends simulated stretches to the horizon: the result at its end for each set of true values.

/** A trial with the size of the team that it represents. */
interface Outcome {
  /** Agents at work. */
  readonly agents: number;
  /** Size of the team divided by the size of the simulated one. */
  readonly scale: number;
  readonly trial: Trial;
}

/** The end of the horizon for one set of true values. */
interface Projected {
  readonly placed: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Rate over horizon and history, and its standard deviation by chance. */
  readonly abandonment: number;
  readonly abandonmentSd: number;
  readonly occupancy: number;
  readonly waitSeconds: number;
  /** There are fewer calls to place than the dialer could place over the horizon. */
  readonly isCut: boolean;
}

interface ProjectionContext {
  readonly horizonHours: number;
  /** Calls to place; may be Infinity. */
  readonly volume: number;
  readonly history: { readonly liveAnswers: number; readonly abandoned: number };
  readonly target: number;
}

/**
 * A stretch as long as the horizon is taken as it is. After a shorter one the rate continues, but not above the target, which the
 * dialer keeps unless machine detection alone abandons more. The scatter between batches is added as chance: with clustered
 * abandoned calls it is several times the binomial variance.
 */
function projection(outcomes: readonly Outcome[], context: ProjectionContext): Projected[] {
  const { horizonHours, volume, history, target } = context;
  const variance = variancePerAnswer(outcomes);
  return outcomes.map(({ scale, trial }) => {
    const times = (scale * horizonHours) / trial.hours;
    const wanted = trial.placed * times;
    const share = wanted > volume ? volume / wanted : 1;
    const answered = trial.liveAnswers * times * share;
    const seen = Math.min(answered, trial.liveAnswers * scale);
    const rate = trial.liveAnswers === 0 ? 0 : trial.abandoned / trial.liveAnswers;
    const silent = trial.liveAnswers === 0 ? 0 : trial.silent / trial.liveAnswers;
    const abandoned = rate * seen + Math.min(rate, Math.max(target, silent)) * (answered - seen);
    const window = answered + history.liveAnswers;
    const isWhole = trial.hours >= horizonHours;
    return {
      placed: wanted * share,
      answered,
      abandoned,
      abandonment: window === 0 ? 0 : (abandoned + history.abandoned) / window,
      abandonmentSd: isWhole || window === 0 ? 0 : Math.sqrt(variance * answered) / window,
      occupancy: trial.loggedInSeconds === 0 ? 0 : (trial.busySeconds / trial.loggedInSeconds) * share,
      waitSeconds: trial.connected === 0 ? 0 : trial.waited / trial.connected,
      isCut: share < 1,
    };
  });
}

/** Variance of the number of abandoned calls, per answer: from the scatter of batches around each trial's own rate. */
function variancePerAnswer(outcomes: readonly Outcome[]): number {
  let [squares, answers] = [0, 0];
  for (const { scale, trial } of outcomes) {
    squares += trial.squares * scale;
    answers += trial.liveAnswers * scale;
  }
  return answers === 0 ? 0 : ((squares / answers) * BATCHES) / (BATCHES - 1);
}

// One simulated stretch of a campaign under the settings, with one set of true values.

const HOUR = 3600;
/** Number of batches of the stretch; their scatter shows how abandoned calls cluster. */
const BATCHES = 8;

/** Parameters of a trial, for the simulated team. */
interface TrialPlan {
  readonly agents: number;
  readonly lines: number;
  /** Seconds between two calls. */
  readonly spacing: number;
  readonly ratio: number;
  readonly target: number;
  readonly history: { readonly liveAnswers: number; readonly abandoned: number };
  /** Hours before measuring, and measured hours. */
  readonly warmUpHours: number;
  readonly hours: number;
}

/** Counts of the measured stretch. */
interface Trial {
  readonly hours: number;
  readonly placed: number;
  readonly liveAnswers: number;
  readonly abandoned: number;
  /** Of the abandoned calls: people taken for machines, which the target cannot prevent. */
  readonly silent: number;
  readonly connected: number;
  /** Total wait of connected callers, s. */
  readonly waited: number;
  readonly busySeconds: number;
  readonly loggedInSeconds: number;
  /** Sum of the squared residuals of the batches: (abandoned - rate * answers)². */
  readonly squares: number;
  readonly readings: RatioReadings;
}

/** Simulates the settings once with one set of true values. @param number identifies the trial and is part of the seed */
function runTrial(plan: TrialPlan, draw: FactDraw, number: number): Trial {
  const { agents, lines, spacing, ratio, target, history, warmUpHours, hours } = plan;
  const warmUp = warmUpHours * HOUR;
  const end = warmUp + hours * HOUR;
  const scenario = parseScenario({
    agents,
    warmUp,
    duration: end,
    bucket: (hours * HOUR) / BATCHES,
    calls: callsOf(draw),
    lines: { ...(Number.isFinite(lines) ? { trunks: lines } : {}), spacing },
    history,
    abandonmentTarget: target,
  });
  const strategy = heldRatio({ ratio, target, gentleUntil: warmUp });
  const dialer = createDialer({ scenario, seed: `prediction/${number}`, strategy });
  dialer.advance(end * (1 - Number.EPSILON));
  const { meter } = dialer;
  if (meter.bucketStart < end) meter.close(end);
  const count = (which: Count) => (bucket: Float64Array) => bucket[LEVEL_NAMES.length + which]!;
  const sum = (of: (bucket: Float64Array) => number) => meter.buckets.reduce((total, bucket) => total + of(bucket), 0);
  const [abandoned, liveAnswers] = [sum(count(Count.abandoned)), sum(count(Count.liveAnswers))];
  const rate = abandoned / Math.max(1, liveAnswers);
  return {
    hours,
    placed: sum(count(Count.placed)),
    liveAnswers,
    abandoned,
    silent: sum(count(Count.silentCalls)),
    connected: sum(count(Count.connected)),
    waited: sum(count(Count.waitOfConnected)),
    busySeconds: sum((bucket) => bucket[Level.talking]! + bucket[Level.wrapping]!),
    loggedInSeconds: sum((bucket) => bucket[Level.loggedIn]!),
    squares: sum((bucket) => (count(Count.abandoned)(bucket) - rate * count(Count.liveAnswers)(bucket)) ** 2),
    readings: strategy.readings,
  };
}

/** A stretch without dialing. */
function idleTrial(hours: number): Trial {
  return {
    hours,
    placed: 0,
    liveAnswers: 0,
    abandoned: 0,
    silent: 0,
    connected: 0,
    waited: 0,
    busySeconds: 0,
    loggedInSeconds: 0,
    squares: 0,
    readings: { wanting: 0, held: 0, withoutLine: 0, spaced: 0, peak: 0 },
  };
}

/** The scenario's calls with the drawn facts: the other outcomes keep their proportions, times are scaled. */
function callsOf({ answerRate, handleSeconds, ringSeconds, takenForMachines }: FactDraw): object {
  const { calls } = parseScenario({});
  const scale = (1 - answerRate) / (1 - calls.answerProbability);
  const shares = {
    answerProbability: answerRate,
    machineProbability: calls.machineProbability * scale,
    busyProbability: calls.busyProbability * scale,
    invalidProbability: calls.invalidProbability * scale,
  };
  const [talk, wrap] = [meanOf(calls.talk), meanOf(calls.wrap)];
  const handle = handleSeconds / (talk + wrap);
  const detection = calls.machineDetection === "off" ? 0 : meanOf(calls.machineDetection.machine);
  const { live, machine, busy, invalid } = calls.ring;
  const failing = 1 - answerRate - shares.machineProbability - shares.busyProbability - shares.invalidProbability;
  const ringing =
    answerRate * meanOf(live) +
    shares.machineProbability * (meanOf(machine) + detection) +
    shares.busyProbability * meanOf(busy) +
    shares.invalidProbability * meanOf(invalid) +
    failing * Number(calls.noAnswerTimeout);
  const ring = ringSeconds === undefined ? 1 : ringSeconds / ringing;
  return {
    ...shares,
    ring: {
      live: { kind: "lognormal", mean: meanOf(live) * ring, cv: 0.55 },
      machine: meanOf(machine) * ring,
      busy: meanOf(busy) * ring,
      invalid: meanOf(invalid) * ring,
    },
    noAnswerTimeout: Number(calls.noAnswerTimeout) * ring,
    ...(takenForMachines === 0 || calls.machineDetection === "off"
      ? {}
      : { machineDetection: { ...calls.machineDetection, falseMachine: takenForMachines } }),
    talk: { kind: "lognormal", mean: talk * handle, cv: 1.2 },
    wrap: { kind: "lognormal", mean: wrap * handle, cv: 0.5 },
  };
}

type Duration = SimulationScenario["calls"]["talk"];
const meanOf = (duration: Duration): number => lawOf(distributionOf(duration)).mean;

// The assumed pacing of a tenant's dialer under its settings: a number of lines for each idle agent, and only one line while the
// measured rate is above the target.

/** How often limits kept calls from being placed. */
interface RatioReadings {
  /** Decisions at which an agent was idle. */
  wanting: number;
  /**
   * Of those decisions: those at which the measured rate was above the target and held back calls, at which no line was free, and
   * at which spacing let too few calls pass.
   */
  held: number;
  withoutLine: number;
  spaced: number;
  /** Largest number of calls under way at a decision. */
  peak: number;
}

interface HeldRatioParameters {
  /** Calls under way without an agent, for each idle agent; above 0. */
  readonly ratio: number;
  /** Largest share of the live answers that may be abandoned. */
  readonly target: number;
  /**
   * Until this second one call for each idle agent is placed, so that a team that begins idle does not distort the readings.
   * Default 0.
   */
  readonly gentleUntil?: number;
  /** Seconds between decisions. Default 1. */
  readonly interval?: number;
}

/**
 * Keeps `ratio` calls under way for each idle agent (rounded, at least one), and one for each while the abandoned share of the
 * measured window is above the target. Open-source dialers with such settings work like this; how the tenant's own dialer decides
 * is not published.
 */
export function heldRatio(parameters: HeldRatioParameters): PacingStrategy & { readonly readings: RatioReadings } {
  const { ratio, target, gentleUntil = 0, interval = 1 } = parameters;
  const readings: RatioReadings = { wanting: 0, held: 0, withoutLine: 0, spaced: 0, peak: 0 };
  const isHeld = (view: DialerView) => view.windowAbandoned > target * view.windowLiveAnswers;
  const inAir = (view: DialerView) => view.dialing + view.detecting + view.waiting;
  const lines = (view: DialerView) => Math.max(Math.min(1, view.idle), Math.round(ratio * view.idle));
  return {
    name: "held-ratio",
    interval,
    readings,
    decide(view) {
      const air = inAir(view);
      if (view.now < gentleUntil) return Math.max(0, view.idle - air);
      readings.peak = Math.max(readings.peak, air + view.talking);
      const free = Math.max(0, lines(view) - air);
      const wanted = isHeld(view) ? Math.max(0, Math.min(lines(view), view.idle) - air) : free;
      if (view.idle > 0) {
        readings.wanting += 1;
        if (wanted < free) readings.held += 1;
        else if (wanted > view.trunksFree) readings.withoutLine += 1;
        else if (wanted > view.callsPerSecond * interval + 1) readings.spaced += 1;
      }
      return wanted;
    },
    explain: (view) => ({ ratio, target, lines: lines(view), inAir: inAir(view), held: isHeld(view) }),
  };
}
