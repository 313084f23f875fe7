// Types of a change of dialer settings: its plan, its events, its state, its commands.

import { z } from "zod";
import type { DeepReadonly } from "../../kernel/index.ts";
import { carrierFields, expectedFields } from "./file.ts";
import { type GuardState, guardPlan } from "./guard.ts";
import { type DialerSettings, type FieldConflict, readSettings } from "./model.ts";

const settings = z.unknown().transform((value, context): DialerSettings => {
  const read = readSettings(value);
  if ("settings" in read) return read.settings;
  context.addIssue(read.problem);
  return z.NEVER;
});
const at = z.number();
const tag = z.string().nullable();
const version = z.object({ settings, tag });
/** Settings with the tag of their version; null when the tenant gave none. */
export type SettingsVersion = Readonly<z.output<typeof version>>;

const patience = z.object({
  /** Pause before the first poll of an operation; it doubles with each poll, up to `mostMs`. */
  firstMs: z.number(),
  mostMs: z.number(),
  /** Polls of an operation before it counts as timed out. */
  looks: z.number(),
  /** An activation whose operation is not known counts as done when its settings have been in force for this time. */
  settleMs: z.number(),
  /** How often the same settings are sent when replies are lost. */
  sends: z.number(),
  /** How often somebody else's changes are merged. */
  merges: z.number(),
  /** How often restoring the old settings is tried. */
  restores: z.number(),
  /** How many readings may show an earlier version before they are believed. */
  reads: z.number(),
  /** How many calls in a row may stay without an answer. */
  unanswered: z.number(),
});
/** The time limits of a change. They are stored with it, so a process that takes it over has the same limits. */
export type Patience = Readonly<z.output<typeof patience>>;

/** Polls after 2, 4, 8, 16, 30, 30 … seconds, 15 of them (contract §2.5); by default an operation ends within 45 s. */
export const DEFAULT_PATIENCE: Patience = {
  firstMs: 2000,
  mostMs: 30_000,
  looks: 15,
  settleMs: 60_000,
  sends: 3,
  merges: 5,
  restores: 2,
  reads: 3,
  unanswered: 5,
};

/** The form of a plan as it is stored. */
export const changePlan = z.object({
  wanted: settings,
  snapshot: version,
  patience,
  guard: guardPlan.nullable(),
  /** What merged settings are judged with. */
  gate: z.object({
    carrier: carrierFields,
    expected: expectedFields,
    /** Highest acceptable probability of abandonment above 3 %. */
    chance: z.number(),
    /** Gates to override, by name. */
    overrides: z.array(z.string()),
  }),
  /** Whether the tenant takes settings in several writes: after a lost reply some of them may be in force. */
  inPieces: z.boolean().exactOptional(),
});
/** What a change is to do. */
export type ChangePlan = DeepReadonly<z.output<typeof changePlan>>;

/**
 * How a change ended.
 * - `applied`: the new settings are in force, read back field by field.
 * - `not_applied`: the tenant refused them; the old settings are in force, read back.
 * - `rolled_back`: the new settings did not hold, or calls were abandoned too often; the old settings are in force, read back.
 * - `refused`: the merged settings break a rule; nothing was sent. `conflict`: somebody else set the same fields to other values;
 *   nothing was sent.
 * - `overtaken`: somebody else changed the settings meanwhile; theirs stay.
 * - `rollback_failed`: the old settings could not be restored. A person must check.
 */
export const OUTCOMES = ["applied", "not_applied", "rolled_back", "refused", "conflict", "overtaken", "rollback_failed"] as const;
/** How a change ended. */
export type ChangeOutcome = (typeof OUTCOMES)[number];

/** Phases of a change; docs/dialer-settings.md has the diagram. */
export const PHASES = [
  "sending",
  "sent",
  "settling",
  "polling",
  "watching",
  "verifying",
  "merging",
  "checking",
  "guarding",
  "paused",
  "examining",
  "ended",
] as const;
/** A phase of a change. */
type Phase = (typeof PHASES)[number];

/** Codes of what went wrong in a change. */
export const FAILURES = [
  "refused_by_tenant",
  "activation_failed",
  "activation_timeout",
  "activation_lost",
  "read_back_mismatch",
  "abandonment_too_high",
  "decided",
] as const;

