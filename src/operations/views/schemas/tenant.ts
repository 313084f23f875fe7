// What a tenant can do, as a probe finds out with reads only.

import { z } from "zod";
import { knownPart, time } from "./common.ts";

/** The capabilities that were found at a tenant. */
export const tenantProbe = z
  .strictObject({
    profile: z.string().describe("rest, acd"),
    steps: z
      .array(
        z.strictObject({
          step: z.string(),
          state: z.enum(["ok", "empty", "not permitted", "failed", "skipped"]),
          status: z.int().nullable(),
          latencyMs: z.number().nullable(),
          version: z.int().nullable().describe("Of the resource, where there are several"),
          text: z.string().describe("What was found, or why there is nothing"),
        }),
      )
      .readonly(),
    capabilities: z
      .array(
        z.strictObject({
          capability: z.string(),
          verdict: z.enum(["yes", "no", "not permitted", "unknown"]),
          why: z.string().nullable().describe("The reason, the permission, or the read that would settle it"),
          alternative: z.string().nullable(),
        }),
      )
      .readonly(),
    questions: z.array(z.string()).readonly().describe("What nobody has written down, with the read that shows it"),
  })
  .meta({ id: "TenantProbe" });
export type TenantProbe = z.output<typeof tenantProbe>;

/** Reads of the tenant's interface by their names. */
export const tenantReads = z
  .strictObject({
    profile: z.string(),
    operations: z
      .array(
        z.strictObject({
          operation: z.string(),
          summary: z.string(),
          parameters: z.string().describe("* marks those of the path"),
        }),
      )
      .readonly(),
  })
  .meta({ id: "TenantReads" });
export type TenantReads = z.output<typeof tenantReads>;

/** Each operation of the tenant's interface against the contract. */
export const tenantSmoke = z
  .strictObject({
    profile: z.string(),
    lines: z
      .array(
        z.strictObject({
          operation: z.string(),
          state: z
            .enum(["ok", "empty", "differs", "not permitted", "refused", "unanswered", "skipped"])
            .describe(
              "differs: answered in another form than in the contract; skipped: it needs an id that the tenant did not provide",
            ),
          status: z.int().nullable(),
          latencyMs: z.number().nullable(),
          version: z.int().nullable(),
          text: z.string().nullable(),
        }),
      )
      .readonly(),
    differs: z.int(),
  })
  .meta({ id: "TenantSmoke" });
export type TenantSmoke = z.output<typeof tenantSmoke>;

/** What the tenant answered one read. */
export const tenantRead = z
  .strictObject({
    operation: z.string(),
    profile: z.string(),
    status: z.int(),
    latencyMs: z.number(),
    version: z.int().nullable(),
    reply: z.unknown().describe("As the tenant sends it; what may be a secret is left out"),
  })
  .meta({ id: "TenantRead" });
export type TenantRead = z.output<typeof tenantRead>;

const difference = {
  campaignId: z.string(),
  groups: z
    .array(z.strictObject({ id: z.string(), name: z.string(), numbers: z.int().describe("In force") }))
    .readonly()
    .describe("That the campaign's dialer obeys"),
  suppressed: z.int().describe("Numbers on the company's list"),
  missing: z.int().describe("Of these, those in none of the groups: the tenant's dialer would call them"),
  theirs: z.int().describe("Numbers of the groups that are not on the company's list"),
  shorter: z.string().nullable().describe("What the tenant's answer lacks of what the last push proved; null: nothing"),
};

/** How the company's do-not-call list and the tenant's group differ. */
export const dncDifference = z.strictObject(difference).meta({ id: "DoNotCallDifference" });
export type DncDifference = z.output<typeof dncDifference>;

/** What was sent to the tenant's do-not-call group. */
export const dncPush = z
  .strictObject({
    ...difference,
    group: z.string(),
    added: z.int(),
    proven: z.int().describe("Of those that were brought over, those that the tenant's own search finds in the group now"),
    unproven: z.int(),
    takenOff: z.int().describe("Records of these people that were taken off the tenant's calling lists"),
    callbacks: z.int().describe("Scheduled callbacks of these people that were deleted"),
    stillListed: z.int().describe("Reasons why these people are, or may be, still on a list, or have a callback"),
    reasons: z.array(z.string()).readonly().describe("Some of these reasons, and what rests on one answer of the tenant alone"),
    left: z.int().describe("Missing numbers that were not brought over this time"),
    examples: z
      .array(z.strictObject({ number: z.string().describe("Its last digits"), message: z.string() }))
      .readonly()
      .describe("Some that are not proven"),
  })
  .meta({ id: "DoNotCallPush" });
export type DncPush = z.output<typeof dncPush>;

/** A callback that was promised to a person. */
export const scheduledCallback = z
  .strictObject({
    id: z.string(),
    campaignId: z.string(),
    phoneNumber: z.string().nullable(),
    name: z.string(),
    dueAt: z.string().nullable().describe("As the tenant writes it"),
    agentId: z.string().nullable().describe("Whom it waits for; null for any agent"),
    notes: z.string(),
    lackingSince: time
      .nullable()
      .describe("Since when the tenant's answers lack it: it may be placed all the same; null: the answer has it"),
  })
  .meta({ id: "ScheduledCallback" });

/** Those of a campaign. */
export const scheduledCallbacksView = z
  .strictObject({
    items: z.array(scheduledCallback),
    doubt: z.string().nullable().describe("Why there may be others; null: nothing says so"),
  })
  .meta({ id: "ScheduledCallbacks" });
export type ScheduledCallback = z.output<typeof scheduledCallback>;
export type ScheduledCallbacksView = z.output<typeof scheduledCallbacksView>;

/** Something that is known and that the tenant's last answer lacks. */
export const missingThing = z
  .strictObject({
    what: z.enum(["campaign", "contacts"]),
    id: z.string().describe("Of the campaign, or of the contact list"),
    name: z.string(),
    known: z.string().describe("What was known last"),
    answered: z.string().describe("What the tenant says"),
    since: time,
  })
  .meta({ id: "MissingThing" });
export type MissingThing = z.output<typeof missingThing>;

/** All of it. */
export const missingList = z
  .strictObject({
    items: z.array(missingThing),
    known: knownPart.describe(
      "When the tenant listed its campaigns last; without it, and when it does not answer, an empty list says nothing",
    ),
  })
  .meta({ id: "MissingList" });
export type MissingList = z.output<typeof missingList>;

/** What a person's word was taken for. */
export const saidGone = z.strictObject({
  campaigns: z.array(z.string()).readonly().describe("Campaigns that are gone"),
  lists: z.array(z.string()).readonly().describe("Contact lists that have as few contacts as the tenant says"),
});
export type SaidGone = z.output<typeof saidGone>;

/** A call that is known of a number. */
export const callOfNumber = z
  .strictObject({
    at: time,
    campaign: z.string(),
    callId: z.string().nullable().describe("Null: whoever told of the call did not say"),
  })
  .meta({ id: "CallOfNumber" });
export type CallOfNumber = z.output<typeof callOfNumber>;

/** Where a recording is played. The address is the tenant's and good for a short time. */
export const recordingLink = z
  .strictObject({
    url: z.string(),
    media: z.string().nullable(),
    from: z.string().nullable().describe("As the tenant writes it"),
    to: z.string().nullable(),
  })
  .meta({ id: "RecordingLink" });
export type RecordingLink = z.output<typeof recordingLink>;
