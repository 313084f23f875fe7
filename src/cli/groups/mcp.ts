// outdial mcp: the use cases as tools for AI assistants.

import { command } from "../command.ts";
import { choice, flag, many, TENANT_AND_STORE, whole } from "../declare.ts";

export const mcp = command("mcp", TENANT_AND_STORE, {
  alone: "a service offers the same tools itself, at /mcp",
  summary: "tools for AI assistants (Model Context Protocol): read only, except for the verbs that are allowed",
  options: [
    flag(
      "--http",
      "serve HTTP on this machine to clients with a token of the service, instead of one assistant on stdin and stdout",
    ),
    whole("--port <number>", "port of --http; 0 takes a free one (default: 8384)", { to: 65_535 }),
    many(
      choice("--allow <verb...>", "verbs that an assistant may also use", async () =>
        (await import("../assistant-verbs.ts")).assistantVerbs(),
      ),
    ),
  ],
  notes:
    "The assistant starts this command: configure in it the command outdial mcp and the folder of the workplace. Telephone numbers are masked.\n" +
    "Allowed verbs: campaigns.pause, campaigns.stop, jobs.cancel, suppressions.add and consents.revoke act at once. campaigns.resume, campaigns.failover,\n" +
    "campaigns.failback, campaigns.apply, failover.put, dialer.apply, dialer.rollback and suppressions.lift end in a plan that a person approves in the dashboard.\n" +
    "With --http each request needs a token of the service (outdial serve token add).",
  examples: ["outdial mcp", "outdial mcp --allow campaigns.pause campaigns.resume", "outdial mcp --http --port 8384"],
});
