// Opt-outs: recorded, carried out, lifted, and those that wait for a person.

import { z } from "zod";
import { time } from "./common.ts";
import { setBack } from "./compliance.ts";

/** A suppression and whether it was lifted. */
const suppression = z.strictObject({
  number: z.string(),
  suppressedSince: time.nullable().describe("Null: may be called as far as the company's own list goes"),
  registries: z.array(z.string()).readonly().describe("The registries that it is on"),
  checkedAgainst: z
    .array(
      z.strictObject({
        registry: z.string(),
        asOf: z
          .string()
          .nullable()
          .describe(
            "Date of the file that covers the number; null: none does, so it is not known whether the number is on the registry",
          ),
      }),
    )
    .readonly()
    .describe("The registries of the number's place"),
  setBack,
  history: z
    .array(
      z.strictObject({
        origin: z.string(),
        code: z.string(),
        reference: z.string(),
        saidAt: time.nullable(),
        recordedAt: time,
        actor: z.string(),
        lift: z.strictObject({ at: time, actor: z.string(), reason: z.string() }).nullable(),
      }),
    )
    .readonly(),
});
export const suppressionView = suppression
  .extend({ others: z.array(suppression).readonly().describe("The same of the other numbers that the text may name") })
  .meta({ id: "Suppression" });

export type SuppressionView = z.output<typeof suppressionView>;

/** A revocation, and which systems have carried it out. */
export const revocationView = z
  .strictObject({
    id: z.int(),
    number: z.string().describe("Masked unless revealed"),
    revokedAt: time,
    channel: z.string(),
    reference: z.string(),
    deadline: z.string(),
    open: z.boolean(),
    overdue: z.boolean(),
    systems: z
      .array(
        z.strictObject({
          system: z.string(),
          state: z.string(),
          target: time,
          acknowledgedAt: time.nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: "Revocation" });

export type RevocationView = z.output<typeof revocationView>;

/** An entry of the company's do-not-call list, or a revocation of consent. */
export const revocationAdded = z
  .strictObject({
    number: z.string(),
    others: z.array(z.string()).readonly().describe("Further numbers that the text may name: suppressed as well"),
    doubt: z.string().nullable().describe("Why it is not certain that the text names this number alone; null when it is"),
    added: z.boolean().describe("False: the same was known"),
    since: time,
    untilObeyed: z
      .string()
      .nullable()
      .describe(
        "What must happen until the tenant's dialer obeys it, a sentence; null where the tenant has no do-not-call groups",
      ),
  })
  .meta({ id: "RevocationAdded" });

export type RevocationAdded = z.output<typeof revocationAdded>;

/** A number that was removed from the company's do-not-call list. */
export const liftView = z
  .strictObject({ number: z.string(), lifted: z.int(), actor: z.string(), reason: z.string() })
  .meta({ id: "Lift" });

export type LiftView = z.output<typeof liftView>;

/** An opt-out of which only the call is known. */
export const pendingOptOut = z
  .strictObject({
    callId: z.string(),
    at: time,
    campaign: z.string(),
    code: z.string(),
    optOut: z.string().describe("What of the outcome was read as an opt-out"),
  })
  .meta({ id: "PendingOptOut" });

export type PendingOptOut = z.output<typeof pendingOptOut>;

/** A system has carried a revocation out. */
export const acknowledgement = z
  .strictObject({
    revocation: z.int(),
    system: z.string(),
    recorded: z.boolean().describe("False: it had said so before"),
  })
  .meta({ id: "Acknowledgement" });

export type Acknowledgement = z.output<typeof acknowledgement>;
