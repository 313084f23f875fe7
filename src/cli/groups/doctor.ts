// outdial doctor.

import { command } from "../command.ts";
import { TENANT_AND_STORE } from "../declare.ts";

export const doctor = command("doctor", TENANT_AND_STORE, {
  runs: "here",
  summary:
    "check configuration, token, rights, clock, limits, store, lists, receivers, mail and sign-in: ok, warn, todo or fail, with what to do",
  notes:
    "It changes nothing. It requests a token and one page of campaigns from the tenant, opens a connection to each receiver, greets the mail\n" +
    "server and signs in to it, and reads the sign-in provider's metadata; it sends no event and no mail. Who does not answer is named after 5 s\n" +
    "and given up after 5 to 30 s. todo is what you have not given yet: the tenant, its credentials, the lists.\n" +
    "Exit code 1 when a check fails or there is no tenant yet; 0 otherwise, also with warnings and with what only a person chooses.",
  examples: ["outdial doctor", "outdial doctor --json"],
});
