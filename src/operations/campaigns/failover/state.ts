// The types of a failover pair: its state, its events, its commands. States are kept as JSON and read back by `readState`.

import { z } from "zod";
import { issueText } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import type { RuleVerdict } from "./rule.ts";

/** The two campaigns of a pair. */
export const SIDES = ["primary", "backup"] as const;
/** One of the two campaigns of a pair. */
export type Side = (typeof SIDES)[number];
/** The campaign of the pair that is not this one. */
export const otherSide = (side: Side): Side => (side === "primary" ? "backup" : "primary");

/** Phases of the machine over a pair; docs/failover.md has the diagram. */
export const FAILOVER_PHASES = [
  "watching",
  "pausing",
  "draining",
  "handing-over",
  "gating",
  "activating",
  "verifying",
  "failed-over",
  "securing",
  "halted",
] as const;

/**
 * What calls a person, or tells one.
 * - `TRIGGERED`, `COMPLETED`, `FAILED_BACK`, `SWITCHED_BY_HAND`: a hand-over begins, has ended, was done by somebody else.
 * - `PAUSE_NOT_CONFIRMED`: the campaign that should hand over may still dial; the other one is not activated.
 * - `NEITHER_DIALS`: both are paused and it is not surely about to end. `BOTH_ACTIVE`: what must never be.
 * - `REACTIVATED`: somebody activated the campaign that was handing over; the hand-over is given up.
 * - `NOT_AUTHORISED`, `UNAVAILABLE`, `METRICS_STALE`, `NO_COUNTS`, `CLOCK`, `COMPLIANCE_STALE`, `MONITOR_STALE`: the watch cannot be relied upon.
 */
export const ALARMS = [
  "TRIGGERED",
  "COMPLETED",
  "FAILED_BACK",
  "SWITCHED_BY_HAND",
  "PAUSE_NOT_CONFIRMED",
  "NEITHER_DIALS",
  "BOTH_ACTIVE",
  "REACTIVATED",
  "NOT_AUTHORISED",
  "UNAVAILABLE",
  "METRICS_STALE",
  "NO_COUNTS",
  "CLOCK",
  "COMPLIANCE_STALE",
  "MONITOR_STALE",
] as const;
/** Name of an alarm of a pair. */
export type AlarmName = (typeof ALARMS)[number];

const instant = z.number();

const handover = z.object({
  /** Counts the hand-overs of the pair from 1; names the keys of its writes. */
  number: z.int(),
  from: z.enum(SIDES),
  to: z.enum(SIDES),
  reason: z.string(),
  startedAt: instant,
  /** Pauses and activations that were begun, each with a key of its own: a new one only when a reading shows that the one before had no effect. */
  pauses: z.int(),
  activations: z.int(),
  /** When the tenant first showed the campaign that hands over as paused; null before. */
  pausedAt: instant.nullable(),
  /** Its calls under way when it was last read back as paused; null when the tenant does not say. */
  callsLeft: z.number().nullable().optional(),
  /** Until when its calls may take to end. */
  drainUntil: instant,
  /** Contacts that the one taking over must not call; null before it is known. */
  held: z.int().nullable(),
  /** Contacts that could not be read: whether they were called is not known. */
  unreadable: z.int().optional(),
  /** The primary dials again because the backup could not. */
  isRetreat: z.boolean(),
});
/** A hand-over under way. */
export type Handover = z.output<typeof handover>;

/** A hand-over that the gate stopped for a reason that somebody can remove: it is tried again by itself. */
const waiting = z.object({
  handover,
  /** How often it was tried again. */
  tries: z.int(),
  /** When it is tried next. */
  againAt: instant,
});

const verdict: z.ZodType<RuleVerdict> = z.object({
  verdict: z.enum(["trigger", "wait", "insufficient"]),
  windowMinutes: z.number(),
  rate: z.number().nullable(),
  successes: z.number().nullable(),
  calls: z.number().nullable(),
  bound: z.number().nullable(),
  words: z.string(),
});

