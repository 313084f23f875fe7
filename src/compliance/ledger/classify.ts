// The class of an answered call, from what the switch measured.

import type { AnswerCounts } from "./abandonment.ts";

/** The classes of the ledger. */
export type AnswerClass = keyof AnswerCounts;

/** Seconds from the end of the person's greeting within which an agent must speak (47 CFR 64.1200(a)(7)). */
const CONNECT_WITHIN_SECONDS = 2;

/** Measurements of an answered call. */
export interface AnsweredCall {
  readonly answeredBy: "person" | "machine";
  /** Seconds from the person's completed greeting to the agent; undefined when no agent came. */
  readonly connectSeconds?: number | undefined;
  /** Seconds from the same moment until the person hung up, when no agent came. */
  readonly hangupSeconds?: number | undefined;
}

/**
 * The class of an answered call. Without measurements the less favourable one: a person whom no agent reached counts as dropped.
 */
export function classifyAnswer(call: AnsweredCall, withinSeconds = CONNECT_WITHIN_SECONDS): AnswerClass {
  if (call.answeredBy === "machine") return "machine";
  if (call.connectSeconds !== undefined) return call.connectSeconds <= withinSeconds ? "served" : "late";
  return call.hangupSeconds !== undefined && call.hangupSeconds < withinSeconds ? "hangup" : "dropped";
}
