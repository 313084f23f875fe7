// Operations on campaign plans: make a plan, check whether the tenant has changed since, begin an apply, run it to its end or watch the replica that
// runs it, take it over from a dead process.

import { newId, type RandomStream } from "../../../kernel/index.ts";
import { CAMPAIGN_APPLY, type CampaignApply, type CampaignLedger } from "../../../store/index.ts";
import type { CampaignRunner } from "../../../tenant/index.ts";
import { OperationError } from "../../error.ts";
import { runJournal } from "../../run/journal.ts";
import { executorIsDead, leftWords } from "../../run/left.ts";
import type { Kind, Running, Runs } from "../../run/runs.ts";
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

export interface ApplyDependencies extends PlanDependencies {
  readonly ledger: CampaignLedger;
  readonly runs: Runs;
  /** See `Kind`. */
  readonly scope: string;
  readonly replicas: { isDead(id: string): Promise<boolean> };
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

type Progress = (progress: ApplyProgress) => void;

export class CampaignPlans {
  readonly #deps: ApplyDependencies;
  /** Who wants to know of an apply that runs here. */
  readonly #told = new Map<string, Progress>();

  constructor(deps: ApplyDependencies) {
    this.#deps = deps;
  }

  /** What the engine runs. */
  kind(): Kind {
    return {
      name: CAMPAIGN_APPLY,
      scope: this.#deps.scope,
      partition: () => "campaigns",
      goOn: "outdial campaign resume-apply goes on",
      body: (running) => this.#body(running),
    };
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
   * Runs an apply to its end, or follows the process that does.
   * @returns the apply as it ended, or as it stands still: without an answer of the tenant, or interrupted
   */
  async run(jobId: string, onProgress?: Progress): Promise<ApplyReport> {
    if ((await this.find(jobId)).endedAt !== null) return this.report(jobId);
    if (onProgress !== undefined) this.#told.set(jobId, onProgress);
    try {
      const elsewhere = { jobId, campaign: undefined, phase: undefined };
      await this.#deps.runs.run(jobId, (here) => (here ? undefined : onProgress?.(elsewhere)));
    } finally {
      this.#told.delete(jobId);
    }
    return this.report(jobId);
  }

  async #body(running: Running): Promise<void> {
    const apply = await this.find(running.jobId);
    const course = this.#courseOf(apply);
    await runJournal<ApplyState, ApplyCommand, Happening>(running, {
      load: () => this.#load(apply),
      opening: (seq) => ({ type: seq === 0 ? "begun" : "resumed" }),
      perform: (command, state, signal) => this.#perform(apply, course, state, command, signal),
      record: (before, seq, happening) => this.#record(apply.jobId, course, before, seq, happening),
    });
  }

  async #perform(
    { createdAt }: CampaignApply,
    { plan }: Course,
    state: ApplyState,
    command: ApplyCommand,
    signal: AbortSignal,
  ): Promise<Happening> {
    const { clock, pause, provisioning, runner, webhooks, gate, held, inTurn } = this.#deps;
    if ("afterMs" in command && command.afterMs > 0) await clock.sleep(command.afterMs, signal);
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
            held: (id) => held(id, createdAt),
            inTurn,
            signal,
            key: (what) => `plan-${plan.hash.slice(0, 40)}-${plan.entries.indexOf(entry)}-${what}`,
          });
    await pause?.(`${point}.after`);
    return happening;
  }

  /** Writes what happened, with what follows from it, and gives what is next. */
  async #record(jobId: string, course: Course, before: ApplyState, seq: number, happening: Happening) {
    const { ledger, clock, replicaId, actor, alarms, random } = this.#deps;
    const { plan } = course;
    const event = { ...happening, at: clock.now() };
    const { state, command } = decide(course, before, event);
    const id = () => newId("evt", event.at, random);
    const notices = noticesOf({ jobId, actor, plan, before, state, event, alarms, newId: id });
    await ledger.append({ jobId, executor: replicaId, seq, event, at: event.at, phase: state.phase, ...notices });
    this.#told.get(jobId)?.({ jobId, campaign: stepsOf(plan)[state.at]?.name, phase: state.phase });
    return { state, command };
  }

  #courseOf(apply: CampaignApply): Course {
    return { plan: readPlan(apply.plan, `the plan of ${apply.jobId}`), patience: this.#deps.patience };
  }

  async #load(apply: CampaignApply): Promise<{ state: ApplyState; seq: number }> {
    const journal = await this.#deps.ledger.journal(apply.jobId);
    return { state: replay(this.#courseOf(apply), journal), seq: journal.length };
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
