// Operations on changes of dialer settings: prepare one, begin it, run it to its end or follow the replica that runs it, take it
// over from a dead process, decide about one that waits.

import { CHANGE_PHASE_WORDS, type Clock, type Instant, MINUTE_MS, newId, phaseWords } from "../../kernel/index.ts";
import { type AuditInput, DIALER_CHANGE, type DialerChange, type DialerLedger } from "../../store/index.ts";
import { type PacingSettings, requireSupported } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { cloudEvent } from "../events/index.ts";
import { runJournal, strangerTo } from "../run/journal.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { Leave } from "../run/leave.ts";
import { executorIsDead, leftWords } from "../run/left.ts";
import { actForChange, type Happening } from "./act.ts";
import type { SettingsFile } from "./file.ts";
import { type Judgement, judgeFile, type Predictor, type RegulatoryCheck } from "./gate.ts";
import type { GuardPlan } from "./guard.ts";
import { measuredFor } from "./in-force.ts";
import { loadChange, readChangePlan } from "./journal.ts";
import { CHANGE_MACHINE, changeTransition, underWay } from "./machine.ts";
import { type DialerSettings, diffSettings, type FieldChange, readSettings, settingsHash, withFieldsOf } from "./model.ts";
import { askedOver } from "./shown-only.ts";
import type { ChangeCommand, ChangeEvent, ChangePlan, ChangeState, Patience, SettingsVersion } from "./state.ts";
import { settingsInForce, subjectOf } from "./tenant-settings.ts";

