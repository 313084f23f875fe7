// The section of a scenario that names the pacing strategy and its parameters.

import { z } from "zod";

const interval = z
  .number()
  .min(0.05)
  .max(60)
  .optional()
  .describe("Seconds between two decisions. Default 0.5 (adaptive-level: always 2.5).");
const shareBetween = z.number().gt(0).lt(1);

const progressive = z.strictObject({ strategy: z.literal("progressive"), interval }).describe("One call for each idle agent.");

const ratio = z
  .strictObject({
    strategy: z.literal("ratio"),
    ratio: z.number().positive().max(50).describe("Lines per agent counted, rounded to a whole number of calls."),
    of: z
      .enum(["idle", "loggedIn"])
      .default("idle")
      .describe("Which agents count. With loggedIn, calls with agents count as lines. Default idle."),
    interval,
  })
  .describe("Lines in fixed proportion to agents.");

const openLoop = z
  .strictObject({
    strategy: z.literal("open-loop"),
    callsPerSecond: z
      .number()
      .nonnegative()
      .max(10_000)
      .optional()
      .describe("Default: the rate at which the M/M/c+D queue of the scenario abandons the target share."),
    interval,
  })
  .describe("Calls as a Poisson stream, blind to the agents.");

const adaptiveLevel = z
  .strictObject({
    strategy: z.literal("adaptive-level"),
    method: z
      .enum(["HARD_LIMIT", "AVERAGE", "TAPERED"])
      .default("AVERAGE")
      .describe("What happens over the drop limit. Default AVERAGE."),
    dropLimit: z.number().positive().max(100).default(3).describe("Per cent of the day's answers. Default 3."),
    intensity: z.number().min(-99).max(99).default(0),
    differenceTarget: z.number().min(-40).max(40).default(0).describe("Idle agents less waiting callers aimed at. Default 0."),
    maximumLevel: z.number().min(1).max(20).default(3).describe("Most lines per agent. Default 3."),
    latest: z.int().min(0).max(2400).default(2100).describe("Latest time of TAPERED as HHMM. Default 2100."),
  })
  .describe("The rule of VICIdial as far as it is known.");

const lookAhead = z
  .strictObject({
    strategy: z.literal("look-ahead"),
    target: shareBetween
      .default(0.1)
      .describe("Expected abandoned share up to which it dials. Lands on another rate than it says: tune it. Default 0.1."),
    interval,
  })
  .describe("Binomial look-ahead over the mean ring time.");

const stateAware = z
  .strictObject({
    strategy: z.literal("state-aware"),
    target: shareBetween
      .optional()
      .describe(
        "Abandonment rate aimed at over the scenario's abandonmentWindow, or to its campaignEnds. Default: the scenario's abandonmentTarget.",
      ),
    reserve: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .describe(
        "Abandoned calls to stay below what the target allows over the window, against chance. Default 15, less in a young window.",
      ),
    gain: z.number().min(0).max(1).optional().describe("Change of ln theta per abandoned call off the account. Default 0.05."),
    theta: shareBetween
      .optional()
      .describe("Risk limit at the start. Default: what is usual for the size of the team, 0.5 to 0.75 of the target."),
    answerProbability: shareBetween
      .optional()
      .describe("Live rate believed at the start. Default: the scenario's, on the average of the day."),
    priorAttempts: z.number().positive().max(1e9).optional().describe("Attempts that belief is worth. Default 40."),
    interval,
  })
  .describe("outdial's own rule: ages of calls and agents, the live rate learned, theta after the measured rate.");

/** Schema of the `pacing` of a scenario, by strategy. Strict. */
export const pacingSchema = z
  .discriminatedUnion("strategy", [progressive, ratio, openLoop, adaptiveLevel, lookAhead, stateAware])
  .describe("How calls are paced.");

/** A strategy with its parameters, as data. */
export type Pacing = z.output<typeof pacingSchema>;
