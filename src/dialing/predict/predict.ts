// What settings of a dialer will come to: a simulation for each of several possible truths, put together as medians with bands.

import { ABANDONMENT_LIMIT } from "../../kernel/index.ts";
import { requireNonNegative, requirePositive, requireProbability } from "../arguments.ts";
import { type Band, bandOf, chanceAbove } from "./bands.ts";
import { assumedFacts, checkFacts, DEFAULT_HORIZON_HOURS, drawFacts, type PredictionFacts } from "./facts.ts";
import type { RatioReadings } from "./held-ratio.ts";
import { type Outcome, projection } from "./projection.ts";
import { idleTrial, runTrial } from "./trial.ts";

/** The settings of a dialer as the contract's §2.5 has them; further fields do not matter. */
export interface PredictedSettings {
  readonly concurrency: {
    readonly max_agents: number;
    readonly max_simultaneous_calls: number;
    /** Least time between two calls, ms. */
    readonly call_spacing_ms: number;
  };
  readonly algorithm: {
    readonly abandonment_rate_target: number;
    /** Share of the agents signed in who are there for callers. */
    readonly agent_availability_estimate: number;
    /** Calls for each idle agent. */
    readonly dial_ratio: number;
  };
}

/**
 * What keeps more calls from being placed: nobody at work, lines of the settings, lines of the carrier, the spacing, the abandonment target, the
 * calls there are, or else the dial ratio.
 */
export type PredictionLimit = "agents" | "lines" | "carrier" | "spacing" | "target" | "volume" | "ratio";

/** Shares are of 1, times seconds. Bands are medians with the 5 % and 95 % quantiles over what is not known for sure and over chance. */
export interface Prediction {
  /** Abandoned calls over calls answered by a person, over the horizon; people taken for machines are among them, and the history counts. */
  readonly abandonment: Band;
  /** Talk and wrap-up over time at work. */
  readonly occupancy: Band;
  readonly attemptsPerHour: Band;
  /** Calls answered by a person over calls placed. */
  readonly answerRate: Band;
  /** Mean wait of callers for an agent. */
  readonly waitSeconds: Band;
  /** Probability that abandonment over the horizon is above `limit`. */
  readonly chanceAboveLimit: number;
  readonly limit: number;
  readonly horizonHours: number;
  /** Agents at work: those signed in times the availability, in the middle of what is known. */
  readonly agents: number;
  /** Expected over the horizon. */
  readonly expected: { readonly placed: number; readonly answered: number; readonly abandoned: number };
  /** Most calls under way at once, in the middle of the simulations. */
  readonly peakCalls: number;
  /** Share of the decisions with an idle agent at which the target held back calls. Near 1: the dial ratio asks for more than the target allows. */
  readonly heldShare: number;
  readonly limitedBy: PredictionLimit;
  /** Facts that were not given and were assumed. */
  readonly assumed: readonly string[];
  readonly simulations: number;
}

/** Hours of dialing count as so many agents more: decisions are made whatever the size of the team. */
const DECISION_COST = 5;
const FEWEST_DRAWS = 16;
const MOST_DRAWS = 200;
const LEAST_HOURS = 0.5;
/** Long enough for a team that begins idle to come to its pace. */
const WARM_UP_HOURS = 0.2;
/** Larger teams are simulated at this size and scaled: what a larger pool does better is left out, which is the cautious side. */
const LARGEST_TEAM = 200;
/** A limit counts when it was felt in so many of the decisions that had an idle agent. */
const FELT = 0.15;

/** How much work a prediction may cost. */
export interface PredictionOptions {
  /** Agent-hours to be simulated, about. Default 4000: half a second of work. */
  readonly effort?: number;
}

/**
 * Predicts what dialer settings will come to. Equal input gives the equal prediction, and different settings meet the same truths and the same calls.
 *
 * The dialer is taken to keep `dial_ratio` calls in the air for each idle agent, and one for each while the measured abandonment is above
 * `abandonment_rate_target`; machines, ring and handle times vary as the defaults of a simulation scenario say, patience is 2 s. A horizon longer than
 * what is simulated goes on as the simulation ended: within the target where the target held, with the scatter that was seen between batches.
 *
 * @throws DialingError `invalid_input` naming the setting or fact that cannot be
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

/** How many truths are tried, and how many hours of each are simulated. */
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
