// Every event that outdial sends, with its receiver and when it is sent. Senders take the type from here, so every event is
// documented.

import { MAIL } from "../../store/index.ts";

/** An outbound event. */
export interface OutboundEvent {
  /** The receiver in `webhooks` of outdial.yaml that takes it when nothing is said of types. */
  readonly receiver: "bi" | "crm" | "analytics" | "alarms";
  readonly when: string;
  /** The page that describes its data. */
  readonly document: string;
  /** For alarms: people may be called wrongly, or the watch does not work. It is sent during quiet hours as well. */
  readonly urgent?: true;
}

const failover = (when: string): OutboundEvent => ({ receiver: "alarms", when, document: "failover.md" });
const urgent = (event: OutboundEvent): OutboundEvent => ({ ...event, urgent: true });

export const OUTBOUND_EVENTS = {
  DISPOSITION_ASSIGNED: {
    receiver: "bi",
    when: "a call was tagged; not for a call that had the disposition already",
    document: "events.md",
  },
  DISPOSITION_UPDATED: {
    receiver: "analytics",
    when: "the dispositions of a closed interaction were corrected",
    document: "interactions.md",
  },
  OUTCOMES_RETRIEVED: { receiver: "crm", when: "a retrieval of outcomes has ended", document: "conversion.md" },
  CAMPAIGN_ACTIVATED: { receiver: "alarms", when: "an apply activated a campaign", document: "campaigns.md" },
  CAMPAIGN_APPLY_INCOMPLETE: {
    receiver: "alarms",
    when: "an apply ended before its whole plan was carried out",
    document: "campaigns.md",
  },
  DIALER_ROLLBACK_FAILED: {
    receiver: "alarms",
    urgent: true,
    when: "the rollback of dialer settings failed, or is not confirmed yet",
    document: "dialer-settings.md",
  },
  DIALER_ROLLOUT_PAUSED: {
    receiver: "alarms",
    urgent: true,
    when: "the watch over new dialer settings was inconclusive; a person must decide",
    document: "dialer-settings.md",
  },
  WEBHOOK_RECEIVER_OFF: { receiver: "alarms", when: "a receiver was switched off; its events wait", document: "events.md" },
  AUDIT_SET_BACK: {
    receiver: "alarms",
    urgent: true,
    when: "the database was set back or replaced: a head of the audit log outside does not fit it",
    document: "audit.md",
  },
  VENDOR_DRIFT: {
    receiver: "alarms",
    when: "a tenant of profile acd answers an operation with another structure than before",
    document: "profiles.md",
  },
  FAILOVER_TRIGGERED: failover("a hand-over begins"),
  FAILOVER_COMPLETED: failover("the backup dials in the primary's place"),
  FAILOVER_FAILED_BACK: failover("the primary dials again"),
  FAILOVER_SWITCHED_BY_HAND: failover("somebody paused one campaign of the pair and activated the other"),
  FAILOVER_PAUSE_NOT_CONFIRMED: urgent(
    failover("the campaign that should hand over may still dial; the other one is not activated"),
  ),
  FAILOVER_NEITHER_DIALS: urgent(failover("both campaigns are paused, and it is not certain that one will dial soon")),
  FAILOVER_BOTH_ACTIVE: urgent(failover("both campaigns dial")),
  FAILOVER_REACTIVATED: failover("somebody activated the campaign that was handing over; the hand-over is given up"),
  FAILOVER_NOT_AUTHORISED: urgent(failover("the tenant answered 401 or 403; sent at once")),
  FAILOVER_UNAVAILABLE: urgent(failover("the tenant did not answer three checks in a row")),
  FAILOVER_METRICS_STALE: failover("the tenant's figures are older than 5 min, or of an unknown time"),
  FAILOVER_NO_COUNTS: failover("the evidence rule is used, and the tenant gives rates without counts"),
  FAILOVER_CLOCK: urgent(failover("this machine's clock differs from the tenant's by more than 30 s, or went back")),
  FAILOVER_COMPLIANCE_STALE: urgent(failover("a do-not-call registry file is older than the rules allow")),
  FAILOVER_MONITOR_STALE: urgent(failover("no process checked the pair for three periods")),
} as const satisfies Record<string, OutboundEvent>;

/** Type of an event that outdial sends. */
export type OutboundEventType = keyof typeof OUTBOUND_EVENTS;

/** Names of receivers that take certain types when nothing is said of types. */
const ALIKE: Readonly<Record<string, string>> = { [MAIL]: "alarms" };

/** The types that a receiver of this name takes when nothing is said of types; none for a name of the company's own. */
export function usualTypes(receiver: string): readonly OutboundEventType[] {
  return typesWhere((_, event) => event.receiver === (ALIKE[receiver] ?? receiver));
}

/** The types that are meant by a type, by the beginning of some with `*` at its end, or by `*`. */
export function typesNamed(written: string): readonly OutboundEventType[] {
  const begin = written.endsWith("*") ? written.slice(0, -1) : undefined;
  return typesWhere((type) => (begin === undefined ? type === written : type.startsWith(begin)));
}

function typesWhere(holds: (type: OutboundEventType, event: OutboundEvent) => boolean): readonly OutboundEventType[] {
  // Object.entries forgets the names of the table.
  const all = Object.entries(OUTBOUND_EVENTS) as [OutboundEventType, OutboundEvent][];
  return all.filter(([type, event]) => holds(type, event)).map(([type]) => type);
}

/** Alarms that wait for the end of quiet hours. An unknown type is sent at once. */
export const HELD_IN_QUIET_HOURS: readonly string[] = Object.entries<OutboundEvent>(OUTBOUND_EVENTS)
  .filter(([, event]) => event.receiver === "alarms" && event.urgent !== true)
  .map(([type]) => type);
