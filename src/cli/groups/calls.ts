// outdial calls.

import { command } from "../command.ts";
import { id, TENANT, TENANT_AND_STORE } from "../declare.ts";

export const showCall = command("show", TENANT, {
  summary: "one call as the tenant has it now: status, campaign and disposition",
  args: [id("<id>", "call id")],
});

export const recordings = command("recordings", TENANT_AND_STORE, {
  wants: "recordings",
  summary: "where the recordings of a call are played; each look is entered in the audit log (profile acd)",
  args: [id("<id>", "call id (required)")],
  notes: "The addresses are the tenant's and good for a short time. outdial neither fetches nor keeps recordings.",
});
