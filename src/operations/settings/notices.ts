// The consequences of an event: audit entries, alarms, the end of the change. Pure, except for new ids.

import type { AuditInput, DialerLedger } from "../../store/index.ts";
import { cloudEvent } from "../events/index.ts";
import { underWay } from "./machine.ts";
import { settingsHash } from "./model.ts";
import type { ChangeEvent, ChangeState, Command } from "./state.ts";

type Step = Parameters<DialerLedger["append"]>[0];

/** What is written in the same transaction as the event. */
export type Notices = Pick<Step, "audit" | "events"> & { readonly end?: NonNullable<Step["end"]> };

export interface NoticeInput {
  readonly version: number;
  readonly jobId: string;
  readonly kind: string;
  readonly actor: string;
  readonly before: ChangeState;
  readonly state: ChangeState;
  readonly event: ChangeEvent;
  readonly commands: readonly Command[];
  readonly newId: () => string;
}

/** Events with an audit entry of their own; readings are recorded with what follows from them. */
const AUDITED: Readonly<Partial<Record<ChangeEvent["type"], string>>> = {
  resumed: "dialer.resumed",
  intended: "dialer.send",
  accepted: "dialer.accepted",
  stale: "dialer.stale",
  refused: "dialer.tenant_refused",
  lost: "dialer.reply_lost",
};

/** The revision was tried and did not hold. */
const REJECTING: ReadonlySet<string> = new Set([
  "refused_by_tenant",
  "activation_failed",
  "activation_timeout",
  "activation_lost",
  "read_back_mismatch",
  "abandonment_too_high",
]);

/** The audit entries and events of a step of a change, to be committed with it. */
export function noticesOf(input: NoticeInput): Notices {
  const { version, jobId, actor, before, state, event, commands } = input;
  const entry = (action: string, details: Readonly<Record<string, unknown>>): AuditInput => ({
    actor,
    action,
    subject: "dialer/settings",
    job: jobId,
    time: event.at,
    details: { version, ...details },
  });
  const audit: AuditInput[] = [];
  const action = AUDITED[event.type];
  if (action !== undefined) {
    const { at: _, type: __, ...facts } = event;
    const purpose = event.type === "resumed" ? {} : { purpose: before.purpose };
    audit.push(entry(action, { ...purpose, ...(event.type === "intended" ? { onto: state.onto } : {}), ...facts }));
  }
  if (state.failure !== null && before.failure === null) audit.push(entry("dialer.failed", { ...state.failure }));
  const alarms = commands.filter((command) => command.kind === "alarm");
  for (const { type, message } of alarms) audit.push(entry("dialer.alarm", { type, message }));
  const end = endOf(state, before);
  if (end?.outcome !== undefined)
    audit.push(
      entry(`dialer.${end.outcome}`, {
        message: state.message,
        before: state.snapshot.settings,
        wanted: state.target,
        seen: state.seen?.settings ?? null,
        tag: state.seen?.tag ?? null,
      }),
    );
  else if (end !== undefined)
    audit.push(entry("dialer.stopped", { phase: state.phase, ...(state.stop ?? { message: state.message }) }));
  const events = alarms.map((alarm) => alarmEvent(input, alarm));
  return { audit, events, ...(end === undefined ? {} : { end }) };
}

function endOf(state: ChangeState, before: ChangeState): Notices["end"] {
  if (state.outcome !== null) {
    const applied = state.outcome === "applied";
    return {
      status: applied ? "done" : "partly_failed",
      message: state.message,
      outcome: state.outcome,
      ...(applied ? { settings: state.target, settingsHash: settingsHash(state.target) } : {}),
      tag: state.seen?.tag ?? null,
      rejected: state.failure !== null && REJECTING.has(state.failure.code),
    };
  }
  if (state.stop !== null && before.stop === null) return { status: "stopped", error: state.stop, message: state.stop.message };
  if (state.phase === "paused" && before.phase !== "paused")
    return { status: "stopped", error: { code: "paused", message: state.message }, message: state.message };
  return undefined;
}

/** Everything that a person on call needs: the settings wanted, the settings before, the settings now, and what to do. */
function alarmEvent(input: NoticeInput, alarm: Extract<Command, { kind: "alarm" }>) {
  const { version, jobId, actor, state, event } = input;
  const eventId = input.newId();
  const paused = alarm.type === "DIALER_ROLLOUT_PAUSED";
  const advice = paused
    ? `outdial dialer resume ${version} --keep leaves the settings in force; --roll-back puts the earlier ones back.`
    : state.outcome === null
      ? `outdial dialer resume ${version} tries again. Compare what is in force with the settings from before.`
      : "Set the settings from before in the tenant's administration, or pause the campaigns, then check with outdial dialer show.";
  const data = {
    version,
    jobId,
    actor,
    message: alarm.message,
    advice,
    failure: state.failure,
    settingsBefore: state.snapshot.settings,
    settingsWanted: state.target,
    settingsUnderWay: underWay(state),
    settingsSeen: state.seen?.settings ?? null,
    versionTagSeen: state.seen?.tag ?? null,
    operationId: state.operationId,
    attempts: state.restores,
  };
  const subject = "dialer/settings";
  const body = cloudEvent({ id: eventId, source: "/outdial/dialer", type: alarm.type, subject, time: event.at, data });
  return { eventId, subject, type: alarm.type, body };
}
