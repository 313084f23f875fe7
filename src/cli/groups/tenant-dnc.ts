// outdial dnc compare and push, outdial callbacks: the tenant's own groups and callbacks.

import { command } from "../command.ts";
import { id, TENANT_AND_STORE, text } from "../declare.ts";

const CAMPAIGN = id("--campaign <id>", "the campaign whose dialer obeys the groups", { required: true });

export const compareDnc = command(
  "compare",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "do-not-call groups",
    summary: "compare the company's list with the tenant's do-not-call groups that a campaign obeys; changes nothing",
    options: [CAMPAIGN],
    notes: "Exit code 3 when numbers are missing at the tenant: its dialer would call them.",
  },
);

export const pushDnc = command(
  "push",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "do-not-call groups",
    summary: "add missing numbers to a do-not-call group of the tenant, and check each one with the tenant's own search",
    options: [CAMPAIGN, id("--group <id>", "one of the groups that the campaign obeys; optional when there is only one")],
    notes:
      "No number is removed from a group. The command can be repeated at any time: numbers that are in the group are not added again.\n" +
      "Exit code 4 when the tenant's search does not find a number that was added.",
    examples: ["outdial dnc push --campaign 4001"],
    interrupted: "interrupted: the numbers that were sent are in the group; run the command again",
  },
);

export const listCallbacks = command(
  "list",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "callbacks",
    summary: "callbacks that the tenant will call by itself when they are due",
    options: [id("--campaign <id>", "campaign of the callbacks", { required: true })],
    notes: "outdial creates no callbacks, because the tenant calls them without outdial's gates.",
  },
);

export const deleteCallback = command(
  "delete",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "callbacks",
    summary: "delete a callback, so that the tenant does not call it",
    args: [id("<id>", "id of a callback")],
    options: [text("--reason <text>", "why; sent to the tenant and recorded in the audit log", { required: true })],
  },
);
