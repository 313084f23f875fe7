// Failover pairs: the state and history of each, and what a policy would change.

import { z } from "zod";
import { failoverPolicySchema } from "../../campaigns/failover/policy.ts";
import { FAILOVER_PHASES } from "../../campaigns/failover/state.ts";
import { count, fieldChange, pairWords, time } from "./common.ts";

/** The state of a pair and of its watch. */
export const failoverPair = z
  .strictObject({
    primary: z.string(),
    backup: z.string(),
    phase: z.enum(FAILOVER_PHASES),
    side: z.enum(["primary", "backup"]).describe("Which of the two is meant to dial"),
    ...pairWords,
    verdict: z
      .string()
      .nullable()
      .describe("What the figures said at the last look, in words; null before any, and while it does not dial"),
    alarms: z.array(z.string()).readonly().describe("Alarms whose cause stands"),
    unanswered: count.describe("Calls of the tenant in a row without an answer, or refused by it"),
    trouble: z.string().nullable().describe("What was wrong with the last of them; null when there is none"),
    watched: z.boolean().describe("Somebody looks as often as the policy says"),
    lookedAt: time.nullable().describe("Null before anybody looked"),
    executor: z.string().nullable().describe("The process that runs it, or ran it last"),
    runs: z
      .boolean()
      .describe(
        "That process lives; without looks it waits: for the tenant, for the request budget, or for a person who accepts the database",
      ),
    held: count.describe("Contacts held back from the backup now"),
    order: z
      .strictObject({
        what: z.string(),
        by: z.string(),
        at: time.nullable().describe("Null for one that an earlier version kept"),
      })
      .nullable()
      .describe("A hand-over that a person ordered and that has not begun"),
    policy: failoverPolicySchema.describe("As the section failover of a campaign file"),
    state: z.record(z.string(), z.unknown()).describe("Everything that the watch knows; JSON"),
  })
  .meta({ id: "FailoverPair" });
export type FailoverPairView = z.output<typeof failoverPair>;

/** An entry of a pair's history. */
export const failoverHappening = z
  .strictObject({
    seq: z.int(),
    at: time,
    phase: z.string(),
    event: z.unknown(),
    alarms: z.unknown(),
  })
  .meta({ id: "FailoverHappening" });
export type FailoverHappeningView = z.output<typeof failoverHappening>;

/** What setting a policy would change. */
export const failoverPreview = z
  .strictObject({
    summary: z.string(),
    policy: z.record(z.string(), z.unknown()),
    changes: z
      .array(fieldChange)
      .readonly()
      .describe("Against the policy that the pair is watched by now; all fields for a new pair"),
    refusals: z.array(z.string()).readonly(),
    confirm: z.string(),
  })
  .meta({ id: "FailoverPreview" });
export type FailoverPreview = z.output<typeof failoverPreview>;

/** A hand-over that was rehearsed. */
export const failoverDrill = z
  .strictObject({
    primary: z.string(),
    backup: z.string(),
    verdict: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe("On the present figures; null when the campaign does not dial"),
    wouldTrigger: z.boolean().describe("Whether the watch would hand over now by itself"),
    steps: z.array(z.strictObject({ would: z.string(), found: z.string() })).readonly(),
    alarms: z.array(z.strictObject({ name: z.string(), message: z.string() })).readonly(),
    ends: z.string().describe("The phase in which it would end"),
    passed: z.boolean().describe("The other campaign would dial at the end"),
  })
  .meta({ id: "FailoverDrill" });
export type DrillReport = z.output<typeof failoverDrill>;

/** Lists that a backup was given. */
export const failoverPrepared = z
  .strictObject({
    primary: z.string(),
    backup: z.string(),
    lists: z
      .array(
        z.strictObject({
          list: z.string(),
          copy: z.string(),
          records: z.int(),
          already: z.boolean(),
          notes: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
    notes: z.array(z.string()).readonly(),
  })
  .meta({ id: "FailoverPrepared" });
export type FailoverPrepared = z.output<typeof failoverPrepared>;
