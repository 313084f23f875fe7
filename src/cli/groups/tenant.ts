// outdial tenant, call and smoke: looking at a tenant, without a store.

import { command } from "../command.ts";
import { flag, many, TENANT, text } from "../declare.ts";

export const probe = command("probe", TENANT, {
  summary: "what this tenant can do, found out with reads only: yes, no with the alternative, not permitted, or unknown",
  notes:
    "It writes nothing. For unknown capabilities it names the exact read that would answer the question. Exit code 1 when the tenant gives no token or cannot be found, 0 otherwise.",
  examples: ["outdial tenant probe", "OUTDIAL_PROFILE=acd outdial tenant probe --json"],
});

export const call = command("call", TENANT, {
  summary: "call one read operation of the tenant by its name and print the reply as JSON",
  args: [text("[operation]", "name of the operation, such as listCampaigns (required without --list)")],
  options: [
    many(text("--param <name=value>", "a parameter of the path or the query; may be given several times")),
    text("--body <json>", "the body, for the few reads that have one"),
    flag("--list", "list all read operations of the profile"),
  ],
  notes: "Operations that change something are refused. Values of fields with names of secrets are left out.",
  examples: ["outdial call --list", "outdial call listCampaigns --param pageSize=5"],
});

export const smoke = command("smoke", TENANT, {
  summary: "call every read operation of the tenant and show what differs from the contract",
  options: [flag("--writes", "also create objects whose names begin with outdial-smoke-, and remove them")],
  notes:
    "--tenant is required, with or without a name, as a confirmation that the tenant in use is meant.\nExit code 1 when something differs, 0 otherwise, also when rights are missing.",
  examples: ["outdial smoke --tenant"],
});
