// The consequences of an event: audit entries, alarms, an entry of the history. Pure, except for new ids.

import type { AuditInput, FailoverLedger } from "../../../store/index.ts";
import { cloudEvent } from "../../events/index.ts";
import type { Alarm, AlarmName, FailoverEvent, FailoverState, Handover } from "./state.ts";
import { adviceOf, dialingSide } from "./words.ts";

type Step = Parameters<FailoverLedger["record"]>[0];

export interface NoticeInput {
  readonly primary: string;
  readonly backup: string;
  readonly actor: string;
  readonly before: FailoverState;
  readonly state: FailoverState;
  readonly event: FailoverEvent;
  readonly alarms: readonly Alarm[];
  /** Name of the receiver of alarms; undefined when none is configured. */
  readonly receiver: string | undefined;
  readonly newId: () => string;
}

/** Type of an alarm's event. */
const typeOf = (name: AlarmName) => `FAILOVER_${name}` as const;

/** What goes into the same transaction as the state. */
export function noticesOf(input: NoticeInput): Pick<Step, "event" | "repeats" | "audit" | "events" | "alarms"> {
  const { primary, backup, actor, before, state, event, alarms } = input;
  const subject = `failover/${primary}`;
  const entry = (action: string, details: Readonly<Record<string, unknown>>): AuditInput => ({
    actor,
    action,
    subject,
    time: event.at,
    details: { primary, backup, ...details },
  });
  const audit: AuditInput[] = [];
  if (state.phase !== before.phase) {
    const { handover, verdict } = state;
    const evidence = state.phase === "pausing" && verdict !== null ? { evidence: verdict } : {};
    audit.push(
      entry("failover.phase", {
        from: before.phase,
        to: state.phase,
        by: event.type,
        ...(handover === null ? {} : heldIn(handover)),
        ...evidence,
      }),
    );
  }
  for (const { name, message } of alarms) audit.push(entry("failover.alarm", { type: typeOf(name), message }));
  const notable = state.phase !== before.phase || alarms.length > 0 || event.type !== "looked";
  const events = input.receiver === undefined ? [] : alarms.map((alarm) => alarmEvent(input, input.receiver ?? "", alarm));
  // While calls end, both campaigns are read every few seconds.
  const repeats = event.type === "seen" && state.phase === before.phase && alarms.length === 0;
  return { audit, events, alarms, event: notable ? event : null, repeats };
}

function heldIn({ number, reason, held, unreadable = 0 }: Handover) {
  return { handover: number, reason, held, ...(unreadable === 0 ? {} : { unreadable }) };
}

function alarmEvent({ primary, backup, state, event, newId }: NoticeInput, endpoint: string, { name, message }: Alarm) {
  const eventId = newId();
  const type = typeOf(name);
  const advice = adviceOf(name, state)?.replaceAll("<primary>", primary);
  const data = {
    primary,
    backup,
    message,
    ...(advice === undefined ? {} : { advice }),
    phase: state.phase,
    dials: dialingSide(state),
    handover: state.handover,
    verdict: state.verdict,
    metricsAt: state.metricsAt === null ? null : new Date(state.metricsAt).toISOString(),
  };
  const subject = `failover/${primary}`;
  return {
    eventId,
    endpoint,
    subject,
    type,
    body: cloudEvent({ id: eventId, source: "/outdial/failover", type, subject, time: event.at, data }),
  };
}
