// The study behind the frontier: rough at first, then run after run more exact, as small pieces of work that can be left at any time. Pure.

import { assure, combine, predict, type Replication, runReplication } from "../../../dialing/index.ts";
import { factsOf, settingsOf } from "./inputs.ts";
import type { Answer, Point, Question } from "./protocol.ts";
import { type Candidate, candidatesOf, scenarioOf } from "./scenarios.ts";

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
