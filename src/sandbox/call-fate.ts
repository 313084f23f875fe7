// How one live call goes: drawn whole when it is placed, from (seed, serial), as a list of stages.

import type { ListBehaviour } from "./call-engine.ts";
import type { CallStatus } from "./scenario/index.ts";
import { unit, weighted } from "./world/derive.ts";

/** What a stage means for the campaign's figures. */
export type Verdict = "answered" | "abandoned" | "unanswered";

export interface Stage {
  /** Milliseconds after the call was placed. */
  readonly after: number;
  readonly status: CallStatus;
  readonly verdict?: Verdict;
  /** The talk is over: the call's end. */
  readonly ends?: true;
}

export interface Fate {
  readonly code?: string | undefined;
  readonly stages: readonly Stage[];
}

const ANSWERED_MIX = {
  CONVERTED: 8,
  APPOINTMENT_SET: 6,
  INTERESTED: 14,
  CALLBACK_REQUESTED: 14,
  NOT_INTERESTED: 50,
  WRONG_NUMBER: 8,
};
const UNANSWERED_MIX = { NO_ANSWER: 70, BUSY: 20, DISCONNECTED: 10 };
const DEFAULT_ANSWER_RATE = 0.4;
const DEFAULT_ABANDON_RATE = 0.015;

const Purpose = { answer: 0, abandon: 1, code: 2, dial: 3, ring: 4, talk: 5, wrap: 6 };

/** @param word seed of the campaign; @param serial number of the call in it */
export function drawFate(word: number, serial: number, behaviour: ListBehaviour): Fate {
  const draw = (purpose: number): number => unit(word, serial, purpose);
  const between = (purpose: number, from: number, to: number): number => Math.round(from + draw(purpose) * (to - from));
  const dialled = between(Purpose.dial, 500, 3000);

  if (draw(Purpose.answer) >= (behaviour.answerRate ?? DEFAULT_ANSWER_RATE)) {
    const code = weighted(UNANSWERED_MIX)(draw(Purpose.code));
    const end = { status: code === "DISCONNECTED" ? "failed" : "completed", verdict: "unanswered", ends: true } as const;
    if (code !== "NO_ANSWER") return { code, stages: [{ ...end, after: dialled }] };
    const rung = dialled + between(Purpose.ring, 18_000, 30_000);
    return {
      code,
      stages: [
        { after: dialled, status: "ringing" },
        { ...end, after: rung },
      ],
    };
  }

  const answered = dialled + between(Purpose.ring, 2000, 18_000);
  const ringing: Stage = { after: dialled, status: "ringing" };
  const connected: Stage = { after: answered, status: "connected", verdict: "answered" };
  if (draw(Purpose.abandon) < (behaviour.abandonRate ?? DEFAULT_ABANDON_RATE)) {
    return { stages: [ringing, connected, { after: answered + 2000, status: "abandoned", verdict: "abandoned", ends: true }] };
  }
  // Exponential talk with a mean of 100 s above a least of 15 s, cut at ten minutes.
  const talked = answered + Math.min(600_000, Math.round(15_000 - 100_000 * Math.log(1 - draw(Purpose.talk))));
  return {
    code: weighted(behaviour.mix ?? ANSWERED_MIX)(draw(Purpose.code)),
    stages: [
      ringing,
      connected,
      { after: talked, status: "wrap_up", ends: true },
      { after: talked + between(Purpose.wrap, 5000, 30_000), status: "completed" },
    ],
  };
}
