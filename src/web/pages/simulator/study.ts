// The study behind the frontier: rough at first, then run after run more exact, as small pieces of work that can be left at any time. Pure;
// apart from the inputs, so that the page does not load the model.

import {
  assure,
  combine,
  parseScenario,
  predict,
  type Replication,
  runReplication,
  type SimulationScenario,
} from "../../../dialing/index.ts";
import { factsOf, type Inputs, settingsOf } from "./inputs.ts";
import type { Answer, Point, Question } from "./protocol.ts";

const WRAP = 20;
/** Agent-hours of one run: enough for a point that does not jump, little enough to be drawn while a slider moves. */
const AGENT_HOURS = 40;
/** Of a first look at all of the frontier, before the exact runs. */
const COARSE_AGENT_HOURS = 8;

/** One run of the raw strategy: nothing holds it back but lines and spacing. */
export function scenarioOf(inputs: Inputs, pacing: SimulationScenario["pacing"], isCoarse = false): SimulationScenario {
  // Fewer people who answer leave more of everything else, in the proportions of the defaults.
  const { calls } = parseScenario({});
  const others = (1 - inputs.answerRate) / (1 - calls.answerProbability);
  const hours = Math.min(6, Math.max(0.5, (isCoarse ? COARSE_AGENT_HOURS : AGENT_HOURS) / inputs.agents));
  return parseScenario({
    agents: inputs.agents,
    duration: Math.round(3600 * (hours + 0.1)),
    warmUp: 360,
    bucket: Math.round(360 * hours),
    calls: {
      answerProbability: inputs.answerRate,
      machineProbability: calls.machineProbability * others,
      busyProbability: calls.busyProbability * others,
      invalidProbability: calls.invalidProbability * others,
      patience: inputs.patience,
      talk: { kind: "lognormal", mean: Math.max(10, inputs.handleSeconds - WRAP), cv: 1.2 },
      wrap: { kind: "lognormal", mean: WRAP, cv: 0.5 },
    },
    lines: { trunks: inputs.maxCalls, spacing: inputs.spacingMs / 1000 },
    pacing,
  });
}

/** A candidate of the frontier. */
interface Candidate {
  readonly curve: "ratio" | "state-aware";
  readonly value: number;
  readonly pacing: SimulationScenario["pacing"];
}

const RATIOS = [1, 1.5, 2, 2.5, 3, 4, 5, 6.5, 8];
const TARGETS = [0.008, 0.015, 0.022, 0.03];

/** What is tried: the ratio that is set first, so that the operating point is the first to be right. */
export function candidatesOf(inputs: Inputs): readonly Candidate[] {
  const ratios = [inputs.ratio, ...RATIOS.filter((ratio) => Math.abs(ratio - inputs.ratio) > 0.05)];
  return [
    ...ratios.map((ratio): Candidate => ({ curve: "ratio", value: ratio, pacing: { strategy: "ratio", of: "idle", ratio } })),
    ...TARGETS.map((target): Candidate => ({ curve: "state-aware", value: target, pacing: { strategy: "state-aware", target } })),
  ];
}

/** Every candidate of every question meets the same calls, so that curves move smoothly while a slider does. */
const SEED = "simulator";
const ROUNDS = 8;
const ROUGH = 300;
const FINE = 1500;
/** Hours of dialing in 30 days, eight a day. */
const PERIOD_HOURS = 240;
const PROBABILITY = 0.99;

/** Answers in the order in which they are worth most. Between two of them the caller may stop. */
export function* study({ id, inputs }: Question): Generator<Answer, void, undefined> {
  const candidates = candidatesOf(inputs);
  const runs = new Map<Candidate, Replication[]>(candidates.map((candidate) => [candidate, []]));
  const settings = settingsOf(inputs);
  const facts = factsOf(inputs);
  // First all of the frontier from short runs, so that there is something to see; then the exact word on these settings, and the long runs, which take the place
  // of the short ones.
  for (const candidate of candidates) {
    yield { id, kind: "point", point: pointOf(candidate, [runReplication(scenarioOf(inputs, candidate.pacing, true), SEED, 0)]) };
    if (candidate === candidates[0])
      yield { id, kind: "prediction", prediction: predict(settings, facts, { effort: ROUGH }), isRough: true };
  }
  yield { id, kind: "prediction", prediction: predict(settings, facts, { effort: FINE }), isRough: false };
  for (let round = 0; round < ROUNDS; round++) {
    for (const candidate of candidates) {
      const own = runs.get(candidate) ?? [];
      own.push(runReplication(scenarioOf(inputs, candidate.pacing), SEED, round));
      yield { id, kind: "point", point: pointOf(candidate, own) };
    }
  }
}

function pointOf({ curve, value }: Candidate, runs: readonly Replication[]): Point {
  const { occupancy, abandonment, contactsPerAgentHour } = combine(runs);
  const counts = runs.map((run) => {
    const { numerator, denominator } = combine([run]).abandonment;
    return { abandoned: numerator, liveAnswers: denominator };
  });
  const [first] = runs;
  const hours = first === undefined ? 1 : (first.to - first.from) / 3600;
  const { ceiling } = assure(counts, Math.max(1, Math.round(PERIOD_HOURS / hours)), PROBABILITY);
  return {
    curve,
    value,
    abandonment: abandonment.rate,
    occupancy: occupancy.rate,
    occupancyLow: occupancy.low,
    occupancyHigh: occupancy.high,
    contactsPerAgentHour: contactsPerAgentHour.rate,
    ceiling: runs.length >= 3 && Number.isFinite(ceiling) ? ceiling : null,
    runs: runs.length,
  };
}
