// Why a run stopped before its job's end, as the ledger keeps it.

import { z } from "zod";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";

const stop = z.object({
  code: z.string(),
  message: z.string(),
  advice: z.string().optional(),
  /** What the tenant's last 5xx said; see `TenantError.vendorBody`. */
  vendorBody: z.string().optional(),
});
/** Why a run stopped, as kept with its job. `leaves`: it is continued automatically: another service takes it, or this one at its next start. */
export type StopReason = Readonly<z.output<typeof stop>> & { readonly leaves?: true | undefined };

/** Code of the reason of a run that a person cancelled. */
export const CANCELLED = "cancelled";

/** Why a job is stopped, as its row in the ledger says; undefined when it says nothing. */
export function stopOf(error: unknown): z.output<typeof stop> | undefined {
  const parsed = stop.safeParse(error);
  return parsed.success ? parsed.data : undefined;
}

/** The reason recorded for a run that an error ended. */
export function reasonOf(thrown: unknown): StopReason {
  if (thrown instanceof OperationError && thrown.code === "job_state") return { code: CANCELLED, message: thrown.message };
  if (thrown instanceof OutdialError) {
    const { code, message, advice } = thrown;
    const vendorBody = thrown instanceof TenantError ? thrown.vendorBody : undefined;
    return { code, message, advice, vendorBody };
  }
  return { code: "internal", message: messageOf(thrown) };
}
