// outdial attention.

import { command } from "../command.ts";
import { flag, STORE } from "../declare.ts";

export const attention = command("attention", STORE, {
  summary: "what needs somebody, worst first: since when, why, what to do next; and how much of the tenant is known",
  options: [flag("--check", "end with 3 when something needs somebody, and with 4 when not all is known")],
  notes:
    "It reads what is stored, which a running service keeps fresh, and asks the tenant nothing. What somebody acknowledged stands behind the rest and does\n" +
    "not count. Without --check it ends with 0.",
  examples: ["outdial attention", "outdial attention --check --json"],
});
