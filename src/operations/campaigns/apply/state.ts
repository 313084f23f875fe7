// The types of an apply: its events, its state, its commands.

import { z } from "zod";
import type { DeepReadonly } from "../../../kernel/index.ts";
import type { FieldChange } from "../file/document.ts";
import type { PlanEntry } from "../plan/types.ts";

/** How often things that may succeed later are tried. */
export interface ApplyPatience {
  /** Most times a document is sent when replies are lost. */
  readonly sends: number;
  /** Most readings that show an earlier version before they are believed. */
  readonly reads: number;
  /** Most calls in a row without an answer. */
  readonly unanswered: number;
  /** Pause before another attempt, ms. */
  readonly pauseMs: number;
}

/** Default patience of applies; pauses in ms. */
export const DEFAULT_APPLY_PATIENCE: ApplyPatience = { sends: 3, reads: 3, unanswered: 5, pauseMs: 1000 };

/**
 * The result for one campaign of a plan.
 * - `applied`: read back field by field; activated if planned.
 * - `moved`: somebody else changed it in the meantime; their version stays. `refused`: the tenant refused it. `mismatch`: read
 *   back, it is not what was sent.
 * - `not_activated`: applied and paused; the gate or the tenant did not let it dial.
 */
export type EntryOutcome = "applied" | "moved" | "refused" | "mismatch" | "not_activated";

/** The result for one campaign of a plan. */
export interface EntryResult {
  readonly name: string;
  readonly id: string | null;
  readonly action: PlanEntry["action"];
  readonly outcome: EntryOutcome;
  /** Whether the tenant accepted a document. */
  readonly wrote: boolean;
  readonly message: string | null;
  /** For `moved` and `mismatch`: the expected and the present values. */
  readonly fields: readonly FieldChange[];
}

/**
 * Phases of the present campaign: looking (is it as the plan saw it?) → intending → sending → verifying → registering (webhooks)
 * → gating → activating → confirming
 */
export const APPLY_PHASES = [
  "looking",
  "intending",
  "sending",
  "settling",
  "verifying",
  "registering",
  "gating",
  "activating",
  "confirming",
  "ended",
] as const;
/** A phase of the apply machine. */
export type ApplyPhase = (typeof APPLY_PHASES)[number];

/** The state of an apply, kept in its journal. */
export interface ApplyState {
  /** Index of the present entry among those with something to do. */
  readonly at: number;
  readonly phase: ApplyPhase;
  readonly results: readonly EntryResult[];
  /** Id of the present campaign, once it has one. */
  readonly id: string | null;
  /** Tag of the version that a write is based on. */
  readonly onto: string | null;
  /** Pieces of the present campaign that were made or changed. */
  readonly placed: readonly string[];
  /** In words, what the tenant did not take of what was sent for the present campaign. */
  readonly notes: readonly string[];
  /** Number of fields of the present campaign that were still missing when it was found half made; null when it was not. */
  readonly missing: number | null;
  readonly sends: number;
  readonly reads: number;
  readonly unanswered: number;
  /** Why it is paused although it has not ended; continuing clears it. */
  readonly stop: { readonly code: string; readonly message: string } | null;
}

const at = z.number();
const message = z.string();
const found = z.object({
  id: z.string(),
  status: z.string(),
  etag: z.string().nullable(),
  document: z.record(z.string(), z.unknown()),
});
/** What a reading showed of a campaign; null when there is none. */
export type FoundCampaign = DeepReadonly<z.output<typeof found>>;

/** The form of what happened as the journal keeps it. `at` in ms since the epoch. */
export const applyEvent = z.discriminatedUnion("type", [
  z.object({ at, type: z.literal("begun") }),
  z.object({ at, type: z.literal("resumed") }),
  /** Recorded before a write is sent. */
  z.object({ at, type: z.literal("intended") }),
  /** A piece of a campaign that consists of several was made or changed; `id` once it has one. */
  z.object({ at, type: z.literal("placed"), piece: z.string(), id: z.string().nullable() }),
  z.object({ at, type: z.literal("sent"), id: z.string(), notes: z.array(z.string()).optional() }),
  z.object({ at, type: z.literal("stale"), message }),
  z.object({ at, type: z.literal("refused"), message }),
  /** The reply was lost: the write may have been executed. */
  z.object({ at, type: z.literal("lost"), message }),
  z.object({ at, type: z.literal("found"), campaign: found.nullable() }),
  z.object({ at, type: z.literal("registered"), webhooks: z.number() }),
  z.object({ at, type: z.literal("gated"), pass: z.boolean(), message }),
  z.object({ at, type: z.literal("activated"), already: z.boolean() }),
  /** A call that changes nothing got no answer; `fatal` when asking again is useless. */
  z.object({ at, type: z.literal("unanswered"), code: z.string(), message, fatal: z.boolean() }),
]);
/** What happened. */
export type ApplyEvent = DeepReadonly<z.output<typeof applyEvent>>;

/** What is to be done. */
export type ApplyCommand =
  | { readonly kind: "look"; readonly afterMs: number }
  | { readonly kind: "intend" }
  | { readonly kind: "send" }
  | { readonly kind: "read"; readonly afterMs: number }
  | { readonly kind: "register"; readonly afterMs: number }
  | { readonly kind: "gate"; readonly afterMs: number }
  | { readonly kind: "activate"; readonly afterMs: number };

/** How an apply ended: all, some or none of it was applied. */
export const APPLY_OUTCOMES = ["applied", "partly_applied", "not_applied"] as const;
/** How an apply ended. */
export type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];
