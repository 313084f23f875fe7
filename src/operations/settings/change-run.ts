// The run of a change by the engine: carries out what the machine commands, and records each event with its consequences.

import { type Clock, type Instant, MINUTE_MS, newId } from "../../kernel/index.ts";
import type { DialerChange } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { runJournal, strangerTo } from "../run/journal.ts";
import type { Running } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import { act, type Happening } from "./act.ts";
import { judge, type Predictor, type RegulatoryCheck } from "./gate.ts";
import { measuredFor } from "./in-force.ts";
import { loadChange } from "./journal.ts";
import { decide, MACHINE } from "./machine.ts";
import { withFieldsOf } from "./model.ts";
import { type Notices, noticesOf } from "./notices.ts";
import type { ChangePlan, ChangeState, Command, Patience } from "./state.ts";

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
