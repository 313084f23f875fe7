// Campaign plans from the outside: make one, see whether the tenant has moved since, begin it, run it to its end or watch the replica that does,
// take it over from the dead.

import { messageOf, newId, OutdialError, type RandomStream } from "../../../kernel/index.ts";
import { CAMPAIGN_APPLY, type CampaignApply, type CampaignLedger, type JobLedger } from "../../../store/index.ts";
import type { CampaignRunner } from "../../../tenant/index.ts";
import type { Durable, JobBody } from "../../durable.ts";
import { OperationError } from "../../error.ts";
import { executorIsDead, interruption, leftWords } from "../../left.ts";
import { standStillWhenTakenOver } from "../../taken-over.ts";
import type { ParsedFiles, Violation } from "../file/parse.ts";
import { type Moved, movedSince } from "../plan/moved.ts";
import { planCampaigns } from "../plan/plan.ts";
import { filesOf, readPlan } from "../plan/plan-file.ts";
import { type PlanDependencies, type PlanOptions, readPlanFacts } from "../plan/read-tenant.ts";
import type { CampaignPlan } from "../plan/types.ts";
import { type ActDeps, type ActivationGate, act, type Happening } from "./act.ts";
import { replay } from "./journal.ts";
import { type Course, decide, stepsOf } from "./machine.ts";
import { noticesOf } from "./notices.ts";
import type { ApplyCommand, ApplyPatience, ApplyState } from "./state.ts";

/** How often the apply of another replica is looked at, ms. */
const WATCH_MS = 250;

export interface ApplyDependencies extends PlanDependencies {
  readonly ledger: CampaignLedger;
  readonly jobs: Pick<JobLedger, "claimJob">;
  readonly replicas: { isDead(id: string): Promise<boolean>; forget(id: string): Promise<void> };
  readonly runner: CampaignRunner;
  readonly gate: ActivationGate;
  /** Why a campaign must not be activated: an emergency stop of a moment or later holds it. Null when none does. */
  readonly held: (campaignId: string, since: number) => Promise<string | null>;
  readonly inTurn: ActDeps["inTurn"];
  readonly random: RandomStream;
  readonly actor: string;
  readonly replicaId: string;
  readonly patience: ApplyPatience;
  /** Name of the receiver of alarms in the outbox; undefined when none is configured. */
  readonly alarms: string | undefined;
  /** This process is a service: what it interrupts, another one goes on with. */
  readonly leaves?: boolean | undefined;
  /** Awaited at every named point of an apply: for harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** An apply and the state that its journal leads to. */
export interface ApplyReport {
  readonly apply: CampaignApply;
  readonly state: ApplyState;
}

export interface ApplyProgress {
  readonly jobId: string;
  /** The campaign at work, in words; undefined while another process runs it. */
  readonly campaign: string | undefined;
  readonly phase: ApplyState["phase"] | undefined;
}

/** An apply that runs in this process. */
interface Active {
  readonly apply: CampaignApply;
  readonly course: Course;
  readonly lost: () => void;
  readonly onProgress: ((progress: ApplyProgress) => void) | undefined;
  state: ApplyState | undefined;
  command: ApplyCommand | undefined;
  seq: number;
}

export class CampaignPlans {
  readonly #deps: ApplyDependencies;
  readonly #active = new Map<string, Active>();
  readonly #interrupt = new AbortController();
  #durable: Durable | undefined;

  constructor(deps: ApplyDependencies) {
    this.#deps = deps;
  }

  /** Gives the workflows their engine; once, before the first run. */
  attach(durable: Durable): void {
    this.#durable = durable;
  }

  /** Ends the run in this process between two steps; the apply can be resumed. */
  interrupt(): void {
    this.#interrupt.abort(new OutdialError("interrupted", "interrupted"));
  }

