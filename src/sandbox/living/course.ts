// How calls to a list turn out: what a scenario says about the list, as a section of a simulation scenario and as outcome codes.

import { parseScenario, type SimulationScenario } from "../../dialing/index.ts";
import type { ListBehaviour } from "../call-engine.ts";
import { unit, weighted } from "../world/derive.ts";

const DEFAULT_ANSWER_RATE = 0.4;
/** Shares of the calls that no person answers; the rest rings out. */
const UNANSWERED = { machine: 0.35, busy: 0.2, invalid: 0.1 };
/** Seconds until a person is recognised; a person who hangs up at once is gone by then. */
const DETECTION = 0.5;
/** Seconds that a caller waits for an agent, until the dialer's message (16 CFR 310.4(b)(4)(iii)). */
const PATIENCE = 2;

const TALK = 115;
const WRAP = 17;

/** Means of calls to a list that specifies nothing, in seconds and shares, as facts for a prediction. */
export const ORDINARY_CALLS = { answerRate: DEFAULT_ANSWER_RATE, handleSeconds: TALK + WRAP };

const MIX = { CONVERTED: 8, APPOINTMENT_SET: 6, INTERESTED: 14, CALLBACK_REQUESTED: 14, NOT_INTERESTED: 50, WRONG_NUMBER: 8 };
const CODE = 200;

/**
 * How calls to a list turn out. What the list does not specify is the simulation's default, except talk and wrap-up, which are
 * short.
 */
export function courseOf({
  answerRate = DEFAULT_ANSWER_RATE,
  abandonRate = 0,
  talk = TALK,
  wrap = WRAP,
}: ListBehaviour): SimulationScenario["calls"] {
  const rest = 1 - answerRate;
  const stays = { kind: "deterministic", value: PATIENCE };
  const leaves = { kind: "deterministic", value: 0 };
  const patience = [
    { weight: 1 - abandonRate, distribution: stays },
    { weight: abandonRate, distribution: leaves },
  ].filter(({ weight }) => weight > 0);
  return parseScenario({
    calls: {
      answerProbability: answerRate,
      machineProbability: rest * UNANSWERED.machine,
      busyProbability: rest * UNANSWERED.busy,
      invalidProbability: rest * UNANSWERED.invalid,
      machineDetection: { live: DETECTION },
      patience: { kind: "mixture", parts: patience },
      talk: { kind: "lognormal", mean: talk, cv: 0.9 },
      wrap: { kind: "lognormal", mean: wrap, cv: 0.5 },
    },
  }).calls;
}

/** The outcome code of a talk. @param word seed of the campaign; @param call number of the call in it */
export function codeOfTalk(word: number, call: number, { mix = MIX }: ListBehaviour): string | undefined {
  return weighted(mix)(unit(word, call, CODE));
}
