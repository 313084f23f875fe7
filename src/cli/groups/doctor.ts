// outdial doctor.

import { command } from "../command.ts";
import { TENANT_AND_STORE } from "../declare.ts";

export const doctor = command("doctor", TENANT_AND_STORE, {
  runs: "here",
  summary:
    "configuration, token, rights, clock, limits, store, lists and receivers: what is ok, doubtful or wrong, with what to do",
  notes:
    "It changes nothing: the tenant is asked for a token and one page of campaigns. Exit code 1 when something is wrong, 0 otherwise, also with warnings.",
  examples: ["outdial doctor", "outdial doctor --json"],
});
