// Changes of dialer settings from the outside: prepare one, begin it, run it to its end or watch the replica that does, take it over from the
// dead, decide about one that waits.

import { type Clock, messageOf, newId, OutdialError, type RandomStream } from "../../kernel/index.ts";
import { type AuditInput, DIALER_CHANGE, type DialerChange, type DialerLedger, type JobLedger } from "../../store/index.ts";
import { type MetricsSource, type PacingSettings, requireSupported } from "../../tenant/index.ts";
import type { Durable } from "../durable.ts";
import { OperationError } from "../error.ts";
import { executorIsDead, interruption, leftWords } from "../left.ts";
import { act, type Happening, reading } from "./act.ts";
import type { ChangeHost } from "./body.ts";
import type { SettingsFile } from "./file.ts";
import { type Judgement, judge, type Predictor } from "./gate.ts";
import type { GuardPlan } from "./guard.ts";
import { readPlan, replay } from "./journal.ts";
import { decide } from "./machine.ts";
import { complete, type DialerSettings, diffSettings, type FieldChange, readSettings, settingsHash } from "./model.ts";
import { type Notices, noticesOf } from "./notices.ts";
import type { ChangePlan, ChangeState, Command, Patience, SettingsVersion } from "./state.ts";

/** How often the change of another replica is looked at, ms. */
const WATCH_MS = 250;
const MINUTE_MS = 60_000;

export interface SettingsDependencies {
  readonly ledger: DialerLedger;
  readonly jobs: Pick<JobLedger, "claimJob">;
  readonly replicas: { isDead(id: string): Promise<boolean>; forget(id: string): Promise<void> };
  readonly pacing: PacingSettings;
  readonly metrics: MetricsSource;
  readonly predict: Predictor | undefined;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  readonly patience: Patience;
  /** Most probability of abandonment above 3 % that is accepted. */
  readonly chance: number;
  readonly record: (entry: AuditInput) => Promise<void>;
  /** Name of the receiver of alarms in the outbox; undefined when none is configured. */
  readonly alarms: string | undefined;
  /** This process is a service: what it interrupts, another one goes on with. */
  readonly leaves?: boolean | undefined;
  /** Awaited at every named point of a change: for harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** A change that could be begun. */
export interface PreparedChange {
  readonly kind: "apply" | "rollback";
  readonly sourceName: string;
  readonly snapshot: SettingsVersion;
  /** What is to be in force; what the file leaves out is as it is now. */
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

export interface ChangeProgress {
  readonly version: number;
  readonly state: ChangeState | undefined;
  /** True while another process runs it. */
  readonly elsewhere: boolean;
}

/** A change that runs in this process. */
interface Active {
  readonly change: DialerChange;
  readonly plan: ChangePlan;
  readonly lost: () => void;
  readonly onProgress: ((progress: ChangeProgress) => void) | undefined;
  state: ChangeState | undefined;
  command: Command | undefined;
  seq: number;
  measuredAt: number;
}

export class SettingsChanges implements ChangeHost {
  readonly #deps: SettingsDependencies;
  readonly #active = new Map<string, Active>();
  readonly #interrupt = new AbortController();
  #durable: Durable | undefined;

  constructor(deps: SettingsDependencies) {
    this.#deps = deps;
  }

  /** Gives the workflows their engine; once, before the first run. */
  attach(durable: Durable): void {
    this.#durable = durable;
  }

  /** Ends the run in this process between two steps; the change can be resumed. */
  interrupt(): void {
    this.#interrupt.abort(new OutdialError("interrupted", "interrupted"));
  }

  /**
   * Reads what is in force, completes and compares, asks the gates. Sends nothing that changes anything; stores only which settings were found.
   * @throws TenantError; OperationError `invalid_input` when what is in force could not be put back
   */
  async prepare(
    kind: PreparedChange["kind"],
    file: SettingsFile,
    options: { readonly overrides: readonly string[]; readonly store: boolean },
  ): Promise<PreparedChange> {
    const { pacing, ledger, actor, chance, predict } = this.#deps;
    requireSupported("read dialer settings", pacing.capability);
    const snapshot = await this.readInForce();
    const wanted = complete(file.settings, snapshot.settings);
    if (options.store)
      await ledger.observe({
        settings: snapshot.settings,
        settingsHash: settingsHash(snapshot.settings),
        tag: snapshot.tag,
        actor,
      });
    const { overrides } = options;
    return {
      kind,
      sourceName: file.name,
      snapshot,
      wanted,
      diff: diffSettings(snapshot.settings, wanted),
      judgement: await judge({ ...file, settings: wanted }, { pacing, predict, chance, overrides }),
      rejection: await ledger.rejection(settingsHash(wanted)),
      gate: { carrier: file.carrier, expected: file.expected, chance, overrides },
    };
  }

