// The audit log: entries, verification, proofs.

import { z } from "zod";
import { count, time } from "./common.ts";

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

/** What the recomputation of the whole log found. */
export const auditVerdict = z
  .discriminatedUnion("ok", [
    z.object({ ok: z.literal(true), size: count, checkpoints: count }),
    z.object({ ok: z.literal(false), message: z.string() }),
  ])
  .meta({ id: "AuditVerdict" });

/** A proof that an entry is in the log; `outdial audit verify-proof` checks it offline. */
export const auditProof = z.looseObject({}).meta({ id: "AuditProof" });
