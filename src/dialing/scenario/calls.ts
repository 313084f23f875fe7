// The section of a scenario on how calls turn out once they are placed. Every default names its source.

import { z } from "zod";
import { duration, share, span } from "./fields.ts";

const ASSUMED = "Assumption: no public figure was found; set your own.";

const hourly = z
  .strictObject({
    hour: z.int().min(0).max(23).describe("Local hour of the lead, 0 to 23."),
    answerProbability: share.optional(),
    machineProbability: share.optional(),
    busyProbability: share.optional(),
    invalidProbability: share.optional(),
  })
  .describe("Shares in one hour of the day; what is left out is as for the whole day.");

const ring = z
  .strictObject({
    live: duration
      .default({ kind: "lognormal", mean: 9, cv: 0.55 })
      .describe(
        "Until a person answers. Default lognormal, mean 9 s: the first hump (6 to 10 s) of UNICOM's study of 500,000 calls.",
      ),
    machine: duration
      .default(20)
      .describe("Until a machine answers. Default 20 s: the second hump (18 to 22 s, voicemail) of the same study."),
    busy: duration.default(4).describe("Until the busy signal. Default 4 s. " + ASSUMED),
    invalid: duration.default(2).describe("Until a dead number fails. Default 2 s. " + ASSUMED),
    lateAnswers: z
      .boolean()
      .default(false)
      .describe(
        "Whether people's ring times are drawn from the whole of their distribution, also beyond noAnswerTimeout. Default no: answers later than noAnswerTimeout do not occur.",
      ),
  })
  .describe("Seconds from placing a call to what ends its ringing, to a microsecond.");

const detection = z
  .strictObject({
    live: duration
      .default(0)
      .describe(
        "From the answer until a person is judged one. Default 0: detection ends with the greeting. Asterisk's default waits 0.8 s of silence after it.",
      ),
    machine: duration
      .default(3.5)
      .describe("From the answer until a machine is judged one. Default 3.5 s; Asterisk's limit is 5 s."),
    falseMachine: share
      .default(0)
      .describe(
        "Share of the people judged machines and hung up on: silent calls, which are abandoned ones (see countSilentCalls). Default 0. " +
          ASSUMED,
      ),
    falseLive: share.default(0).describe("Share of the machines judged people and given to agents. Default 0. " + ASSUMED),
  })
  .describe("Answering-machine detection.");

/** Schema of the section `calls` of a scenario. Unknown fields are refused; durations are in seconds. */
export const callsSchema = z
  .strictObject({
    answerProbability: share
      .default(0.2)
      .describe(
        "Share of the calls answered by a person. Default 0.2: 17.6 to 23.4 % by hour in CallHub's 2.2 million calls of 2020.",
      ),
    machineProbability: share.default(0.28).describe("Share answered by a machine. Default 0.28: the mean of the same calls."),
    busyProbability: share.default(0.05).describe("Share of busy lines. Default 0.05: 3 to 6 % in UNICOM's study."),
    invalidProbability: share
      .default(0.02)
      .describe(
        "Share of dead numbers. Default 0.02: under 1 % failures and up to 3 % fax in the same study; random-digit lists have about 10 %.",
      ),
    byHour: z.array(hourly).max(24).default([]).describe("Shares that differ by the lead's local hour."),
    interpolation: z
      .enum(["linear", "step"])
      .default("linear")
      .describe("Between hours: straight lines from half past to half past (linear), or jumps at the full hour (step)."),
    attemptDecay: share
      .default(1)
      .describe("Attempt n is answered by a person with answerProbability times this to the power n - 1. Default 1. " + ASSUMED),
    ring: ring.default({
      live: { kind: "lognormal", mean: 9, cv: 0.55 },
      machine: 20,
      busy: 4,
      invalid: 2,
      lateAnswers: false,
    }),
    noAnswerTimeout: span
      .default(25)
      .describe(
        "Seconds of ringing after which the dialer gives up. Default 25: 20 to 28 s are recommended, at least 15 s is the rule (16 CFR 310.4(b)(4)(ii)).",
      ),
    machineDetection: z
      .union([z.literal("off"), detection])
      .default({ live: 0, machine: 3.5, falseMachine: 0, falseLive: 0 })
      .describe('Or "off": machines go to agents like people.'),
    greeting: span
      .default(0)
      .describe("Seconds of the person's greeting; patience and the legal limit count from its end. Default 0."),
    patience: duration
      .default(2)
      .describe(
        "Seconds after the greeting until a person without an agent is gone. Default 2: the dialer plays its message then (16 CFR 310.4(b)(4)(iii)). {kind: none} waits for ever.",
      ),
    legalLimit: span
      .default(2)
      .describe(
        "Seconds after the greeting within which an agent must speak, or the call is abandoned by law. Default 2 (16 CFR 310.4(b)(1)(iv)).",
      ),
    countEarlyHangUps: z
      .boolean()
      .default(true)
      .describe(
        "Whether a person who hangs up before the legal limit counts as abandoned. Disputed; default yes, the cautious reading.",
      ),
    countSilentCalls: z
      .boolean()
      .default(true)
      .describe(
        "Whether a person taken for a machine and hung up on counts as abandoned. Default yes: an agent never spoke (16 CFR 310.4(b)(1)(iv)). No is for comparison with figures that leave them out.",
      ),
    talk: duration
      .default({ kind: "lognormal", mean: 150, cv: 1.2 })
      .describe(
        "Seconds of talk. Default lognormal (Brown et al., JASA 100, 2005), mean 150 s, cv 1.2. Use your own, from calibrate.",
      ),
    machineTalk: duration
      .default({ kind: "lognormal", mean: 10, cv: 0.5 })
      .describe("Seconds an agent spends with a machine. " + ASSUMED),
    wrap: duration
      .default({ kind: "lognormal", mean: 20, cv: 0.5 })
      .describe("Seconds of wrap-up after a talk. Default lognormal, mean 20 s, cv 0.5. " + ASSUMED),
  })
  .describe("What happens to a call once it is placed. What is neither answered, busy nor invalid is not answered.");

/** The parsed section. Durations are seconds or distributions. */
export type CallsScenario = z.output<typeof callsSchema>;
