// The run of a change by the engine: carries out what the machine commands, and records each event with its consequences.

import { type Clock, type Instant, MINUTE_MS, newId } from "../../kernel/index.ts";
import type { AuditInput, DialerChange, DialerLedger } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { cloudEvent } from "../events/index.ts";
import { runJournal, strangerTo } from "../run/journal.ts";
import type { Running } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import { act, type Happening } from "./act.ts";
import { judge, type Predictor, type RegulatoryCheck } from "./gate.ts";
import { measuredFor } from "./in-force.ts";
import { loadChange } from "./journal.ts";
import { decide, MACHINE, underWay } from "./machine.ts";
import { settingsHash, withFieldsOf } from "./model.ts";
import type { ChangeEvent, ChangePlan, ChangeState, Command, Patience } from "./state.ts";

type Step = Parameters<DialerLedger["append"]>[0];

/** What is written in the same transaction as the event. */
type Notices = Pick<Step, "audit" | "events"> & { readonly end?: NonNullable<Step["end"]> };

interface NoticeInput {
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
function noticesOf(input: NoticeInput): Notices {
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

/** What changes of settings are judged by. */
export interface SettingsRules {
  readonly predict: Predictor | undefined;
  readonly patience: Patience;
  /** Highest acceptable probability of abandonment above 3 %. */
  readonly chance: number;
  /** Regulatory checks to request from the tenant. */
  readonly checks: readonly RegulatoryCheck[];
  /** Clock of the changes; the context's by default. */
  readonly clock?: Clock | undefined;
  /** Awaited at every named point of a change: for tests that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** A run, and the change that it carries out. */
interface ChangeRunOptions {
  readonly context: Context;
  readonly rules: SettingsRules;
  readonly clock: Clock;
  readonly running: Running;
  /** Called with the state after each event. */
  readonly tell: (version: number, state: ChangeState) => void;
}

/** Runs a change from where its journal ends. */
export async function runChange(options: ChangeRunOptions): Promise<void> {
  const { running, context } = options;
  const ledger = context.store.dialer;
  const change = await ledger.byJob(running.jobId);
  if (change === undefined) throw new Error(`job ${running.jobId} is no change of dialer settings`);
  const stranger = strangerTo(MACHINE, change);
  if (stranger !== undefined) throw stranger;
  const { plan } = await loadChange(ledger, change);
  const run = new ChangeRun(options, change, plan);
  await runJournal<ChangeState, Command, Happening>(running, {
    load: () => loadChange(ledger, change),
    opening: (seq) => ({ type: seq === 0 ? "begun" : "resumed" }),
    perform: (command, state, leave) => run.perform(command, state, leave),
    record: (before, seq, happening) => run.record(before, seq, happening),
  });
}

class ChangeRun {
  readonly #options: ChangeRunOptions;
  readonly #change: DialerChange;
  readonly #plan: ChangePlan;
  /** When the counts were last read, or the watch over them began. */
  #measuredAt: Instant;

  constructor(options: ChangeRunOptions, change: DialerChange, plan: ChangePlan) {
    this.#options = options;
    this.#change = change;
    this.#plan = plan;
    this.#measuredAt = options.clock.now();
  }

  async perform(command: Command, state: ChangeState, leave: Leave): Promise<Happening> {
    const { clock } = this.#options;
    const plan = this.#plan;
    const signal = leave.halt;
    const { pause, predict, checks } = this.#options.rules;
    const { pacingSettings: pacing, metricsSource: metrics } = this.#options.context.tenant.capabilities;
    if ("afterMs" in command && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
    const point = `${state.purpose === "apply" && state.phase !== "examining" ? "apply" : "rollback"}.${state.phase}.${command.kind}`;
    await pause?.(`${point}.before`);
    if (command.kind === "alarm") throw new Error("an alarm is written with the event that raised it");
    const happening: Happening =
      command.kind === "intend"
        ? { type: "intended" }
        : await act(command, {
            subject: this.#change.subject || undefined,
            pacing,
            metrics,
            signal,
            leave,
            campaigns: plan.guard?.campaigns ?? [],
            windowMinutes: Math.max(1, Math.round((clock.now() - this.#measuredAt) / MINUTE_MS)),
            judge: async (settings) => {
              const { chance, overrides, ...gate } = plan.gate;
              const { answers: _, ...measured } = await measuredFor(this.#options.context, this.#change.subject);
              return judge({ ...gate, settings, measured }, { pacing, predict, chance, checks, overrides, signal });
            },
          });
    await pause?.(`${point}.after`);
    if (happening.type === "measured") this.#measuredAt = clock.now();
    if (happening.type !== "found" || happening.settings === null) return happening;
    // Fields that outdial does not write may change at any time; they say nothing about what was sent.
    const shownOnly = Object.keys(pacing.shownOnly ?? {});
    return { ...happening, settings: withFieldsOf(happening.settings, plan.snapshot.settings, shownOnly) };
  }

  /** Records an event with its consequences, and returns what is next. */
  async record(
    before: ChangeState,
    seq: number,
    happening: Happening,
  ): Promise<{ state: ChangeState; command: Command | undefined }> {
    const { context, clock, running, tell } = this.#options;
    const { replica, actor, random, store } = context;
    const { jobId } = running;
    const { version, kind, subject } = this.#change;
    const event = { ...happening, at: clock.now() };
    const { state, commands } = decide(this.#plan, before, event);
    const newEventId = () => newId("evt", event.at, random);
    const notices: Notices = noticesOf({
      version,
      jobId,
      kind,
      actor,
      before,
      state,
      event,
      commands,
      newId: newEventId,
    });
    await store.dialer.append({ jobId, executor: replica.id, seq, event, at: event.at, phase: state.phase, ...notices });
    // The database marks the settings as to be read again by its own clock; readers compare with the processes' clocks, so they are marked by
    // this process's clock, too.
    if (state.phase !== before.phase && (state.phase === "guarding" || state.phase === "ended"))
      await store.tenantReadings.expire(["dialer"], subject, context.clock.now());
    tell(version, state);
    if (state.phase === "guarding" && before.phase !== "guarding") this.#measuredAt = event.at;
    return { state, command: commands.find((next) => next.kind !== "alarm") };
  }
}
