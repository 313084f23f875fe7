// What calibration reads of one attempt. Whoever has other columns maps them to this.

import { z } from "zod";

/** How an attempt ended: answered by a person or by a machine, not answered in time, busy, or a number that is none. */
export const CALL_OUTCOMES = ["live", "machine", "noAnswer", "busy", "invalid"] as const;
/** How a recorded call ended. */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

const seconds = z.number().min(0).max(86_400);

/** Zod schema of a record; strict. Durations are seconds. */
export const callRecordSchema = z.strictObject({
  /** Local time of day of the person called, in hours from 0 up to 24 (9.5 is half past nine). */
  hour: z.number().min(0).lt(24),
  /** The day on the same clock, such as 2026-03-08. Without it the intervals cannot allow for days that differ. */
  day: z.iso.date().optional(),
  outcome: z.enum(CALL_OUTCOMES),
  /** From placing the call to what ended its ringing. */
  ringSeconds: seconds.optional(),
  /** Of agent and person; only for calls that reached an agent. */
  talkSeconds: seconds.optional(),
  /** Of the agent, after the talk. */
  wrapSeconds: seconds.optional(),
  /** Which attempt at its lead this was, from 1. */
  attempt: z.int().min(1).max(1000).optional(),
  /** A person answered and met no agent in time. */
  abandoned: z.boolean().optional(),
});

/** One attempt as calibration reads it. */
export type CallRecord = z.output<typeof callRecordSchema>;
