// outdial calls.

import { command } from "../command.ts";
import { TENANT, text } from "../declare.ts";

export const showCall = command("show", TENANT, {
  summary: "one call as the tenant has it now: its status, its campaign and the disposition that was set",
  args: [text("<id>", "call id")],
});
