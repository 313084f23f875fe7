// outdial dnc compare and push, outdial callbacks: what the tenant itself keeps.

import { command } from "../command.ts";
import { TENANT_AND_STORE, text } from "../declare.ts";

const CAMPAIGN = text("--campaign <id>", "the campaign whose dialer obeys the groups", { required: true });

export const compareDnc = command(
  "compare",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "do-not-call groups",
    summary: "the company's list against the tenant's do-not-call groups that a campaign obeys; changes nothing",
    options: [CAMPAIGN],
    notes: "Exit code 3 when numbers are missing at the tenant: its dialer would call them.",
  },
);

export const pushDnc = command(
  "push",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "do-not-call groups",
    summary: "add what is missing to a do-not-call group of the tenant, and prove each number by the tenant's own search",
    options: [CAMPAIGN, text("--group <id>", "one of the groups that the campaign obeys; may be left out where there is one")],
    notes:
      "Nothing is taken off a group. It may be repeated after anything: what is there is not added again.\n" +
      "Exit code 4 when the tenant's search does not find a number that was added.",
    examples: ["outdial dnc push --campaign 4001"],
    interrupted: "interrupted: what was sent before is in the group; run it again",
  },
);

export const listCallbacks = command(
  "list",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "callbacks",
    summary: "callbacks that the tenant will place by itself when they are due",
    options: [text("--campaign <id>", "the campaign that they are of", { required: true })],
    notes: "outdial makes none: a callback is a call, past outdial's gates.",
  },
);

export const deleteCallback = command(
  "delete",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    wants: "callbacks",
    summary: "delete a callback, so that the tenant does not place it",
    args: [text("<id>", "id of a callback")],
    options: [text("--reason <text>", "why; goes to the tenant and into the audit log", { required: true })],
  },
);
