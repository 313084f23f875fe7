// Emergency stops: the progress of each, campaign by campaign.

import { z } from "zod";
import { campaignResult } from "./campaign-verbs.ts";
import { count, time } from "./common.ts";

/** A stop without its campaigns. */
export const emergencyStop = z
  .strictObject({
    id: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    campaigns: z.array(z.string()).readonly().nullable().describe("The campaigns that it is about; null for all of the tenant"),
    createdAt: time,
    endedAt: time.nullable().describe("Null while it goes on"),
    supersededBy: z.string().nullable().describe("The later stop that goes on in place of this one"),
    carriedOut: z.boolean().describe("A living replica has it; false while it waits for one, and when it has ended"),
    lastSign: time
      .nullable()
      .describe("When the replica that has it last gave a sign of life, if that replica does not live any more; null otherwise"),
    listProblem: z
      .strictObject({ code: z.string(), message: z.string() })
      .nullable()
      .describe("Not null: the list of campaigns is not whole, others than those known from before may be dialing"),
  })
  .meta({ id: "EmergencyStop" });
export type EmergencyStop = z.output<typeof emergencyStop>;

/** What an emergency stop did to each campaign. */
export const stopResult = z
  .strictObject({
    ...emergencyStop.omit({ campaigns: true }).shape,
    changes: z
      .array(
        z.strictObject({
          ...campaignResult.shape,
          status: z
            .enum(["paused", "failed", "unknown", "pending", "resumed"])
            .describe("`pending`: nothing was tried yet. `resumed`: a person resumed it after the stop, which leaves it alone"),
          activeCalls: count.nullable().describe("Calls under way at the last look"),
          known: z
            .enum(["listed", "known", "named"])
            .describe("By the tenant's list, by what is known from before, by the person"),
          settled: z.boolean().describe("Nothing more is tried"),
        }),
      )
      .readonly(),
    seenPaused: z
      .array(z.string())
      .readonly()
      .describe("Campaigns that were paused when they were looked at by themselves after the stop was given: nothing was sent"),
    alreadyPaused: z
      .array(z.string())
      .readonly()
      .describe(
        "Campaigns that the list showed as paused, and that were not looked at by themselves: whether they dial is not known",
      ),
  })
  .meta({ id: "StopResult" });
/** The answer to the request that began a stop. */
export const begunStop = z
  .strictObject({
    ...stopResult.shape,
    ignored: z.array(z.string()).readonly().describe("What of the request was not used, and why; the stop goes on without it"),
  })
  .meta({ id: "BegunStop" });
export type StopResult = z.output<typeof stopResult>;
