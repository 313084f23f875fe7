// Rule packs: how old what they say is, and what another pack would have decided.

import { z } from "zod";
import { count, time } from "./common.ts";

const date = z.string().describe("YYYY-MM-DD");

const readRule = z.strictObject({
  id: z.string(),
  jurisdiction: z.string(),
  citation: z.string(),
  confidence: z.string(),
  lookedUp: date.nullable().describe("Null: the pack does not say"),
  days: z.int().nullable().describe("Whole days since"),
});

/** Rules of a pack that were looked up too long ago, and calendars that end. */
export const packFreshness = z
  .strictObject({
    pack: z.string(),
    days: count.describe("How long ago is too long"),
    rules: z.array(readRule).readonly().describe("The longest unread first"),
    unread: z
      .array(readRule)
      .readonly()
      .describe("Rules whose law nobody has read: their numbers are from summaries, from tables, or from nothing that was read"),
    calendars: z
      .array(z.strictObject({ calendar: z.string(), lastDay: date, daysLeft: z.int().describe("Negative: it is over") }))
      .readonly(),
  })
  .meta({ id: "PackFreshness" });

export type PackFreshness = z.output<typeof packFreshness>;

const rulesBroken = z.array(z.string()).readonly();

/** Placed calls, each decided again at its own instant under two packs. */
export const placedReplay = z
  .strictObject({
    since: time,
    until: time,
    calls: count.describe("Calls placed in [since, until)"),
    assumed: z
      .strictObject({ calls: count, callType: z.string() })
      .describe("Calls of campaigns of which no gate says the call type, and as what they were decided"),
    forbidden: count.describe("Allowed before, denied after"),
    allowed: count.describe("Denied before, allowed after"),
    otherRules: count.describe("Denied by both, for other rules"),
    byRule: z
      .array(z.strictObject({ rule: z.string(), calls: count }))
      .readonly()
      .describe("Of the forbidden calls: how many break each rule"),
    examples: z
      .array(
        z.strictObject({
          at: time,
          campaign: z.string(),
          number: z.string().describe("Masked unless revealed"),
          change: z.enum(["forbidden", "allowed"]),
          before: rulesBroken,
          after: rulesBroken,
        }),
      )
      .readonly()
      .describe("The first calls that come out otherwise"),
  })
  .meta({ id: "PlacedReplay" });

/** What a rule pack changes against another, before it takes effect. */
export const packComparison = z
  .strictObject({
    before: z.string().describe("Version"),
    after: z.string().describe("Version"),
    changes: z.array(z.string()).readonly().describe("A sentence for each difference"),
    calls: placedReplay,
  })
  .meta({ id: "PackComparison" });

export type PackComparison = z.output<typeof packComparison>;

/** How many decisions were made again, and how many changed. */
export const replayCounts = z.strictObject({
  decisions: count,
  decision: count.describe("Swap allow and deny"),
  rules: count.describe("Break other rules"),
  next: count.describe("Move their next instant"),
  unreadable: count,
  notDecided: count.describe("Could not be decided when they were recorded"),
  older: count.describe("Left out because they were made before since"),
});
export type ReplayCounts = z.output<typeof replayCounts>;

/** A line of what a replay says: a decision that changes, or that cannot be decided again; at the end the counts. */
export const replayLine = z.union([
  z.strictObject({ pack: z.string().describe("Version"), counts: replayCounts }),
  z.looseObject({ line: z.int() }),
]);