  /**
   * Prepares the way back: to the settings of a version that was in force, or without one to those from before the latest change.
   * @throws OperationError `job_not_found`, `job_state` when the version was never in force, or somebody changed what the latest change left
   */
  async prepareRollback(
    version: number | undefined,
    options: { readonly overrides: readonly string[] },
  ): Promise<PreparedChange> {
    const latest = await this.#deps.ledger.latestApplied();
    const gate = latest?.plan === undefined || latest.plan === null ? undefined : readPlan(latest.plan).gate;
    const { name, settings } = version === undefined ? await this.#before(latest) : await this.#versionInForce(version);
    // Without a file nothing is known of the carrier but that it carried these settings.
    const carrier = gate?.carrier ?? { max_trunks: settings.concurrency.max_simultaneous_calls };
    return this.prepare("rollback", { name, settings, carrier, expected: gate?.expected ?? {} }, { ...options, store: true });
  }

  async #versionInForce(version: number): Promise<{ name: string; settings: DialerSettings }> {
    const change = await this.find(version);
    if (change.kind !== "observed" && change.outcome !== "applied") {
      const how = change.outcome ?? `still ${change.phase}`;
      throw new OperationError("job_state", `version ${version} was never in force: it is ${how.replaceAll("_", " ")}`, {
        advice: "outdial dialer history shows which versions were.",
      });
    }
    const read = readSettings(change.settings);
    if ("settings" in read) return { name: `version ${version}`, settings: read.settings };
    throw new OperationError("invalid_input", `version ${version} cannot be read: ${read.problem}`);
  }

  /** The settings that the latest change replaced, provided that nobody changed anything since. */
  async #before(latest: DialerChange | undefined): Promise<{ name: string; settings: DialerSettings }> {
    if (latest === undefined)
      throw new OperationError("job_not_found", "there is no change to take back", {
        advice: "outdial dialer history shows the versions of this store; outdial dialer rollback <version> goes to one of them.",
      });
    const { snapshot, target } = (await this.#load(latest)).state;
    const since = diffSettings(target, (await this.readInForce()).settings).map(({ path }) => path);
    if (since.length > 0)
      throw new OperationError(
        "job_state",
        `somebody changed the settings since version ${latest.version}: ${since.join(", ")}`,
        {
          advice: "Taking the change back would overwrite that. Name the version to go to: outdial dialer rollback <version>.",
        },
      );
    return { name: `before version ${latest.version}`, settings: snapshot.settings };
  }

  /** The settings in force with their tag. Throws OperationError `invalid_input` when they cannot be understood, and so not be put back. */
  async readInForce(): Promise<SettingsVersion> {
    const { settings, tag, problem } = reading(await this.#deps.pacing.read());
    if (settings !== null) return { settings, tag };
    throw new OperationError("invalid_input", `the tenant's settings in force cannot be read: ${problem ?? "not as promised"}`, {
      advice: "They could not be put back after a failure, so nothing is changed. Correct them in the tenant's administration.",
    });
  }

  /** Says in the audit log that settings were refused before anything was sent. */
  async recordRefusal({ wanted, sourceName, judgement }: PreparedChange, actor = this.#deps.actor): Promise<void> {
    await this.#deps.record({
      actor,
      action: "dialer.refused",
      subject: "dialer/settings",
      details: { source: sourceName, settingsHash: settingsHash(wanted), refusals: judgement.refusals },
    });
  }

