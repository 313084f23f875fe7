// outdial tenant, call and smoke: looking at a tenant, and at what its answers lack.

import { command } from "../command.ts";
import { flag, id, many, STORE, TENANT, text } from "../declare.ts";

export const probe = command("probe", TENANT, {
  summary: "what this tenant can do, found out with reads only: yes, no with the alternative, not permitted, or unknown",
  notes:
    "It writes nothing. For unknown capabilities it names the exact read that would answer the question. Exit code 1 when the tenant gives no token or cannot be found, 4 while anything is unknown, 0 otherwise.",
  examples: ["outdial tenant probe", "OUTDIAL_PROFILE=acd outdial tenant probe --json"],
});

export const missing = command("missing", STORE, {
  summary: "what is known and the tenant's last answer lacks: campaigns, and contact lists that shrank to less than half",
  notes:
    "A campaign that is missing may dial. Exit code 3 when something is missing, 4 when that is not known because the tenant does not answer, was not read yet, or its latest list is older than 15 minutes, 0 otherwise.",
});

export const gone = command("gone", STORE, {
  summary: "say that campaigns are really gone, or that contact lists really have as few contacts as the tenant says",
  args: [many(id("<ids...>", "campaigns and contact lists, as outdial tenant missing names them"))],
  options: [text("--reason <text>", "how it is known; for the audit", { required: true })],
  notes:
    "Until then plans are refused, and no campaign is started on such a list. Look in the tenant's administration first: a campaign that is\nsaid to be gone and is not may be made a second time. Nothing is sent to the tenant.",
  examples: ['outdial tenant gone camp_spring --reason "deleted by ann on Monday"'],
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
    "--tenant, with or without a name, or --yes is required: it confirms that the tenant in use is meant.\nExit code 1 when something differs, 0 otherwise, also when rights are missing.",
  examples: ["outdial smoke --tenant"],
});
