// outdial calls.

import { command } from "../command.ts";
import { id, TENANT } from "../declare.ts";

export const showCall = command("show", TENANT, {
  summary: "one call as the tenant has it now: status, campaign and disposition",
  args: [id("<id>", "call id")],
});