/** Why the old settings are to be restored. */
export interface Failure {
  readonly code: (typeof FAILURES)[number];
  readonly message: string;
}

/** The state of a change. */
export interface ChangeState {
  readonly phase: Phase;
  /** Which settings are being sent: the wanted ones, or those of the snapshot. */
  readonly purpose: "apply" | "restore";
  readonly snapshot: SettingsVersion;
  readonly target: DialerSettings;
  /** The tag that the next or the last write is based on. */
  readonly onto: string | null;
  /** Tags of versions that this change made. */
  readonly ours: readonly string[];
  readonly operationId: string | null;
  readonly looks: number;
  readonly reads: number;
  readonly sends: number;
  readonly merges: number;
  readonly restores: number;
  readonly unanswered: number;
  /** When an activation without a known operation counts as done, ms since the epoch. */
  readonly settleAt: number | null;
  /** Paths whose value somebody else set meanwhile and that were taken over. */
  readonly taken: readonly string[];
  readonly guard: GuardState | null;
  readonly failure: Failure | null;
  /** Why the change is stopped although it has not ended; continuing it clears this. */
  readonly stop: { readonly code: string; readonly message: string } | null;
  readonly outcome: ChangeOutcome | null;
  /** What a person should know about the end. */
  readonly message: string | null;
  readonly conflicts: readonly FieldConflict[];
  /** What was read last, and its tag. */
  readonly seen: SettingsVersion | null;
}

/** The form of an event as its journal keeps it. `at` in ms since the epoch. */
export const changeEvent = z.discriminatedUnion("type", [
  z.object({ at, type: z.literal("begun") }),
  /** Another run continues the change. */
  z.object({ at, type: z.literal("resumed") }),
  /** The write is about to be sent; this is recorded before. */
  z.object({ at, type: z.literal("intended") }),
  z.object({ at, type: z.literal("accepted"), operationId: z.string(), tag: z.string() }),
  z.object({ at, type: z.literal("stale") }),
  z.object({ at, type: z.literal("refused"), message: z.string() }),
  /** The reply was lost: the write may have been carried out. */
  z.object({ at, type: z.literal("lost"), message: z.string() }),
  /** A reading; `settings` is null when they could not be understood. */
  z.object({ at, type: z.literal("found"), settings: settings.nullable(), tag, problem: z.string().exactOptional() }),
  z.object({
    at,
    type: z.literal("looked"),
    status: z.string(),
    details: z.string().exactOptional(),
    tag: z.string().exactOptional(),
  }),
  /** The tenant does not know the operation. */
  z.object({ at, type: z.literal("unknown_operation") }),
  /** A call that changes nothing got no answer; `fatal` when repeating it is no use. */
  z.object({ at, type: z.literal("unanswered"), code: z.string(), message: z.string(), fatal: z.boolean() }),
  z.object({ at, type: z.literal("judged"), pass: z.boolean(), message: z.string() }),
  z.object({ at, type: z.literal("measured"), answered: z.number(), abandoned: z.number() }),
  z.object({ at, type: z.literal("unmeasured"), message: z.string() }),
  z.object({ at, type: z.literal("decided"), keep: z.boolean(), by: z.string() }),
]);
/** An event. */
export type ChangeEvent = DeepReadonly<z.output<typeof changeEvent>>;

/** What is to be done. Intents and alarms do not reach the tenant; an alarm is written together with the event that raised it. */
export type ChangeCommand =
  | { readonly kind: "intend" }
  | { readonly kind: "send"; readonly settings: DialerSettings; readonly onto: string | null }
  | { readonly kind: "read"; readonly afterMs: number }
  | { readonly kind: "look"; readonly operationId: string; readonly afterMs: number }
  | { readonly kind: "check"; readonly settings: DialerSettings }
  | { readonly kind: "measure"; readonly afterMs: number }
  | { readonly kind: "alarm"; readonly type: AlarmType; readonly message: string };

type AlarmType = "DIALER_ROLLBACK_FAILED" | "DIALER_ROLLOUT_PAUSED";