  /**
   * Enters a change into the ledger, snapshot and all. Nothing is sent yet.
   * @throws OperationError `job_state` when another change is open
   */
  async begin(prepared: PreparedChange, guard: GuardPlan | null, actor = this.#deps.actor): Promise<DialerChange> {
    const { ledger, clock, random, patience } = this.#deps;
    const { wanted, snapshot, kind, sourceName, judgement, gate, diff } = prepared;
    const jobId = newId("job", clock.now(), random);
    const plan: ChangePlan = { wanted, snapshot, patience, guard, gate };
    const hash = settingsHash(wanted);
    const details = {
      kind,
      source: sourceName,
      settingsHash: hash,
      changes: diff.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null })),
      ...(judgement.overridden.length === 0 ? {} : { overridden: judgement.overridden }),
      ...(guard === null ? {} : { guard }),
    };
    const audit: AuditInput = { actor, action: "dialer.begin", subject: "dialer/settings", job: jobId, details };
    const version = await ledger.begin({
      jobId,
      kind,
      sourceName,
      actor,
      settingsHash: hash,
      settings: wanted,
      plan,
      phase: "sending",
      audit: [audit],
    });
    if (version === undefined) throw await this.#busy(await ledger.open());
    return this.find(version);
  }

  /** Throws OperationError `job_not_found`. */
  async find(version: number): Promise<DialerChange> {
    const change = await this.#deps.ledger.byVersion(version);
    if (change !== undefined) return change;
    throw new OperationError("job_not_found", `there is no version ${version} of the dialer settings`, {
      advice: "outdial dialer history shows the versions of this store.",
    });
  }

  /** The change that has not ended, when there is one. */
  open(): Promise<DialerChange | undefined> {
    return this.#deps.ledger.open();
  }

  /** Finishes a change that a dead or interrupted process left. One that waits for a person, or that another process runs, is an error. */
  async finishOpen(onProgress?: (progress: ChangeProgress) => void): Promise<ChangeReport | undefined> {
    const open = await this.#deps.ledger.open();
    if (open === undefined) return undefined;
    const running = open.status === "running" && open.executor !== null && open.executor !== this.#deps.replicaId;
    if (open.phase === "paused" || (running && !(await this.#deps.replicas.isDead(open.executor ?? ""))))
      throw await this.#busy(open);
    const ended = await this.run(open.version, onProgress);
    if (ended.change.endedAt === null) throw await this.#busy(ended.change);
    return ended;
  }

  /** A person's word on a change that waits for one; run it afterwards. Throws OperationError `job_state`. */
  async decide(version: number, keep: boolean, actor = this.#deps.actor): Promise<void> {
    const { ledger, clock } = this.#deps;
    const change = await this.find(version);
    const { plan, state, seq } = await this.#load(change);
    if (state.phase !== "paused" || change.jobId === null)
      throw new OperationError(
        "job_state",
        `version ${version} does not wait for a decision: it is ${change.outcome ?? state.phase}`,
      );
    const event = { type: "decided", keep, by: actor, at: clock.now() } as const;
    const next = decide(plan, state, event).state;
    await ledger.release({
      jobId: change.jobId,
      seq,
      event,
      at: event.at,
      phase: next.phase,
      audit: [{ actor, action: "dialer.decided", subject: "dialer/settings", job: change.jobId, details: { version, keep } }],
    });
  }

  /** A change with the state of its journal. */
  async report(version: number): Promise<ChangeReport> {
    const change = await this.find(version);
    return { change, state: (await this.#load(change)).state };
  }

  /**
   * Runs a change to its end: in this process, or by watching the replica that runs it and taking over when that one dies.
   * @returns the change as it ended, or as it stands still: waiting for a person, without an answer of the tenant, interrupted
   */
  async run(version: number, onProgress?: (progress: ChangeProgress) => void): Promise<ChangeReport> {
    const { jobs, replicas, replicaId, clock } = this.#deps;
    for (;;) {
      const seen = await this.find(version);
      const { jobId, executor, status, run } = seen;
      if (seen.endedAt !== null || jobId === null || status === null || run === null) return this.report(version);
      if (seen.phase === "paused") return this.report(version);
      const free = status !== "running" || executor === null || executor === replicaId || (await replicas.isDead(executor));
      const claimed = free ? await jobs.claimJob({ id: jobId, run, executor, status }, replicaId) : undefined;
      if (claimed !== undefined) {
        if (executor !== null) await replicas.forget(executor);
        await this.#runHere(seen, jobId, claimed, onProgress);
        const after = await this.report(version);
        // Taken over: watch the one who took it.
        if (after.change.status !== "running") return after;
        continue;
      }
      if (this.#interrupt.signal.aborted) return this.report(version);
      onProgress?.({ version, state: undefined, elsewhere: true });
      await clock.sleep(WATCH_MS, this.#interrupt.signal).catch(() => undefined);
    }
  }

  async #runHere(
    change: DialerChange,
    jobId: string,
    run: number,
    onProgress: ((progress: ChangeProgress) => void) | undefined,
  ): Promise<void> {
    const durable = this.#durable;
    if (durable === undefined) throw new Error("attach a durable runtime before running changes");
    const { ledger, replicaId } = this.#deps;
    const plan = readPlan(change.plan);
    const lost = new Promise<void>((resolve) => {
      this.#active.set(jobId, {
        change,
        plan,
        lost: resolve,
        onProgress,
        state: undefined,
        command: undefined,
        seq: 0,
        measuredAt: 0,
      });
    });
    try {
      await Promise.race([durable.run(DIALER_CHANGE, jobId, run), lost]);
    } catch (thrown) {
      const code = thrown instanceof OutdialError ? thrown.code : "internal";
      await ledger.abandon(jobId, replicaId, { code, message: messageOf(thrown) }).catch(() => undefined);
      throw thrown;
    } finally {
      this.#active.delete(jobId);
    }
  }

  /** See ChangeHost. */
  async takeUp(jobId: string): Promise<void> {
    const active = this.#of(jobId);
    const { state, seq } = await this.#load(active.change);
    active.state = state;
    active.seq = seq;
    active.measuredAt = this.#deps.clock.now();
    await this.#happen(active, { type: seq === 0 ? "begun" : "resumed" });
  }

  /** See ChangeHost. */
  async advance(jobId: string): Promise<boolean> {
    const active = this.#of(jobId);
    const { command, state } = active;
    if (command === undefined || state === undefined) return false;
    try {
      await this.#perform(active, state, command);
      return active.command !== undefined;
    } catch (thrown) {
      if (!this.#interrupt.signal.aborted) throw thrown;
      const error = interruption("outdial dialer resume goes on", this.#deps.leaves === true);
      await this.#deps.ledger.abandon(jobId, this.#deps.replicaId, error);
      return false;
    }
  }

  /** See ChangeHost. */
  lost(jobId: string): void {
    this.#active.get(jobId)?.lost();
  }

  async #perform(active: Active, state: ChangeState, command: Command): Promise<void> {
    const { clock, pause, pacing, metrics, predict } = this.#deps;
    const { signal } = this.#interrupt;
    signal.throwIfAborted();
    if ("afterMs" in command && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
    const point = `${state.purpose === "apply" && state.phase !== "examining" ? "apply" : "rollback"}.${state.phase}.${command.kind}`;
    await pause?.(`${point}.before`);
    if (command.kind === "alarm") throw new Error("an alarm is written with the event that raised it");
    const happening: Happening =
      command.kind === "intend"
        ? { type: "intended" }
        : await act(command, {
            pacing,
            metrics,
            signal,
            campaigns: active.plan.guard?.campaigns ?? [],
            windowMinutes: Math.max(1, Math.round((clock.now() - active.measuredAt) / MINUTE_MS)),
            judge: (settings) => {
              const { chance, overrides, ...gate } = active.plan.gate;
              return judge({ ...gate, settings }, { pacing, predict, chance, overrides, signal });
            },
          });
    if (happening.type === "measured") active.measuredAt = clock.now();
    await pause?.(`${point}.after`);
    await this.#happen(active, happening);
  }

  /** Records what happened, with what follows from it, and learns what is next. */
  async #happen(active: Active, happening: Happening): Promise<void> {
    const { ledger, clock, replicaId, actor, alarms, random } = this.#deps;
    const { change, plan, state: before, seq } = active;
    if (before === undefined || change.jobId === null) throw new Error("the change was not opened");
    const event = { ...happening, at: clock.now() };
    const { state, commands } = decide(plan, before, event);
    const notices: Notices = noticesOf({
      version: change.version,
      jobId: change.jobId,
      kind: change.kind,
      actor,
      before,
      state,
      event,
      commands,
      alarms,
      newId: () => newId("evt", event.at, random),
    });
    await ledger.append({ jobId: change.jobId, executor: replicaId, seq, event, at: event.at, phase: state.phase, ...notices });
    if (state.phase === "guarding" && before.phase !== "guarding") active.measuredAt = event.at;
    active.seq = seq + 1;
    active.state = state;
    active.command = commands.find(({ kind }) => kind !== "alarm");
    active.onProgress?.({ version: change.version, state, elsewhere: false });
  }

  async #load(change: DialerChange): Promise<{ plan: ChangePlan; state: ChangeState; seq: number }> {
    if (change.jobId === null) throw new OperationError("job_state", `version ${change.version} was found, not made by a change`);
    const plan = readPlan(change.plan);
    const journal = await this.#deps.ledger.journal(change.jobId);
    return { plan, state: replay(plan, journal), seq: journal.length };
  }

  async #busy(open: DialerChange | undefined): Promise<OperationError> {
    return busy(open, await executorIsDead(open, this.#deps.replicas));
  }

  #of(jobId: string): Active {
    const active = this.#active.get(jobId);
    if (active === undefined) throw new Error(`change ${jobId} is not run by this process`);
    return active;
  }
}

function busy(open: DialerChange | undefined, isLeft: boolean): OperationError {
  if (open === undefined)
    return new OperationError("job_state", "another change of the dialer settings has just begun; try again");
  const waits = open.phase === "paused";
  const working = isLeft ? leftWords(open.executor) : `${open.executor} is at work on it`;
  return new OperationError(
    "job_state",
    `version ${open.version} has not ended: ${waits ? "it waits for a person" : open.status === "running" ? working : `it stands still while ${open.phase}`}`,
    {
      advice: waits
        ? `outdial dialer resume ${open.version} --keep, or --roll-back.`
        : `outdial dialer resume ${open.version} goes on with it or watches it.`,
    },
  );
}
