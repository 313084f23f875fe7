// outdial calls.

import { command } from "../command.ts";
import { TENANT, text } from "../declare.ts";

export const showCall = command("show", TENANT, {
  summary: "one call as the tenant has it now: status, campaign and disposition",
  args: [text("<id>", "call id")],
});
