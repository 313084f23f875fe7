// Approvals: requests that wait for a second person, with what the first one was shown.

import { z } from "zod";
import { campaignPlanView } from "./campaign-files.ts";
import { campaignPreview } from "./campaign-verbs.ts";
import { time } from "./common.ts";
import { dialerPreview } from "./dialer.ts";
import { failoverPreview } from "./failover.ts";
import { suppressionView } from "./opt-outs.ts";

/** A dangerous verb that waits for another person. */
export const approvalView = z
  .strictObject({
    id: z.string(),
    /** The operation of the API, for example `dialer.apply`. */
    operation: z.string(),
    summary: z.string(),
    confirm: z.string().describe("Hash of the plan that was previewed"),
    requestedBy: z.string(),
    requestedAt: time,
    expiresAt: time,
    state: z
      .enum(["pending", "approved", "rejected", "expired", "failed", "interrupted", "outcome_unknown"])
      .describe(
        "expired: not decided in time, or the token of the person who asked was revoked or has ended (`message` says so): it is not carried out. interrupted: approved, and the service that carried it out ended in the middle. outcome_unknown: approved, and it is not known whether the tenant carried it out",
      ),
    decidedBy: z.string().nullable(),
    decidedAt: time.nullable(),
    message: z
      .string()
      .nullable()
      .describe("The word of the person who decided, and why it failed, was interrupted, or has no known outcome"),
    job: z
      .string()
      .nullable()
      .describe("That was begun, and goes on after the answer: `state` and `message` follow it to its end; null without one"),
  })
  .meta({ id: "Approval" });
export type ApprovalView = z.output<typeof approvalView>;

/** The answer of a dangerous verb in four-eyes mode: nothing was done yet. */
export const awaitingApproval = z.strictObject({ approval: approvalView });
export type AwaitingApproval = z.output<typeof awaitingApproval>;

const reason = z.string().nullable().describe("As the person who asked gave it");

/** What lifting a suppression would change; the number is masked. */
export const liftPreview = z
  .strictObject({ confirm: z.string(), suppression: suppressionView, refusals: z.array(z.string()).readonly() })
  .meta({ id: "LiftPreview" });
export type LiftPreview = z.output<typeof liftPreview>;

/** A place that keeps a person. */
export const personPlace = z
  .strictObject({
    name: z.string().describe("A table of the database, or a folder or files of the working folder"),
    kind: z.enum(["table", "folder", "file"]),
    holds: z.string(),
    kept: z.string().describe("How long, in words"),
    by: z.string().describe("What removes it"),
    erased: z.string().describe("What an erasure of the person does there, or why it stays"),
    held: z.boolean().describe("Whether it stays when the person is erased"),
    rows: z.int().describe("Rows of a table or of the lake, or files, that have the number in some form"),
    calls: z.int().describe("Further ones that have the id of a call to or from the number, and not the number"),
  })
  .meta({ id: "PersonPlace" });

/** What erasing a person would do; it has no number. */
export const erasePreview = z
  .strictObject({ confirm: z.string(), places: z.array(personPlace).readonly(), refusals: z.array(z.string()).readonly() })
  .meta({ id: "ErasePreview" });

/** The preview of a dangerous verb, by what it is about. */
export const approvalPlan = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("dialer"), preview: dialerPreview }),
    z.strictObject({ kind: z.literal("campaign_files"), preview: campaignPlanView, sourceName: z.string() }),
    z.strictObject({ kind: z.literal("campaign"), preview: campaignPreview, reason }),
    z.strictObject({ kind: z.literal("failover_pair"), preview: failoverPreview }),
    z.strictObject({ kind: z.literal("erase"), preview: erasePreview, reason: z.string() }),
    z.strictObject({
      kind: z.literal("lift"),
      preview: liftPreview,
      reason,
      mistake: z.boolean().describe("It never was an opt-out, they say: consent that was revoked with it counts again"),
    }),
  ])
  .meta({ id: "ApprovalPlan" });
export type ApprovalPlan = z.output<typeof approvalPlan>;

/** Whether what was shown is still valid, checked for this answer. */
export const approvalStanding = z
  .strictObject({
    state: z
      .enum(["holds", "changed", "refused", "unknown"])
      .describe(
        "holds: approving carries out exactly this. changed: what it builds upon has moved since; refused: a rule forbids it now; approving then does nothing. unknown: it could not be looked at",
      ),
    reasons: z.array(z.string()).readonly().describe("Why it does not hold, in words"),
  })
  .meta({ id: "ApprovalStanding" });
export type ApprovalStanding = z.output<typeof approvalStanding>;

/** An approval with the plan that was shown and whether that is still valid. */
export const approvalDetail = approvalView
  .extend({
    plan: approvalPlan
      .nullable()
      .describe("What the person who asked was shown, kept when they asked; null for what was asked for before plans were kept"),
    standing: approvalStanding.nullable().describe("Null once it no longer waits"),
  })
  .meta({ id: "ApprovalDetail" });
export type ApprovalDetail = z.output<typeof approvalDetail>;
