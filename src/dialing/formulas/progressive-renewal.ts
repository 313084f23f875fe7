// Progressive dialing as a renewal process: one line per idle agent.

import { refuse, requireNonNegative, requireProbability } from "../arguments.ts";

/**
 * An agent's cycle in 1:1 dialing (renewal-reward): attempts one after the other until a person answers, then talk and wrap-up.
 * No call is abandoned.
 * @param campaign seconds and shares: `liveProbability` of an attempt with `meanRingLive` s of ringing; `failures` with the
 * probability of each kind and the seconds it costs (all probabilities add to 1); mean `talk` and `wrap`; `gap` s before each
 * attempt
 * @returns `meanSearch` (s from free to the next live answer), `cycle` (s), `occupancy` ((talk + wrap) / cycle),
 * `contactsPerHour` and `attemptsPerHour` of one agent
 * @throws DialingError `invalid_input`
 */
export function progressiveRenewal(campaign: {
  liveProbability: number;
  meanRingLive: number;
  failures: readonly { probability: number; seconds: number }[];
  talk: number;
  wrap: number;
  gap: number;
}): { meanSearch: number; cycle: number; occupancy: number; contactsPerHour: number; attemptsPerHour: number } {
  const { liveProbability, meanRingLive, failures, talk, wrap, gap } = campaign;
  requireProbability("liveProbability", liveProbability);
  if (liveProbability === 0) refuse("liveProbability", 0, "a number above 0, since otherwise nobody ever answers");
  for (const [name, value] of Object.entries({ meanRingLive, talk, wrap, gap })) requireNonNegative(name, value);
  let share = liveProbability;
  let perAttempt = gap + liveProbability * meanRingLive;
  for (const [i, { probability, seconds }] of failures.entries()) {
    requireProbability(`failures[${i}].probability`, probability);
    requireNonNegative(`failures[${i}].seconds`, seconds);
    share += probability;
    perAttempt += probability * seconds;
  }
  if (Math.abs(share - 1) > 1e-9) refuse("the sum of liveProbability and the failures' probabilities", share, "1");
  const meanSearch = perAttempt / liveProbability;
  const handling = talk + wrap;
  const cycle = meanSearch + handling;
  if (cycle === 0) refuse("the length of the cycle", 0, "above 0 s: one of the durations must be above 0");
  const contactsPerHour = 3600 / cycle;
  return { meanSearch, cycle, occupancy: handling / cycle, contactsPerHour, attemptsPerHour: contactsPerHour / liveProbability };
}
