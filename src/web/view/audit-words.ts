// Entries of the audit log in words. Pure.

import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";

/** What was done, as the end of a sentence that begins with the actor. */
const DONE: Readonly<Record<string, string>> = {
  "attention.acknowledge": "acknowledged what needs attention",
  "attention.release": "sees no more to what needs attention",
  "attention.take": "sees to what needs attention",
  "audit.accept-head": "accepted a database that was set back",
  "audit.pack": "made an evidence pack",
  "campaign.apply": "applied a campaign file",
  "campaign.change.taken-up": "took up a pause or resume of another process",
  "campaign.create": "created a campaign",
  "campaign.pause": "paused a campaign",
  "campaign.resume": "resumed a campaign",
  "campaign.resume.refused": "was refused to resume a campaign",
  "campaign.stop": "began an emergency stop",
  "campaign.stop.end": "ended an emergency stop",
  "campaign.stop.taken-up": "took up an emergency stop of another process",
  "contacts.segment": "read a contact list through the gate",
  "crm.push": "sent records to the CRM",
  "dialer.begin": "began a change of dialer settings",
  "dialer.decided": "decided on new dialer settings",
  "dialer.refused": "was refused a change of dialer settings",
  "dnc.declare-empty": "declared the company's do-not-call list empty",
  "dnc.lift": "took a number off the do-not-call list",
  "dnc.suppress": "put a number on the do-not-call list",
  "gate.manifest": "passed a list through the pre-dial gate",
  "interaction.disposition": "corrected the disposition of an interaction",
  "job.cancel": "cancelled a job",
  "job.run": "ran a job",
  "outcomes.export": "exported outcomes",
  "registry.load": "loaded a do-not-call registry",
  "revocation.acknowledge": "confirmed that an opt-out was carried out",
  "session.end": "signed out",
  "session.open": "signed in",
  "session.refused": "was not let in",
  "settings.update": "changed dialer settings",
  "token.add": "made a token",
  "token.revoke": "revoked a token",
  tag: "tagged a call",
  "webhooks.off": "switched a receiver off",
  "webhooks.on": "switched a receiver on",
  "webhooks.replay": "sent events again",
};

/** The sentence of an entry, without its subject: "olga paused a campaign"; for an action of another version its own name. */
export function auditWords({ actor, action, details }: Pick<ApiTypes.AuditEntry, "actor" | "action" | "details">): string {
  const done = Object.hasOwn(DONE, action) ? DONE[action] : undefined;
  const asked = action.startsWith("api.")
    ? `asked the API: ${words(action.slice(4).replaceAll(".", " ")).toLowerCase()}`
    : undefined;
  const result = typeof details["result"] === "string" ? ` (${words(details["result"]).toLowerCase()})` : "";
  const reason = typeof details["reason"] === "string" ? `: ${details["reason"]}` : "";
  return `${actor} ${done ?? asked ?? words(action.replaceAll(".", " ")).toLowerCase()}${result}${reason}`;
}

/** Actions that are offered to search by. */
export const ACTIONS: readonly string[] = Object.keys(DONE);
