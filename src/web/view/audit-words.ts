// Entries of the audit log as sentences. Pure.

import { pairPhaseWords } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";
import { words } from "./format.ts";

/** What was done, as the end of a sentence that begins with the actor. */
const DONE: Readonly<Record<string, string>> = {
  "attention.acknowledge": "acknowledged what needs attention",
  "attention.release": "sees no more to what needs attention",
  "attention.take": "sees to what needs attention",
  "audit.accept-head": "accepted a database that was set back",
  "audit.pack": "made an evidence pack",
  "audit.verified": "verified the audit log and found nothing wrong",
  "call.tag": "tagged a call",
  "campaign.accepted": "had a campaign accepted by the tenant",
  "campaign.apply": "applied a campaign file",
  "campaign.change.taken-up": "took up a pause or resume of another process",
  "campaign.create": "created a campaign",
  "campaign.created": "had a campaign created by the tenant",
  "campaign.pause": "paused a campaign",
  "campaign.reply_lost": "lost the tenant's reply about a campaign",
  "campaign.resume": "resumed a campaign",
  "campaign.resume.refused": "was refused to resume a campaign",
  "campaign.send": "sent a campaign to the tenant",
  "campaign.stale": "found a campaign changed meanwhile",
  "campaign.stop": "began an emergency stop",
  "campaign.stop.end": "ended an emergency stop",
  "campaign.stop.taken-up": "took up an emergency stop of another process",
  "campaign.tenant_refused": "had a campaign refused by the tenant",
  "contacts.segment": "read a contact list through the gate",
  "crm.announce": "announced outcomes to the CRM",
  "crm.push": "sent records to the CRM",
  "crm.push.begin": "began to send records to the CRM",
  "crm.refused": "had a record refused by the CRM",
  "dialer.accepted": "had dialer settings accepted by the tenant",
  "dialer.alarm": "raised an alarm of dialer settings",
  "dialer.begin": "began a change of dialer settings",
  "dialer.decided": "decided on new dialer settings",
  "dialer.failed": "failed to change dialer settings",
  "dialer.refused": "was refused a change of dialer settings",
  "dialer.reply_lost": "lost the tenant's reply about dialer settings",
  "dialer.resumed": "went on with a change of dialer settings",
  "dialer.send": "sent dialer settings to the tenant",
  "dialer.stale": "found dialer settings changed meanwhile",
  "dialer.stopped": "stopped a change of dialer settings",
  "dialer.tenant_refused": "had dialer settings refused by the tenant",
  "disposition.assign": "sent the disposition of a call",
  "disposition.record": "recorded the disposition of a call",
  "dnc.declare-empty": "declared the company's do-not-call list empty",
  "dnc.lift": "took a number off the do-not-call list",
  "dnc.push": "began to add numbers to the tenant's do-not-call group",
  "dnc.taken_off": "took people off the tenant's calling lists and deleted their callbacks",
  "dnc.pushed": "added numbers to the tenant's do-not-call group",
  "dnc.suppress": "put a number on the do-not-call list",
  "failover.alarm": "raised an alarm of a failover pair",
  "failover.drill": "rehearsed a hand-over",
  "failover.order": "ordered a hand-over",
  "failover.phase": "moved a failover pair",
  "failover.policy": "changed the policy of a failover pair",
  "failover.put": "set up a failover pair",
  "failover.removed": "removed a failover pair",
  "gate.manifest": "passed a list through the pre-dial gate",
  "interaction.disposition": "corrected the disposition of an interaction",
  "job.cancel": "cancelled a job",
  "job.request": "asked for a job",
  "job.run": "ran a job",
  "outcomes.export": "exported outcomes",
  "outcomes.given_up": "gave up a retrieval of outcomes",
  "outcomes.retrieve": "began to retrieve outcomes",
  "outcomes.retrieved": "retrieved outcomes",
  "outcomes.stopped": "stopped to retrieve outcomes",
  "recording.looked": "looked for the recordings of a call",
  "registry.load": "loaded a do-not-call registry",
  "registry.change": "applied changes to a do-not-call registry",
  "revocation.acknowledge": "confirmed that an opt-out was carried out",
  "session.end": "signed out",
  "session.open": "signed in",
  "session.refused": "was not let in",
  "settings.update": "changed dialer settings",
  tag: "tagged a call",
  "token.add": "made a token",
  "token.revoke": "revoked a token",
  "webhook.register": "registered an address for the tenant's events",
  "webhook.register.begin": "began to register an address for the tenant's events",
  "webhook.register.failed": "could not register an address for the tenant's events",
  "webhook.remove": "removed an address for the tenant's events",
  "webhooks.off": "switched a receiver off",
  "webhooks.on": "switched a receiver on",
  "webhooks.replay": "sent events again",
};

/**
 * The sentence for an entry, without its subject: "olga paused a campaign"; the action's own name when this version does not know
 * it.
 */
export function auditWords({ actor, action, details }: Pick<ApiTypes.AuditEntry, "actor" | "action" | "details">): string {
  const done = Object.hasOwn(DONE, action) ? DONE[action] : undefined;
  const asked = action.startsWith("api.")
    ? `asked the API: ${words(action.slice(4).replaceAll(".", " ")).toLowerCase()}`
    : undefined;
  const imported = action.endsWith(".import")
    ? `imported ${words(action.slice(0, -7).replaceAll(".", " ")).toLowerCase()}`
    : undefined;
  const { to } = details;
  const way = action === "failover.phase" && typeof to === "string" ? ` on (${pairPhaseWords(to)})` : "";
  const result = typeof details["result"] === "string" ? ` (${words(details["result"]).toLowerCase()})` : "";
  const reason = typeof details["reason"] === "string" ? `: ${details["reason"]}` : "";
  return `${actor} ${done ?? asked ?? imported ?? words(action.replaceAll(".", " ")).toLowerCase()}${way}${result}${reason}`;
}

/** Actions that can be searched for. */
export const ACTIONS: readonly string[] = Object.keys(DONE);