  /** Files against the tenant as it is now. Changes nothing. Throws TenantError. */
  async plan(files: ParsedFiles, options: PlanOptions): Promise<CampaignPlan> {
    return planCampaigns(files, await readPlanFacts(files, this.#deps, options));
  }

  /** Plans the campaigns of an earlier plan anew, and says what has moved since. */
  async again(
    shown: CampaignPlan,
    options: Omit<PlanOptions, "activate">,
  ): Promise<{ readonly plan: CampaignPlan; readonly moved: readonly Moved[] }> {
    const made = await this.plan(filesOf(shown), { ...options, activate: shown.activate });
    // A plan has no text of its files: what was wrong with that text stays wrong, and the places of the first reading are the better ones.
    const known = ({ campaign, rule, field }: Violation) =>
      shown.violations.some((one) => one.campaign === campaign && one.rule === rule && one.field === field);
    const violations = [...shown.violations, ...made.violations.filter((one) => !known(one))];
    const plan = { ...made, violations };
    return { plan, moved: movedSince(shown, plan) };
  }

  /**
   * Enters an apply into the ledger, plan and all. Nothing is sent yet.
   * @throws OperationError `invalid_input` for a plan with violations, `job_state` when another apply is open
   */
  async begin(plan: CampaignPlan, sourceName: string): Promise<CampaignApply> {
    const { ledger, clock, random, actor } = this.#deps;
    if (plan.violations.length > 0)
      throw new OperationError("invalid_input", `plan ${plan.hash} breaks ${plan.violations.length} rules and cannot be applied`);
    const jobId = newId("job", clock.now(), random);
    const changes = stepsOf(plan).map(({ name, id, action, changes }) => ({ name, id, action, changes }));
    const details = { source: sourceName, plan: plan.hash, activate: plan.activate, pack: plan.pack, changes };
    const audit = [{ actor, action: "campaign.apply", subject: "campaigns", job: jobId, details }];
    await ledger.keepPlan(plan.hash, plan);
    const begun = await ledger.begin({ jobId, planHash: plan.hash, sourceName, actor, plan, phase: "looking", audit });
    if (!begun) {
      const open = await ledger.open();
      throw busy(open, await executorIsDead(open, this.#deps.replicas));
    }
    return this.find(jobId);
  }

  /** Throws OperationError `job_not_found`. */
  async find(jobId: string): Promise<CampaignApply> {
    const apply = await this.#deps.ledger.byJob(jobId);
    if (apply !== undefined) return apply;
    throw new OperationError("job_not_found", `there is no apply ${jobId}`);
  }

  /** The apply that has not ended, when there is one. */
  open(): Promise<CampaignApply | undefined> {
    return this.#deps.ledger.open();
  }

  /** An apply with the state of its journal. */
  async report(jobId: string): Promise<ApplyReport> {
    const apply = await this.find(jobId);
    return { apply, state: (await this.#load(apply)).state };
  }

  /**
   * Runs an apply to its end: in this process, or by watching the replica that runs it and taking over when that one dies.
   * @returns the apply as it ended, or as it stands still: without an answer of the tenant, or interrupted
   */
  async run(jobId: string, onProgress?: (progress: ApplyProgress) => void): Promise<ApplyReport> {
    const { jobs, replicas, replicaId, clock } = this.#deps;
    for (;;) {
      const seen = await this.find(jobId);
      const { executor, status, run } = seen;
      if (seen.endedAt !== null) return this.report(jobId);
      const free = status !== "running" || executor === null || executor === replicaId || (await replicas.isDead(executor));
      const claimed = free ? await jobs.claimJob({ id: jobId, run, executor, status }, replicaId) : undefined;
      if (claimed !== undefined) {
        if (executor !== null) await replicas.forget(executor);
        await this.#runHere(seen, claimed, onProgress);
        const after = await this.report(jobId);
        // Taken over: watch the one who took it.
        if (after.apply.status !== "running") return after;
        continue;
      }
      if (this.#interrupt.signal.aborted) return this.report(jobId);
      onProgress?.({ jobId, campaign: undefined, phase: undefined });
      await clock.sleep(WATCH_MS, this.#interrupt.signal).catch(() => undefined);
    }
  }

  /** The body of the workflow: the journal is the truth, and another run of the same apply goes on where it ends. */
  body(): JobBody {
    return async (jobId, step) => {
      const guarded = <T>(name: string, work: () => Promise<T>) =>
        step(name, () => standStillWhenTakenOver(work(), () => this.#active.get(jobId)?.lost()));
      await guarded("take-up", async () => {
        await this.#takeUp(jobId);
        return null;
      });
      for (let turn = 0; await guarded(`step-${turn}`, () => this.#advance(jobId)); turn++);
    };
  }

  async #runHere(apply: CampaignApply, run: number, onProgress: Active["onProgress"]): Promise<void> {
    const durable = this.#durable;
    if (durable === undefined) throw new Error("attach a durable runtime before running applies");
    const { ledger, replicaId } = this.#deps;
    const { jobId } = apply;
    const course = this.#courseOf(apply);
    const lost = new Promise<void>((resolve) => {
      this.#active.set(jobId, { apply, course, lost: resolve, onProgress, state: undefined, command: undefined, seq: 0 });
    });
    try {
      await Promise.race([durable.run(CAMPAIGN_APPLY, jobId, run), lost]);
    } catch (thrown) {
      const code = thrown instanceof OutdialError ? thrown.code : "internal";
      await ledger.abandon(jobId, replicaId, { code, message: messageOf(thrown) }).catch(() => undefined);
      throw thrown;
    } finally {
      this.#active.delete(jobId);
    }
  }

  async #takeUp(jobId: string): Promise<void> {
    const active = this.#of(jobId);
    const { state, seq } = await this.#load(active.apply);
    active.state = state;
    active.seq = seq;
    await this.#happen(active, { type: seq === 0 ? "begun" : "resumed" });
  }

  /** Does the next thing and records it. False when there is nothing more to do. */
  async #advance(jobId: string): Promise<boolean> {
    const active = this.#of(jobId);
    const { command, state } = active;
    if (command === undefined || state === undefined) return false;
    try {
      await this.#perform(active, state, command);
      return active.command !== undefined;
    } catch (thrown) {
      if (!this.#interrupt.signal.aborted) throw thrown;
      const error = interruption("outdial campaign resume-apply goes on", this.#deps.leaves === true);
      await this.#deps.ledger.abandon(jobId, this.#deps.replicaId, error);
      return false;
    }
  }

  async #perform(active: Active, state: ApplyState, command: ApplyCommand): Promise<void> {
    const { clock, pause, provisioning, runner, webhooks, gate, held, inTurn } = this.#deps;
    const { signal } = this.#interrupt;
    signal.throwIfAborted();
    if ("afterMs" in command && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
    const { plan } = active.course;
    const entry = stepsOf(plan)[state.at];
    if (entry === undefined) throw new Error("the plan has no entry at which the apply stands");
    const point = `${state.at}.${state.phase}.${command.kind}`;
    await pause?.(`${point}.before`);
    const happening: Happening =
      command.kind === "intend"
        ? { type: "intended" }
        : await act(command, entry, state, {
            provisioning,
            runner,
            webhooks,
            gate,
            held: (id) => held(id, active.apply.createdAt),
            inTurn,
            signal,
            key: (what) => `plan-${plan.hash.slice(0, 40)}-${plan.entries.indexOf(entry)}-${what}`,
          });
    await pause?.(`${point}.after`);
    await this.#happen(active, happening);
  }

  /** Records what happened, with what follows from it, and learns what is next. */
  async #happen(active: Active, happening: Happening): Promise<void> {
    const { ledger, clock, replicaId, actor, alarms, random } = this.#deps;
    const { apply, course, state: before, seq } = active;
    if (before === undefined) throw new Error("the apply was not taken up");
    const { jobId } = apply;
    const event = { ...happening, at: clock.now() };
    const { state, command } = decide(course, before, event);
    const id = () => newId("evt", event.at, random);
    const notices = noticesOf({ jobId, actor, plan: course.plan, before, state, event, alarms, newId: id });
    await ledger.append({ jobId, executor: replicaId, seq, event, at: event.at, phase: state.phase, ...notices });
    active.seq = seq + 1;
    active.state = state;
    active.command = command;
    active.onProgress?.({ jobId, campaign: stepsOf(course.plan)[state.at]?.name, phase: state.phase });
  }

  #courseOf(apply: CampaignApply): Course {
    return { plan: readPlan(apply.plan, `the plan of ${apply.jobId}`), patience: this.#deps.patience };
  }

  async #load(apply: CampaignApply): Promise<{ state: ApplyState; seq: number }> {
    const journal = await this.#deps.ledger.journal(apply.jobId);
    return { state: replay(this.#courseOf(apply), journal), seq: journal.length };
  }

  #of(jobId: string): Active {
    const active = this.#active.get(jobId);
    if (active === undefined) throw new Error(`apply ${jobId} is not run by this process`);
    return active;
  }
}

function busy(open: CampaignApply | undefined, isLeft: boolean): OperationError {
  if (open === undefined) return new OperationError("job_state", "another apply of campaigns has just begun; try again");
  const working = isLeft ? leftWords(open.executor) : `${open.executor} is at work on it`;
  const how = open.status === "running" ? working : `it stands still while ${open.phase}`;
  return new OperationError("job_state", `an apply of campaigns has not ended (plan ${open.planHash.slice(0, 12)}): ${how}`, {
    advice: "outdial campaign resume-apply goes on with it or watches it.",
  });
}
