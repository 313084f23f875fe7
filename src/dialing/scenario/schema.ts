// The schema of a simulation scenario: unknown fields are refused, all fields are optional. A parsed scenario passes the same
// check again.

import { z } from "zod";
import { pacingSchema } from "../pacing/schema.ts";
import { callsSchema } from "./calls.ts";
import { duration, positiveSpan, share, span, timeOfDay } from "./fields.ts";

const agentCount = z.int().min(1).max(100_000);

const shift = z
  .strictObject({ from: timeOfDay, to: timeOfDay.describe("Not after from: on the next day.") })
  .describe("Every day of the run. An agent with a caller at the end finishes the call and its wrap-up first.");

const agentGroup = z.strictObject({
  count: agentCount,
  shift: shift.optional().describe("Default: at work for the whole run."),
  breaks: z
    .array(z.strictObject({ at: timeOfDay, length: duration.describe("Seconds from the planned beginning to being back.") }))
    .max(20)
    .default([])
    .describe("Breaks in the shift, the whole group at once."),
  logOnDelay: duration
    .default(0)
    .describe("Seconds from the beginning of the shift to being logged on. Default 0. Assumption: no public figure was found."),
});

const retry = z
  .strictObject({
    noAnswer: span.default(7200).describe("Default 2 h; another hour of the day reaches other people."),
    busy: span.default(300).describe("Default 5 min, as Newfies-Dialer's retries."),
    machine: span.default(14_400).describe("Default 4 h. Silent calls are retried alike: the dialer took them for machines."),
    lost: span.optional().describe("After an abandoned call. Default: never again in the run."),
  })
  .describe("Seconds until a lead may be called again, by how the attempt ended; talks and dead numbers end a lead.");

const zone = z.strictObject({
  offset: z
    .union([z.number().min(-86_400).max(86_400), z.string().regex(/^[+-]\d{2}:\d{2}$/, 'an offset such as "-01:00"')])
    .describe("How far the lead's clock is ahead of the campaign's: seconds, or text such as \"-01:00\"."),
  share: z.number().positive().describe("Weight; the shares need not add to 1."),
});

const leadList = z.strictObject({
  count: z.int().min(1).max(10_000_000),
  maxAttempts: z.int().min(1).max(60).default(3).describe("Attempts at one lead. Default 3."),
  retry: retry.default({ noAnswer: 7200, busy: 300, machine: 14_400 }),
  zones: z
    .array(zone)
    .min(1)
    .max(40)
    .default([{ offset: 0, share: 1 }])
    .describe("Time zones of the leads."),
});

const arrivals = z
  .strictObject({
    rate: z.number().positive().describe("Calls a second; with sources, requests a second of each idle source."),
    amplitude: z.number().default(0).describe("The rate is rate + amplitude × sin(frequency × t). At most rate in size."),
    frequency: z.number().nonnegative().default(0).describe("Radians a second."),
    sources: z.int().min(1).max(1_000_000).optional().describe("A finite number of sources, each with at most one call."),
  })
  .describe("Calls that come by themselves as a Poisson stream instead of being paced: a plain queue.");

/** Schema of a simulation scenario. Unknown fields are refused; durations are in seconds. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().max(200).default("campaign"),
    start: timeOfDay.default("09:00").describe("Local time of the campaign at which the run begins."),
    duration: positiveSpan.default(28_800).describe("Default 8 h; at most 366 days."),
    warmUp: span.default(0).describe("So much at the beginning is not measured. Default 0: a day begins empty."),
    bucket: positiveSpan
      .default(900)
      .describe("Length of a step of the time series, and of a batch. Default 15 min. At most 40,000 steps."),
    calls: callsSchema.prefault({}),
    agents: z
      .union([agentCount, z.array(agentGroup).min(1).max(1000)])
      .default(10)
      .describe("Their number, for the whole run, or groups with shifts and breaks."),
    leads: z
      .union([z.literal("endless"), leadList])
      .default("endless")
      .describe('Default "endless": a list that is never worked off, each lead called once.'),
    callingWindows: z
      .array(z.strictObject({ from: timeOfDay, to: timeOfDay }))
      .max(20)
      .default([])
      .describe(
        "Local times of the lead in which calls may be placed; to is the first instant outside, before from: on the next day. The two must differ. Default: always.",
      ),
    lines: z
      .strictObject({
        trunks: z
          .int()
          .min(1)
          .max(1_000_000)
          .optional()
          .describe("Calls under way at once, from placing to hanging up. Default: no limit."),
        callsPerSecond: z
          .number()
          .positive()
          .optional()
          .describe("The carrier's limit, a token bucket. Default: none; carriers allow 1 to 100."),
        burst: z.number().min(1).optional().describe("Calls at once after a pause. Default: one second's worth, at least 1."),
        spacing: span.default(0).describe("Least seconds between two calls. Default 0; VICIdial spaces by 0.025 s."),
      })
      .prefault({}),
    warmLine: z
      .strictObject({
        timeout: span.describe("Seconds of idleness after which an agent's line is dropped."),
        reconnect: span
          .default(3)
          .describe("Seconds to set it up again, while the caller waits. Assumption: no public figure was found."),
      })
      .optional()
      .describe("Default: agents' lines are never dropped."),
    taper: span
      .default(0)
      .describe(
        "No call is placed when all agents will have left within so many seconds. Default 0; the no-answer time-out lets ringing end in time.",
      ),
    history: z
      .strictObject({
        liveAnswers: z.int().min(0).default(0),
        abandoned: z.int().min(0).default(0),
      })
      .default({ liveAnswers: 0, abandoned: 0 })
      .describe("The campaign's measured window as it stands at the start."),
    abandonmentTarget: share
      .default(0.03)
      .describe("Limit of the abandonment rate over the window. Default 0.03 (16 CFR 310.4(b)(4)(i))."),
    abandonmentWindow: positiveSpan
      .default(2_592_000)
      .describe(
        "The window in which abandonment is measured, in whole days of the campaign's clock. Default 30 days (16 CFR 310.4(b)(4)(i)); 24h is the calendar day.",
      ),
    campaignEnds: positiveSpan
      .optional()
      .describe(
        "Span from the start to the end of the campaign. A campaign shorter than the window is measured over its whole duration (16 CFR 310.4(b)(4)(i)): the state-aware rule spends its allowance over what is left. Default: not known.",
      ),
    expectedAnswers: z
      .int()
      .min(1)
      .optional()
      .describe("Live answers expected in the whole campaign, instead of its end or besides it. Default: not known."),
    pacing: pacingSchema.default({ strategy: "progressive" }),
    arrivals: arrivals.optional(),
  })
  .meta({
    title: "outdial simulation scenario",
    description: "An outbound campaign, or a plain queue, to be simulated. Every field is optional. Durations are seconds.",
  });

/** A parsed scenario with its defaults filled in. */
export type SimulationScenario = z.output<typeof scenarioSchema>;
