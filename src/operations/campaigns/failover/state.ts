// The types of a failover pair: its state, its events, its commands. States are stored as JSON and read by `readState`.

import { z } from "zod";
import { issueText } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import { type RuleVerdict, ruleVerdict } from "./rule.ts";

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
 * Alarms that call for a person, or inform one.
 * - `TRIGGERED`, `COMPLETED`, `FAILED_BACK`, `SWITCHED_BY_HAND`: a hand-over begins, has ended, was done by somebody else.
 * - `PAUSE_NOT_CONFIRMED`: the campaign that should hand over may still dial; the other one is not activated.
 * - `NEITHER_DIALS`: both are paused, and it is not certain that this ends soon. `BOTH_ACTIVE`: both dial, which must never
 *   happen.
 * - `REACTIVATED`: somebody activated the campaign that was handing over; the hand-over is given up.
 * - `NOT_AUTHORISED`, `UNAVAILABLE`, `METRICS_STALE`, `NO_COUNTS`, `CLOCK`, `COMPLIANCE_STALE`, `MONITOR_STALE`: the watch cannot
 *   be relied upon.
 */
const ALARMS = [
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
  /** Number of the hand-over of this pair, from 1; part of the keys of its writes. */
  number: z.int(),
  from: z.enum(SIDES),
  to: z.enum(SIDES),
  reason: z.string(),
  startedAt: instant,
  /** When it was ordered, or when the look began on which it was decided: a pause by a person from then on ends it. */
  since: instant.optional(),
  /** The latest stop at that time; a later one ends it. */
  mark: z.int().optional(),
  /**
   * Number of pauses and activations begun, each with its own key: a new one is begun only when a reading shows that the last one
   * had no effect.
   */
  pauses: z.int(),
  activations: z.int(),
  /** When the tenant first showed the campaign that hands over as paused; null before. */
  pausedAt: instant.nullable(),
  /** Its calls under way when it was last read as paused; null when the tenant does not give them. */
  callsLeft: z.number().nullable().optional(),
  /** Deadline for its calls to end. */
  drainUntil: instant,
  /** Number of contacts that the campaign taking over must not call; null before it is known. */
  held: z.int().nullable(),
  /** Contacts that could not be read, so that it is not known whether they were called. */
  unreadable: z.int().optional(),
  /** The primary dials again because the backup could not. */
  isRetreat: z.boolean(),
});
/** A hand-over under way. */
export type Handover = z.output<typeof handover>;

/** A hand-over that the gate stopped for a reason that can be removed: it is tried again automatically. */
const waiting = z.object({
  handover,
  /** Number of further attempts. */
  tries: z.int(),
  /** Time of the next attempt. */
  againAt: instant,
});

const state = z.object({
  phase: z.enum(FAILOVER_PHASES),
  /** The campaign that should dial; during a hand-over the one that hands over. */
  side: z.enum(SIDES),
  handover: handover.nullable(),
  /** Number of hand-overs begun. */
  handovers: z.int(),
  /** Number of safety pauses. */
  secured: z.int(),
  /** No automatic hand-over before this time. */
  coolUntil: instant,
  /** Number of consecutive fail-overs that came soon after a fail-back: each doubles the next cool-down. */
  relapses: z.int(),
  /** Number of consecutive calls without an answer of the tenant, or refused by it. */
  unanswered: z.int(),
  /** What was wrong with the last of them; null when there is none. */
  trouble: z.string().nullable().default(null),
  /** Alarms whose cause persists, with the time they were last raised. */
  standing: z.partialRecord(z.enum(ALARMS), instant),
  /** Campaigns in a safety pause, and the phase after it. */
  securing: z
    .object({
      sides: z.array(z.enum(SIDES)),
      afterwards: z.enum(["watching", "failed-over", "halted"]),
      side: z.enum(SIDES),
      tries: z.int(),
      reason: z.string(),
    })
    .nullable(),
  verdict: ruleVerdict.nullable(),
  /** Time of the figures of the last verdict, by the tenant's clock. */
  metricsAt: instant.nullable(),
  /** The last look with an answer of the tenant. */
  lookedAt: instant.nullable(),
  /** Why it is halted; null unless halted. */
  halt: z.string().nullable(),
  /** Set while it is halted until the gate opens, and during another attempt. */
  waiting: waiting.nullable().default(null),
});

