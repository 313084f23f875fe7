// outdial tenant, call and smoke: what is looked at of a tenant, without a store.

import { command } from "../command.ts";
import { flag, many, TENANT, text } from "../declare.ts";

export const probe = command("probe", TENANT, {
  summary: "what this tenant can do, found out by reads alone: yes, no with the alternative, not permitted, or unknown",
  notes:
    "It writes nothing. What stays unknown comes with the exact read that would settle it. Exit code 1 when the tenant gives no token or cannot be found, 0 otherwise.",
  examples: ["outdial tenant probe", "OUTDIAL_PROFILE=acd outdial tenant probe --json"],
});

export const call = command("call", TENANT, {
  summary: "one read operation of the tenant by its name, with its reply as JSON",
  args: [text("[operation]", "name of the operation, such as listCampaigns (required without --list)")],
  options: [
    many(text("--param <name=value>", "a parameter of its path or its query; may be given several times")),
    text("--body <json>", "the body, for the few reads that have one"),
    flag("--list", "name all read operations of the profile"),
  ],
  notes: "Operations that change something are refused. Values under names of secrets are left out of the reply.",
  examples: ["outdial call --list", "outdial call listCampaigns --param pageSize=5"],
});

export const smoke = command("smoke", TENANT, {
  summary: "try every read operation against the tenant and say what differs from the contract",
  options: [flag("--writes", "also make objects whose names begin with outdial-smoke-, and remove them")],
  notes:
    "--tenant is required, with or without a name: it says that the tenant in use is meant.\nExit code 1 when something differs, 0 otherwise, also when rights are missing.",
  examples: ["outdial smoke --tenant"],
});
