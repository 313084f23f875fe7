// The policy of a failover pair: which campaign takes over, on what evidence, and what is done when the watch itself fails.

import { z } from "zod";

const MINUTES_OF_A_DAY = 1440;

/**
 * The section `failover` of a campaign file, and the flags of `outdial campaign failover watch`. The campaign that contains it is
 * the primary. Minutes and seconds are whole numbers; rates are fractions.
 */
export const failoverPolicySchema = z
  .strictObject({
    backup: z.string().min(1).describe("Id of the campaign that takes over; it stays paused until then"),
    threshold: z.number().gt(0).lt(1).default(0.15).describe("Success rate below which the primary hands over"),
    windowMinutes: z
      .int()
      .min(1)
      .max(MINUTES_OF_A_DAY)
      .default(30)
      .describe("The success rate counts calls of so many minutes; over the ACD API rounded up to quarters of an hour"),
    everySeconds: z.int().min(5).max(3600).default(60).describe("Time between two looks, seconds"),
    minimumCalls: z.int().min(1).default(50).describe("Calls in the window below which nothing is decided"),
    rule: z
      .enum(["evidence", "plain"])
      .default("evidence")
      .describe("evidence: the rate is surely below the threshold; plain: the rate as it is reported is below it"),
    coolDownMinutes: z
      .int()
      .min(0)
      .max(7 * MINUTES_OF_A_DAY)
      .default(60)
      .describe("After a hand-over nothing is handed over for so long"),
    failBack: z
      .enum(["manual", "automatic"])
      .default("manual")
      .describe("automatic: the primary is given another try when the cool-down has ended"),
    safeAction: z
      .enum(["alarm", "pause"])
      .default("alarm")
      .describe("When the watch cannot be relied upon: alarm only, or also pause whichever campaign of the pair dials"),
    drainMinutes: z
      .int()
      .min(1)
      .max(120)
      .default(5)
      .describe("How long a paused campaign's calls may take to end before a person is called"),
    whenBackupFails: z
      .enum(["stay-paused", "resume-primary"])
      .default("stay-paused")
      .describe("When the backup cannot be activated: leave both paused and call a person, or let the primary dial again"),
    holdHours: z
      .number()
      .positive()
      .max(240)
      .default(24)
      .describe(
        "So long after a call to a contact the campaign that takes over must not call it; the caps of most laws count by the day",
      ),
    overlap: z
      .enum(["refuse", "accept", "hold"])
      .default("refuse")
      .describe(
        "When the list of the one taking over holds contacts whom the other has called: do not activate it, do and say so, or have the tenant's own dialer leave them out for holdHours (profile acd; also where both call one list)",
      ),
    unavailableAfter: z
      .int()
      .min(1)
      .max(100)
      .default(3)
      .describe("Looks in a row without an answer of the tenant before the alarm"),
    staleAfterMinutes: z
      .int()
      .min(1)
      .max(MINUTES_OF_A_DAY)
      .default(5)
      .describe("Figures older than this are no evidence and alarm"),
    skewSeconds: z.int().min(1).max(3600).default(30).describe("Most difference between this machine's clock and the tenant's"),
  })
  .describe("Hand-over to another campaign when this one's success rate falls");

/** A policy with its defaults filled in. */
export type FailoverPolicy = z.output<typeof failoverPolicySchema>;
/** A policy as it is given: what it leaves out takes its default. */
export type FailoverPolicyDraft = z.input<typeof failoverPolicySchema>;