// The run of a change by the engine: carries out what the machine commands, and records each event with its consequences.

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
  readonly commands: readonly ChangeCommand[];
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
function alarmEvent(input: NoticeInput, alarm: Extract<ChangeCommand, { kind: "alarm" }>) {
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
interface SettingsRules {
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
async function runChange(options: ChangeRunOptions): Promise<void> {
  const { running, context } = options;
  const ledger = context.store.dialer;
  const change = await ledger.byJob(running.jobId);
  if (change === undefined) throw new Error(`job ${running.jobId} is no change of dialer settings`);
  const stranger = strangerTo(CHANGE_MACHINE, change);
  if (stranger !== undefined) throw stranger;
  const { plan } = await loadChange(ledger, change);
  const run = new ChangeRun(options, change, plan);
  await runJournal<ChangeState, ChangeCommand, Happening>(running, {
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

  async perform(command: ChangeCommand, state: ChangeState, leave: Leave): Promise<Happening> {
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
        : await actForChange(command, {
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
              return judgeFile({ ...gate, settings, measured }, { pacing, predict, chance, checks, overrides, signal });
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
  ): Promise<{ state: ChangeState; command: ChangeCommand | undefined }> {
    const { context, clock, running, tell } = this.#options;
    const { replica, actor, random, store } = context;
    const { jobId } = running;
    const { version, kind, subject } = this.#change;
    const event = { ...happening, at: clock.now() };
    const { state, commands } = changeTransition(this.#plan, before, event);
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

interface RollbackTarget {
  readonly name: string;
  readonly settings: DialerSettings;
}

/** The settings of a version. Throws OperationError `job_state` when it was never in force. */
function ofVersion(change: DialerChange): RollbackTarget {
  const { version } = change;
  if (change.kind !== "observed" && change.outcome !== "applied") {
    const how = change.outcome ?? `still ${phaseWords(CHANGE_PHASE_WORDS, change.phase)}`;
    throw new OperationError("job_state", `version ${version} was never in force: it is ${how.replaceAll("_", " ")}`, {
      advice: "outdial dialer history shows which versions were in force.",
    });
  }
  const read = readSettings(change.settings);
  if ("settings" in read) return { name: `version ${version}`, settings: read.settings };
  throw new OperationError("invalid_input", `version ${version} cannot be read: ${read.problem}`);
}

/** The settings that the latest change replaced, provided that nobody changed anything since. */
async function beforeLatest(
  latest: DialerChange | undefined,
  ledger: DialerLedger,
  pacing: PacingSettings,
): Promise<RollbackTarget> {
  if (latest === undefined)
    throw new OperationError("job_not_found", "there is no change to roll back", {
      advice: "outdial dialer history shows the versions of this store; outdial dialer rollback <version> goes to one of them.",
    });
  const { snapshot, target } = (await loadChange(ledger, latest)).state;
  const shownOnly = pacing.shownOnly ?? {};
  const since = diffSettings(target, (await settingsInForce(pacing, latest.subject)).settings).flatMap(({ path }) =>
    path in shownOnly ? [] : [path],
  );
  if (since.length > 0)
    throw new OperationError("job_state", `somebody changed the settings since version ${latest.version}: ${since.join(", ")}`, {
      advice: "A rollback would overwrite that. Name the version to which to go back: outdial dialer rollback <version>.",
    });
  return { name: `before version ${latest.version}`, settings: snapshot.settings };
}

/** A change that can be begun. */
export interface PreparedChange {
  /** The campaign of the settings; empty where a tenant has settings once for all. */
  readonly subject: string;
  readonly kind: "apply" | "rollback";
  readonly sourceName: string;
  readonly snapshot: SettingsVersion;
  /** The settings to put in force; fields that the file leaves out are as they are now. */
  readonly wanted: DialerSettings;
  readonly diff: readonly FieldChange[];
  readonly judgement: Judgement;
  /** The earlier change with these settings that did not hold. */
  readonly rejection: DialerChange | undefined;
  readonly gate: ChangePlan["gate"];
}

/** A change and the state that its journal leads to. */
export interface ChangeReport {
  readonly change: DialerChange;
  readonly state: ChangeState;
}

/** How far a change is. */
export interface ChangeProgress {
  readonly version: number;
  readonly state: ChangeState | undefined;
  /** True while another process runs it. */
  readonly elsewhere: boolean;
}

type Progress = (progress: ChangeProgress) => void;

/** Runs changes of dialer settings through the engine. Errors: OperationError. */
export class SettingsChanges {
  readonly #context: Context;
  readonly #rules: SettingsRules;
  readonly #clock: Clock;
  /** Progress callbacks of the changes that run here. */
  readonly #told = new Map<string, Progress>();

  constructor(context: Context, rules: SettingsRules) {
    this.#context = context;
    this.#rules = rules;
    this.#clock = rules.clock ?? context.clock;
  }

  get #ledger(): DialerLedger {
    return this.#context.store.dialer;
  }

  get #pacing(): PacingSettings {
    return this.#context.tenant.capabilities.pacingSettings;
  }

  /** What the engine runs. */
  kind(): Kind {
    return {
      name: DIALER_CHANGE,
      scope: this.#context.scope,
      partition: () => "dialer settings",
      goOn: "outdial dialer resume goes on",
      body: (running) => this.#body(running),
    };
  }

  /**
   * Reads the settings in force, completes and compares, asks the gates. Changes nothing at the tenant; stores only the settings
   * that were found.
   * @throws TenantError; OperationError `invalid_input` when the settings in force could not be restored
   */
  async prepare(
    kind: PreparedChange["kind"],
    file: SettingsFile,
    options: {
      readonly overrides: readonly string[];
      readonly store: boolean;
      readonly campaign?: string | undefined;
      /** Used where the tenant has not measured one; takes the place of the file's. */
      readonly expectedAnswerRate?: number | undefined;
    },
  ): Promise<PreparedChange> {
    const pacing = this.#pacing;
    const { chance, checks, predict } = this.#rules;
    requireSupported("read dialer settings", pacing.capability);
    const subject = subjectOf(pacing, options.campaign);
    const snapshot = await this.readInForce(subject);
    const shownOnly = Object.keys(pacing.shownOnly ?? {});
    // In a rollback, only fields that can be written are restored.
    const asked = askedOver(kind === "rollback" ? { ...file, leftOut: shownOnly } : file, snapshot.settings, pacing);
    const wanted = asked.settings;
    if (options.store)
      await this.#ledger.observe({
        subject,
        settings: snapshot.settings,
        settingsHash: settingsHash(snapshot.settings),
        tag: snapshot.tag,
        actor: this.#context.actor,
      });
    const { overrides, expectedAnswerRate } = options;
    const expected = { ...file.expected, ...(expectedAnswerRate !== undefined && { answer_rate: expectedAnswerRate }) };
    const { store, tenant, clock } = this.#context;
    const { answers: _, ...measured } = await measuredFor({ store, tenant, clock }, subject);
    return {
      kind,
      subject,
      sourceName: file.name,
      snapshot,
      wanted,
      diff: diffSettings(snapshot.settings, wanted),
      judgement: await judgeFile(
        { ...file, settings: wanted, expected, measured },
        { pacing, predict, chance, checks, overrides, found: asked.findings, inForce: snapshot.settings },
      ),
      rejection: await this.#ledger.rejection(settingsHash(wanted), subject),
      gate: { carrier: file.carrier, expected, chance, overrides },
    };
  }

  /**
   * Prepares a rollback: to the settings of a version that was in force, or without one to those from before the latest change.
   * @throws OperationError `job_not_found`, `job_state` when the version was never in force, or somebody changed the settings
   * after the latest change
   */
  async prepareRollback(
    version: number | undefined,
    options: {
      readonly overrides: readonly string[];
      readonly store?: boolean | undefined;
      readonly campaign?: string | undefined;
      readonly expectedAnswerRate?: number | undefined;
    },
  ): Promise<PreparedChange> {
    const named = version === undefined ? undefined : await this.find(version);
    // A version names its campaign.
    const campaign = named === undefined ? options.campaign : named.subject || undefined;
    const subject = subjectOf(this.#pacing, campaign);
    const latest = await this.#ledger.latestApplied(subject);
    const gate = latest?.plan === undefined || latest.plan === null ? undefined : readChangePlan(latest.plan).gate;
    const { name, settings } = named === undefined ? await beforeLatest(latest, this.#ledger, this.#pacing) : ofVersion(named);
    // Without a file, all that is known about the carrier is that it carried these settings.
    const carrier = gate?.carrier ?? { max_trunks: settings.concurrency.max_simultaneous_calls };
    const file = { name, settings, carrier, expected: gate?.expected ?? {} };
    return this.prepare("rollback", file, { ...options, store: options.store ?? true, campaign });
  }

  /**
   * The settings in force with their tag. Throws OperationError `invalid_input` when they cannot be understood, and so could not
   * be restored.
   */
  readInForce(subject = ""): Promise<SettingsVersion> {
    return settingsInForce(this.#pacing, subject);
  }

  /** Records in the audit log that settings were refused before anything was sent. */
  async recordRefusal({ wanted, sourceName, judgement }: PreparedChange, actor = this.#context.actor): Promise<void> {
    await this.#context.store.audit.append([
      {
        actor,
        action: "dialer.refused",
        subject: "dialer/settings",
        details: { source: sourceName, settingsHash: settingsHash(wanted), refusals: judgement.refusals },
      },
    ]);
  }

  /**
   * Enters a change into the ledger, together with the snapshot. Nothing is sent yet.
   * @throws OperationError `job_state` when another change is open
   */
  async begin(prepared: PreparedChange, guard: GuardPlan | null, actor = this.#context.actor): Promise<DialerChange> {
    const ledger = this.#ledger;
    const { random } = this.#context;
    const clock = this.#clock;
    const { patience } = this.#rules;
    const { inPieces } = this.#context.tenant.capabilities.pacingSettings.capability;
    const { wanted, snapshot, kind, subject, sourceName, judgement, gate, diff } = prepared;
    const jobId = newId("job", clock.now(), random);
    const plan: ChangePlan = { wanted, snapshot, patience, guard, gate, ...(inPieces && { inPieces }) };
    const hash = settingsHash(wanted);
    const details = {
      kind,
      ...(subject === "" ? {} : { campaign: subject }),
      source: sourceName,
      settingsHash: hash,
      changes: diff.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null })),
      ...(judgement.overridden.length === 0 ? {} : { overridden: judgement.overridden }),
      ...(guard === null ? {} : { guard }),
    };
    const audit: AuditInput = { actor, action: "dialer.begin", subject: "dialer/settings", job: jobId, details };
    const version = await ledger.begin({
      jobId,
      subject,
      kind,
      sourceName,
      actor,
      settingsHash: hash,
      settings: wanted,
      plan,
      machine: CHANGE_MACHINE,
      phase: "sending",
      audit: [audit],
    });
    if (version === undefined) throw await this.#busy(await ledger.open());
    return this.find(version);
  }

  /** Throws OperationError `job_not_found`. */
  async find(version: number): Promise<DialerChange> {
    const change = await this.#ledger.byVersion(version);
    if (change !== undefined) return change;
    throw new OperationError("job_not_found", `there is no version ${version} of the dialer settings`, {
      advice: "outdial dialer history shows the versions of this store.",
    });
  }

  /** The change that has not ended, when there is one. */
  open(): Promise<DialerChange | undefined> {
    return this.#ledger.open();
  }

  /** Finishes a change that a dead or interrupted process left. Throws when it waits for a person, or another process runs it. */
  async finishOpen(onProgress?: (progress: ChangeProgress) => void): Promise<ChangeReport | undefined> {
    const open = await this.#ledger.open();
    if (open === undefined) return undefined;
    const running = open.status === "running" && open.executor !== null && open.executor !== this.#context.replica.id;
    if (open.phase === "paused" || (running && !(await this.#context.replica.isDead(open.executor ?? ""))))
      throw await this.#busy(open);
    const ended = await this.run(open.version, onProgress);
    if (ended.change.endedAt === null) throw await this.#busy(ended.change);
    return ended;
  }

  /** Records a person's decision on a change that waits for one; run the change afterwards. Throws OperationError `job_state`. */
  async decide(version: number, keep: boolean, actor = this.#context.actor): Promise<void> {
    const ledger = this.#ledger;
    const clock = this.#clock;
    const change = await this.find(version);
    const stranger = strangerTo(CHANGE_MACHINE, change);
    if (stranger !== undefined) throw stranger;
    const { plan, state, seq } = await loadChange(this.#ledger, change);
    if (state.phase !== "paused" || change.jobId === null)
      throw new OperationError(
        "job_state",
        `version ${version} does not wait for a decision: it is ${(change.outcome ?? phaseWords(CHANGE_PHASE_WORDS, state.phase)).replaceAll("_", " ")}`,
      );
    const event = { type: "decided", keep, by: actor, at: clock.now() } as const;
    const next = changeTransition(plan, state, event).state;
    await ledger.release({
      jobId: change.jobId,
      seq,
      event,
      at: event.at,
      phase: next.phase,
      audit: [{ actor, action: "dialer.decided", subject: "dialer/settings", job: change.jobId, details: { version, keep } }],
    });
  }

  /** A change with the state from its journal. */
  async report(version: number): Promise<ChangeReport> {
    const change = await this.find(version);
    return { change, state: (await loadChange(this.#ledger, change)).state };
  }

  /**
   * Runs a change to its end, or follows the process that does.
   * @returns the change as it ended or stopped: waiting for a person, without an answer of the tenant, interrupted
   */
  async run(version: number, onProgress?: Progress): Promise<ChangeReport> {
    const { runs } = this.#context;
    const { jobId, endedAt, phase } = await this.find(version);
    if (endedAt !== null || jobId === null || phase === "paused") return this.report(version);
    if (onProgress !== undefined) this.#told.set(jobId, onProgress);
    try {
      await runs.run(jobId, (here) => (here ? undefined : onProgress?.({ version, state: undefined, elsewhere: true })));
    } finally {
      this.#told.delete(jobId);
    }
    return this.report(version);
  }

  #body(running: Running): Promise<void> {
    const tell = (version: number, state: ChangeState) => this.#told.get(running.jobId)?.({ version, state, elsewhere: false });
    return runChange({ context: this.#context, rules: this.#rules, clock: this.#clock, running, tell });
  }

  async #busy(open: DialerChange | undefined): Promise<OperationError> {
    return busy(open, await executorIsDead(open, this.#context.replica));
  }
}

function busy(open: DialerChange | undefined, isLeft: boolean): OperationError {
  if (open === undefined)
    return new OperationError("job_state", "another change of the dialer settings has just begun; try again");
  const waits = open.phase === "paused";
  const working = isLeft ? leftWords(open.executor) : `${open.executor} is at work on it`;
  return new OperationError(
    "job_state",
    `version ${open.version} has not ended: ${waits ? "it waits for a person" : open.status === "running" ? working : `it stands still (${phaseWords(CHANGE_PHASE_WORDS, open.phase)})`}`,
    {
      advice: waits
        ? `outdial dialer resume ${open.version} --keep, or --roll-back.`
        : `outdial dialer resume ${open.version} continues it or watches it.`,
    },
  );
}
