// The fields of an attempt that calibration reads. Other record formats are mapped to this one.

import { z } from "zod";

/** How an attempt ended: answered by a person or by a machine, not answered in time, busy, or an invalid number. */
export const CALL_OUTCOMES = ["live", "machine", "noAnswer", "busy", "invalid"] as const;
/** How an attempt ended. */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

const seconds = z.number().min(0).max(86_400);

/** Zod schema of a record. Unknown fields are refused; durations are in seconds. */
export const callRecordSchema = z.strictObject({
  /** Local time of day of the called person, in hours from 0 up to 24 (9.5 is half past nine). */
  hour: z.number().min(0).lt(24),
  /** The date at that place, such as 2026-03-08. Without it the intervals cannot allow for variation between days. */
  day: z.iso.date().optional(),
  outcome: z.enum(CALL_OUTCOMES),
  /** From placing the call to the end of ringing. */
  ringSeconds: seconds.optional(),
  /** Talk time of agent and person; only for calls that reached an agent. */
  talkSeconds: seconds.optional(),
  /** Wrap-up time of the agent, after the talk. */
  wrapSeconds: seconds.optional(),
  /** Which attempt at its lead this was, from 1. */
  attempt: z.int().min(1).max(1000).optional(),
  /** A person answered and no agent came in time. */
  abandoned: z.boolean().optional(),
});

/** One attempt as calibration reads it. */
export type CallRecord = z.output<typeof callRecordSchema>;
