// outdial context.

import { command } from "../command.ts";
import { TENANT_AND_STORE } from "../declare.ts";

export const context = command("context", TENANT_AND_STORE, {
  summary: "which workplace, configuration, tenant and store a command given here would use, and where each is named",
  notes: "It opens nothing. Questions before dangerous verbs name the tenant and the store as well.",
});
