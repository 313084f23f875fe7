// The audit log: entries, verification, proofs.

import { z } from "zod";
import { count, time } from "./common.ts";

/** An entry of the audit log. */
export const auditEntry = z
  .strictObject({
    seq: count,
    time,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    job: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.output<typeof auditEntry>;

/** The result of recomputing the log. */
export const auditVerdict = z
  .discriminatedUnion("ok", [
    z.object({
      ok: z.literal(true),
      size: count,
      root: z.string().describe("Root hash of the tree, base64"),
      earlier: z
        .object({
          size: count.describe("They are those before this one"),
          at: time.describe("They were read at this time or later"),
          seq: count.describe("The entry that says so"),
        })
        .nullable()
        .describe(
          "Entries that were not read now, because an earlier verification had read them: whether one was changed since is not known. null: all were read",
        ),
      checkpoints: count.describe("Signed checkpoints that were checked now"),
      seals: z.boolean().describe("Whether the seals of the rows were checked too, which needs the private key"),
      verified: z
        .boolean()
        .describe("Whether a head outside the store speaks for it: without one, a database that was set back looks the same"),
      heads: z.array(
        z.object({
          place: z.string(),
          outside: z.boolean().describe("Whether who sets the store back does not set it back as well"),
          state: z.enum(["fits", "empty", "differs", "accepted", "unreachable"]),
          size: count.nullable().describe("Entries of the log when the head was kept"),
          message: z.string().nullable(),
        }),
      ),
    }),
    z.object({
      ok: z.literal(false),
      seq: z.int().describe("The first wrong row, counted from 0"),
      kind: z.string(),
      message: z.string(),
    }),
  ])
  .meta({ id: "AuditVerdict" });
export type AuditVerdict = z.output<typeof auditVerdict>;

/** A proof that an entry is in the log; `outdial audit verify-proof` checks it offline. */
export const auditProof = z.looseObject({}).meta({ id: "AuditProof" });
