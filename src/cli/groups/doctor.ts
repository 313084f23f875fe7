// outdial doctor.

import { command } from "../command.ts";
import { TENANT_AND_STORE } from "../declare.ts";

export const doctor = command("doctor", TENANT_AND_STORE, {
  runs: "here",
  summary:
    "check configuration, token, rights, clock, limits, store, lists and receivers: ok, warn, todo or fail, with what to do",
  notes:
    "It changes nothing; it requests a token and one page of campaigns from the tenant. todo is what you have not given yet: the tenant, its\n" +
    "credentials, the lists. Exit code 1 when a check fails or something is left to do, 0 otherwise, also with warnings.",
  examples: ["outdial doctor", "outdial doctor --json"],
});