const state = z.object({
  phase: z.enum(FAILOVER_PHASES),
  /** Who is meant to dial; during a hand-over the one that hands over. */
  side: z.enum(SIDES),
  handover: handover.nullable(),
  /** Hand-overs begun so far. */
  handovers: z.int(),
  /** Times that campaigns were paused to be safe. */
  secured: z.int(),
  /** Nothing is handed over by the rule before. */
  coolUntil: instant,
  /** Fail-overs in a row that came soon after a fail-back: each doubles the cool-down of the next. */
  relapses: z.int(),
  /** Calls of the tenant in a row without an answer. */
  unanswered: z.int(),
  /** Alarms whose cause stands, with the time they were last raised. */
  standing: z.partialRecord(z.enum(ALARMS), instant),
  /** Campaigns that are being paused to be safe, and the phase after that. */
  securing: z
    .object({
      sides: z.array(z.enum(SIDES)),
      afterwards: z.enum(["watching", "failed-over", "halted"]),
      side: z.enum(SIDES),
      tries: z.int(),
      reason: z.string(),
    })
    .nullable(),
  verdict: verdict.nullable(),
  /** When the figures of the last verdict were made, by the tenant's clock. */
  metricsAt: instant.nullable(),
  /** The last look that the tenant answered. */
  lookedAt: instant.nullable(),
  /** Why it stands still; null unless halted. */
  halt: z.string().nullable(),
  /** While it is halted until the gate opens, and while that is tried. */
  waiting: waiting.nullable().default(null),
});

/** Where a pair stands. */
export type FailoverState = z.output<typeof state>;

/** A state as the store holds it. Throws OperationError `invalid_input` when it is none. */
export function readState(value: unknown): FailoverState {
  const parsed = state.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OperationError(
    "invalid_input",
    `the state of this pair cannot be read: ${issue?.path.join(".")} ${issueText(issue)}`,
    {
      advice: "It was written by another version of outdial; update outdial on this machine.",
    },
  );
}

/** A campaign as the tenant shows it. */
export interface Seen {
  readonly status: string;
  /** Calls not over yet; null when the tenant does not say. */
  readonly activeCalls: number | null;
}

/** What was last read of both campaigns of a pair. */
export type Statuses = Readonly<Record<Side, Seen>>;

/** What a person asks for. */
export type Order = "fail-over" | "fail-back";

/** What happened. `at` in ms since the epoch. */
export type FailoverEvent = {
  readonly at: number;
} /** A process begins to run the pair; `gapMs` since the last look of another, null for the first. */ & (
  | { readonly type: "taken"; readonly gapMs: number | null }
  /** A look: both campaigns, the figures of the one that should dial, and whether the watch can be relied upon. */
  | {
      readonly type: "looked";
      readonly statuses: Statuses;
      readonly verdict: RuleVerdict | null;
      /** The tenant's time of the figures; null when it gives none. */
      readonly metricsAt: number | null;
      /** The tenant's clock minus ours, ms; null when it is not known. */
      readonly skewMs: number | null;
      /** What is stale about the compliance data; null when it is in order. */
      readonly compliance: string | null;
      readonly order: { readonly what: Order; readonly by: string } | null;
    }
  /** Both campaigns, read to confirm a write. */
  | { readonly type: "seen"; readonly statuses: Statuses }
  /** A pause or an activation was accepted, or was there already. */
  | { readonly type: "sent" }
  /** Contacts who were called are held back, except those that cannot be read; a `problem` forbids the activation. */
  | { readonly type: "handed"; readonly held: number; readonly unreadable: number; readonly problem: string | null }
  /** `isMendable`: the gate is closed for what somebody can mend at any time, so that it is asked again. */
  | { readonly type: "gated"; readonly pass: boolean; readonly message: string; readonly isMendable?: boolean }
  /** Somebody paused the campaign that was about to be activated, or stopped everything: a person decided that nothing may dial. */
  | { readonly type: "stopped"; readonly message: string }
  /** No answer of the tenant, or a refusal; `fatal` for 401 and 403. A write may have been carried out. */
  | { readonly type: "unanswered"; readonly code: string; readonly message: string; readonly fatal: boolean }
);

/** What is to be done next. */
export type Command =
  | { readonly kind: "look"; readonly afterMs: number }
  | { readonly kind: "confirm"; readonly afterMs: number }
  | { readonly kind: "pause"; readonly side: Side; readonly key: string; readonly afterMs: number }
  /** Reads both first: the other one must be paused at that moment. */
  | { readonly kind: "activate"; readonly side: Side; readonly key: string; readonly afterMs: number }
  | { readonly kind: "hand-over"; readonly from: Side; readonly to: Side; readonly afterMs: number }
  /** Pauses all of them, then reads both. */
  | { readonly kind: "secure"; readonly sides: readonly Side[]; readonly key: string; readonly afterMs: number }
  | { readonly kind: "gate"; readonly side: Side; readonly afterMs: number };

/** An alarm to be raised, with its sentence. */
export interface Alarm {
  readonly name: AlarmName;
  readonly message: string;
}