/** The state of a pair. */
export type FailoverState = z.output<typeof state>;

/** Parses a state from the store. Throws OperationError `invalid_input` when it is malformed. */
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
export interface SideReading {
  readonly status: string;
  /** Calls that have not ended; null when the tenant does not give them. */
  readonly activeCalls: number | null;
}

/** The last reading of both campaigns of a pair. */
export type Statuses = Readonly<Record<Side, SideReading>>;

/** A person's order. */
export type Order = "fail-over" | "fail-back";

/** An order as given; `at` is null for one from before outdial kept the time. */
export interface GivenOrder {
  readonly what: Order;
  readonly by: string;
  readonly at: number | null;
  /** The latest stop when it was given. */
  readonly mark: number | null;
}

/** What happened. `at` in ms since the epoch. */
export type FailoverEvent = {
  readonly at: number;
} /** A process begins to run the pair; `gapMs` since the last look of another process, null for the first. */ & (
  | { readonly type: "taken"; readonly gapMs: number | null }
  /** A look: both campaigns, the figures of the one that should dial, and whether the watch is reliable. */
  | {
      readonly type: "looked";
      /** When the look began: figures may come minutes later. */
      readonly askedAt: number;
      /** The latest stop at that time. */
      readonly mark: number;
      readonly statuses: Statuses;
      readonly verdict: RuleVerdict | null;
      /** The tenant's time of the figures; null when it gives none. */
      readonly metricsAt: number | null;
      /** The tenant's clock minus ours, ms; null when it is not known. */
      readonly skewMs: number | null;
      /** What is outdated in the compliance data; null when nothing is. */
      readonly compliance: string | null;
      readonly order: GivenOrder | null;
    }
  /** Both campaigns, read to confirm a write. */
  | { readonly type: "seen"; readonly statuses: Statuses }
  /** A pause or activation was accepted, or was already so. */
  | { readonly type: "sent" }
  /** Called contacts are held back, except those that cannot be read; a `problem` forbids the activation. */
  | { readonly type: "handed"; readonly held: number; readonly unreadable: number; readonly problem: string | null }
  /** `isMendable`: the gate is closed for a reason that can be removed at any time, so it is asked again. */
  | { readonly type: "gated"; readonly pass: boolean; readonly message: string; readonly isMendable?: boolean }
  /** Somebody paused the campaign that was to be activated, or stopped everything: a person decided that nothing may dial. */
  | { readonly type: "stopped"; readonly message: string }
  /** No answer of the tenant, or a refusal; `fatal` for 401 and 403. A write may have been executed. */
  | { readonly type: "unanswered"; readonly code: string; readonly message: string; readonly fatal: boolean }
);

/** The next action. */
export type PairCommand =
  | { readonly kind: "look"; readonly afterMs: number }
  | { readonly kind: "confirm"; readonly afterMs: number }
  | { readonly kind: "pause"; readonly side: Side; readonly key: string; readonly afterMs: number }
  /** Reads both campaigns first: the other one must be paused then. */
  | { readonly kind: "activate"; readonly side: Side; readonly key: string; readonly afterMs: number }
  | { readonly kind: "hand-over"; readonly from: Side; readonly to: Side; readonly afterMs: number }
  /** Pauses all of them, then reads both. */
  | { readonly kind: "secure"; readonly sides: readonly Side[]; readonly key: string; readonly afterMs: number }
  | { readonly kind: "gate"; readonly side: Side; readonly afterMs: number };

/** An alarm to raise, with its text. */
export interface Alarm {
  readonly name: AlarmName;
  readonly message: string;
}
