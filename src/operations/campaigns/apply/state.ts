// The types of an apply: its events, its state, its commands.

import type { FieldChange } from "../file/document.ts";
import type { PlanEntry } from "../plan/types.ts";

/** How often what may come right by itself is tried. */
export interface ApplyPatience {
  /** Times one document is sent when replies are lost. */
  readonly sends: number;
  /** Readings that may show an earlier version before they are believed. */
  readonly reads: number;
  /** Calls in a row that may stay without an answer. */
  readonly unanswered: number;
  /** Pause before something is tried again, ms. */
  readonly pauseMs: number;
}

/** Patience of applies unless the rules give another one; pauses in ms. */
export const DEFAULT_APPLY_PATIENCE: ApplyPatience = { sends: 3, reads: 3, unanswered: 5, pauseMs: 1000 };

/**
 * How one campaign of a plan ended.
 * - `applied`: read back field by field; activated when that was planned.
 * - `moved`: somebody else changed it meanwhile; theirs stands. `refused`: the tenant refused it. `mismatch`: read back, it is not what was sent.
 * - `not_activated`: applied and paused; the gate or the tenant did not let it dial.
 */
export type EntryOutcome = "applied" | "moved" | "refused" | "mismatch" | "not_activated";

/** How one campaign of a plan ended. */
export interface EntryResult {
  readonly name: string;
  readonly id: string | null;
  readonly action: PlanEntry["action"];
  readonly outcome: EntryOutcome;
  /** Whether the tenant was sent a document that it took. */
  readonly wrote: boolean;
  readonly message: string | null;
  /** For `moved` and `mismatch`: from what was expected to what is there. */
  readonly fields: readonly FieldChange[];
}

/**
 * Where the campaign at work stands:
 * looking (is it as the plan saw it?) → intending → sending → verifying → registering (webhooks) → gating → activating → confirming
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

/** What a reading found of a campaign; null when there is none. */
export interface Found {
  readonly id: string;
  readonly status: string;
  readonly etag: string | null;
  readonly document: Readonly<Record<string, unknown>>;
}

/** The state of an apply, kept in its journal. */
export interface ApplyState {
  /** Index of the entry at work among those that do something. */
  readonly at: number;
  readonly phase: ApplyPhase;
  readonly results: readonly EntryResult[];
  /** Id of the campaign at work, once it has one. */
  readonly id: string | null;
  /** Tag of the version that a write builds upon. */
  readonly onto: string | null;
  /** Pieces of the campaign at work that were made or changed. */
  readonly placed: readonly string[];
  /** What the tenant did not take of what was sent for the campaign at work, in words. */
  readonly notes: readonly string[];
  /** Fields of the campaign at work that were still missing when it was found under way; null when it was not. */
  readonly missing: number | null;
  readonly sends: number;
  readonly reads: number;
  readonly unanswered: number;
  /** Why it stands still although it has not ended; going on clears it. */
  readonly stop: { readonly code: string; readonly message: string } | null;
}

/** What happened. `at` in ms since the epoch. */
export type ApplyEvent = { readonly at: number } & (
  | { readonly type: "begun" }
  | { readonly type: "resumed" }
  /** A write is about to be sent: recorded before it is. */
  | { readonly type: "intended" }
  /** One piece of a campaign that is made of several was made or changed; `id` once it has one. */
  | { readonly type: "placed"; readonly piece: string; readonly id: string | null }
  | { readonly type: "sent"; readonly id: string; readonly notes?: readonly string[] | undefined }
  | { readonly type: "stale"; readonly message: string }
  | { readonly type: "refused"; readonly message: string }
  /** The reply was lost: the write may have been carried out. */
  | { readonly type: "lost"; readonly message: string }
  | { readonly type: "found"; readonly campaign: Found | null }
  | { readonly type: "registered"; readonly webhooks: number }
  | { readonly type: "gated"; readonly pass: boolean; readonly message: string }
  | { readonly type: "activated"; readonly already: boolean }
  /** A call that changes nothing got no answer; `fatal` when asking again is of no use. */
  | { readonly type: "unanswered"; readonly code: string; readonly message: string; readonly fatal: boolean }
);

/** What is to be done. */
export type ApplyCommand =
  | { readonly kind: "look"; readonly afterMs: number }
  | { readonly kind: "intend" }
  | { readonly kind: "send" }
  | { readonly kind: "read"; readonly afterMs: number }
  | { readonly kind: "register"; readonly afterMs: number }
  | { readonly kind: "gate"; readonly afterMs: number }
  | { readonly kind: "activate"; readonly afterMs: number };

/** How an apply ended: everything, some of it, nothing. */
export const APPLY_OUTCOMES = ["applied", "partly_applied", "not_applied"] as const;
/** How an apply ended. */
export type ApplyOutcome = (typeof APPLY_OUTCOMES)[number];
