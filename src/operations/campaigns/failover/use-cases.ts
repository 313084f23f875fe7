// Use cases of failover pairs for command line, API, dashboard and library: state, policy, orders, rehearsals, the watch itself.

import { z } from "zod";
import type { RulePack } from "../../../compliance/index.ts";
import { areasText, type Clock, DAY_MS, issueText } from "../../../kernel/index.ts";
import { type AuditInput, type FailoverPair, StoreError } from "../../../store/index.ts";
import { TenantError } from "../../../tenant/port.ts";
import { registriesOf } from "../../compliance/coverage.ts";
import { phoneText } from "../../compliance/values.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import type { Kind } from "../../run/kind.ts";
import { dncBeforeStart } from "../../tenant-dnc/index.ts";
import { happeningOf, pairViewOf } from "../../views/failover-views.ts";
import type { Planned } from "../../views/plan.ts";
import type { DrillReport, FailoverHappeningView, FailoverPairView, FailoverPrepared } from "../../views/schemas/failover.ts";
import { timeText } from "../../views/texts.ts";
import { CampaignMetrics } from "../metrics/index.ts";
import { type CampaignGate, type ResumeVerdict, resumeVerdict } from "../state/index.ts";
import { notedStarts } from "../state/left-changes.ts";
import { type ActDeps, type ActFor, look, pass } from "./act.ts";
import { handContacts, handedOf, overlapProblem, unreadableWords } from "./called.ts";
import { NEW_PAIR, nextCommand, pairTransition } from "./machine.ts";
import { isSettled, noSuchPair, type PairReport, readPair } from "./pair.ts";
import { type FailoverPolicy, type FailoverPolicyDraft, failoverPolicySchema } from "./policy.ts";
import { type Alarm, type FailoverEvent, type FailoverState, type Order, otherSide, type Side, type Statuses } from "./state.ts";
import { PairWatch, type WatchOptions } from "./watch.ts";
import { orderRefusal, removalOf } from "./words.ts";

const HOLDS_PAGE = 5000;

/** A contact that a campaign must not call yet. `number` in E.164, `until` in ISO 8601. */
interface Held {
  readonly number: string;
  readonly until: string;
}

/** `replica`: which processes of the store are dead. */
type RecordsContext = Pick<Context, "store" | "clock"> & { readonly replica: Pick<Context["replica"], "isDead"> };

/** What is stored about pairs; needs a store, but no tenant. */
export class FailoverRecords {
  readonly #context: RecordsContext;

  constructor(context: RecordsContext) {
    this.#context = context;
  }

  async list(): Promise<readonly FailoverPairView[]> {
    const pairs = await this.#context.store.failovers.list();
    // A few processes run all of them.
    const lives = new Map<string, Promise<boolean>>();
    for (const { executor } of pairs) if (executor !== null && !lives.has(executor)) lives.set(executor, this.#lives(executor));
    return Promise.all(pairs.map(async (pair) => this.#view(pair, await lives.get(pair.executor ?? ""))));
  }

  /** The pair of a campaign, whether it is the primary or the backup. Throws OperationError `job_not_found`. */
  async show(id: string): Promise<FailoverPairView> {
    const pair = await this.of(id);
    return this.#view(pair, pair.executor !== null && (await this.#lives(pair.executor)));
  }

  /**
   * Policies of applied campaign files that are not watched yet, for pairs that no person has changed since. `by` applied the
   * file.
   */
  async filed(): Promise<readonly FiledPolicy[]> {
    const { campaigns, failovers } = this.#context.store;
    const saidAt = await failovers.saidAt();
    return [...(await campaigns.policies())].flatMap(([primary, { policy, updatedAt, actor }]) => {
      const own = policyOfFile.safeParse(policy).data?.failover;
      if (own === undefined || updatedAt <= (saidAt.get(primary) ?? 0)) return [];
      return [{ primary, backup: own.backup, policy: own, summary: summaryOf(primary, own), by: actor }];
    });
  }

  /**
   * The history of a campaign's pair, newest first; of a removed one as well. @param before only entries with a smaller number.
   * Throws OperationError `job_not_found`
   */
  async history(id: string, limit: number, before?: number): Promise<readonly FailoverHappeningView[]> {
    const { failovers } = this.#context.store;
    const primary = (await failovers.primaryOf(id)) ?? noSuchPair(id);
    return (await failovers.history(primary, limit, before)).map(happeningOf);
  }

  /** Contacts that a campaign must not call yet, because the other one of its pair has called them. */
  async *holds(id: string): AsyncGenerator<Held> {
    const { store, clock } = this.#context;
    const at = clock.now();
    for (let after = 0; ; ) {
      const page = await store.holds.list(id, at, after, HOLDS_PAGE);
      for (const { number, until } of page) yield { number: phoneText(number), until: timeText(until) };
      const last = page.at(-1);
      if (last === undefined || page.length < HOLDS_PAGE) return;
      after = last.number;
    }
  }

  protected async of(id: string): Promise<FailoverPair> {
    const pairs = await this.#context.store.failovers.list();
    const pair = pairs.find(({ primary }) => primary === id) ?? pairs.find(({ backup }) => backup === id);
    return pair ?? noSuchPair(id);
  }

  async #lives(executor: string): Promise<boolean> {
    return !(await this.#context.replica.isDead(executor));
  }

  async #view(stored: FailoverPair, runs = false): Promise<FailoverPairView> {
    const { store, clock } = this.#context;
    const now = clock.now();
    const held = await store.holds.count(stored.backup, now);
    return pairViewOf(readPair(stored), { lookedAt: stored.lookedAt, held, runs, now });
  }
}

/** A policy of a campaign file that is not watched yet. */
interface FiledPolicy {
  readonly primary: string;
  readonly backup: string;
  readonly policy: FailoverPolicy;
  /** What watching it means, a sentence. */
  readonly summary: string;
  readonly by: string;
}

const summaryOf = (primary: string, { backup, threshold }: FailoverPolicy): string =>
  `Watch ${primary}; let ${backup} dial when its success rate is surely below ${threshold}`;

/** A policy to set. */
export interface FailoverPlan {
  readonly primary: string;
  readonly policy: FailoverPolicy;
  /** The present policy; null for a new pair. */
  readonly before: FailoverPolicy | null;
}

/** Watches pairs, hands over and back, rehearses, and reports on pairs. Errors: OperationError, TenantError, StoreError. */
export class FailoverUseCases extends FailoverRecords {
  readonly #context: Context;
  readonly #deps: ActDeps;
  readonly #watch: PairWatch;

  constructor(context: Context, rules: FailoverRules) {
    super(context);
    this.#context = context;
    this.#deps = failoverDeps(context, rules);
    this.#watch = new PairWatch(context, this.#deps, rules.pause);
  }

  /**
   * Whether a campaign may take over now, by its gate and the tenant's own do-not-call groups: asked before the other one is
   * paused. Nothing is kept or copied. Throws TenantError, StoreError: no answer is no permission.
   */
  async mayTakeOver(campaignId: string, signal?: AbortSignal): Promise<ResumeVerdict> {
    const call = { lane: "pacing", signal } as const;
    return resumeVerdict({ doNotCall: this.#deps.doNotCall }, await this.#deps.gate(campaignId, { keep: false, call }), { call });
  }

  /**
   * The pair of a campaign, whether it is the primary or the backup, or the policy of an applied campaign file that is not watched
   * yet. Throws OperationError `job_not_found`.
   */
  async find(id: string): Promise<PairReport> {
    const filed = (await this.filed()).find((one) => one.primary === id);
    if (filed === undefined) return readPair(await this.of(id));
    const { primary, policy } = filed;
    const stored = await this.#context.store.failovers.find(primary);
    if (stored !== undefined) return { ...readPair(stored), policy };
    return { primary, backup: policy.backup, policy, state: NEW_PAIR, executor: null, order: null };
  }

  /**
   * The preview of a policy. @param given fields left out get their defaults. Throws OperationError `invalid_input` with every
   * wrong field.
   */
  async planPut(primary: string, given: FailoverPolicyDraft | Readonly<Record<string, unknown>>): Promise<Planned<FailoverPlan>> {
    const parsed = failoverPolicySchema.safeParse(given);
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `policy.${issue.path.join(".")}: ${issueText(issue)}`);
      throw new OperationError("invalid_input", problems.join("; "));
    }
    const policy = parsed.data;
    const before = (await this.#policy(primary)) ?? null;
    const unknown = before?.backup === policy.backup ? [] : await this.#unknown([primary, policy.backup]);
    return {
      operation: "failover.put",
      summary: summaryOf(primary, policy),
      relies: { primary, policy, before },
      refusals: [
        ...(policy.backup === primary ? [`campaign ${primary} cannot be its own backup`] : []),
        ...unknown.map((id) => `the tenant knows no campaign ${id}`),
      ],
      plan: { primary, policy, before },
    };
  }

  /** Which of these the tenant says that it does not know; of no answer nothing follows. */
  async #unknown(ids: readonly string[]): Promise<string[]> {
    const { campaignRunner: runner } = this.#context.tenant.capabilities;
    const isUnknown = async (id: string) => {
      try {
        await runner.status(id, { lane: "pacing" });
        return false;
      } catch (thrown) {
        if (!(thrown instanceof TenantError)) throw thrown;
        return thrown.code === "not_found";
      }
    };
    const found = await Promise.all(ids.map(isUnknown));
    return ids.filter((_, i) => found[i]);
  }

  /**
   * Creates a pair or changes its policy. Throws OperationError `invalid_input` when a campaign would be its own backup,
   * StoreError `invalid_state` during a hand-over or when a campaign has a role in another pair.
   */
  async put(primary: string, policy: FailoverPolicy, by = this.#context.actor): Promise<void> {
    const { backup } = policy;
    if (backup === primary)
      throw new OperationError("invalid_input", `campaign ${primary} cannot be its own backup`, {
        advice: "Name another campaign with --backup.",
      });
    const { failovers } = this.#context.store;
    if (JSON.stringify(await this.#policy(primary)) === JSON.stringify(policy)) return;
    await failovers.put({ primary, backup, policy, actor: by, audit: [entry(by, "failover.policy", primary, { ...policy })] });
  }

  /**
   * Begins to watch the pairs of applied campaign files. @param asked one primary; default all
   * @returns in words, why a pair could not be watched now
   */
  async takeFiles(asked?: string): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const { primary, policy, by } of await this.filed()) {
      if (asked !== undefined && primary !== asked) continue;
      try {
        await this.put(primary, policy, by);
      } catch (thrown) {
        if (!(thrown instanceof StoreError || thrown instanceof OperationError)) throw thrown;
        problems.push(`the failover policy of the campaign file of ${primary} is not in force: ${thrown.message}`);
      }
    }
    return problems;
  }

  /**
   * How the campaigns of a pair would be left without its watch. Throws OperationError `job_not_found`, `job_state` while one is
   * being activated.
   */
  async removal(primary: string): Promise<string> {
    const end = removalOf((await this.#watch.find(primary)).state);
    if ("refusal" in end) throw new OperationError("job_state", `the pair of ${primary} cannot be removed now: ${end.refusal}`);
    return end.left;
  }

  /**
   * Ends the watch over a pair; a hand-over that has activated nothing yet is given up. @returns how the campaigns are left.
   * Throws like `removal`
   */
  async remove(primary: string, by = this.#context.actor): Promise<string> {
    const left = await this.removal(primary);
    if (!(await this.#context.store.failovers.remove(primary, [entry(by, "failover.removed", primary, { left })])))
      throw new OperationError("job_state", `the pair of ${primary} has just changed`, { advice: "Look at it, then try again." });
    return left;
  }

  /** The latest emergency stop: one that is given later calls off what was asked for now. */
  stopMark(): Promise<number> {
    return this.#context.store.stops.mark();
  }

  /**
   * Orders a hand-over regardless of the figures; the process that runs the pair carries it out at its next look. @param asked
   * `mark`: the latest stop when the person asked; the latest now by default
   */
  async order(
    primary: string,
    what: Order,
    { by = this.#context.actor, ...asked }: { readonly by?: string | undefined; readonly mark?: number | undefined } = {},
  ): Promise<void> {
    const mark = asked.mark ?? (await this.stopMark());
    const { state } = await this.find(primary);
    const refusal = orderRefusal(state, what);
    if (refusal !== null) throw new OperationError("job_state", refusal);
    const [problem] = await this.takeFiles(primary);
    if (problem !== undefined) throw new OperationError("job_state", problem);
    await this.#context.store.failovers.order(primary, { what, by, mark }, [entry(by, "failover.order", primary, { what })]);
  }

  /**
   * Rehearses a hand-over: reads and decides in the same way, but writes nothing to the tenant; an audit entry records it. Throws
   * TenantError.
   */
  async drill(id: string, signal: AbortSignal, by = this.#context.actor): Promise<DrillReport> {
    const pair = await this.find(id);
    const { primary } = pair;
    const report = await drill(pair, this.#deps, signal);
    const { wouldTrigger, ends, passed } = report;
    await this.#context.store.audit.append([entry(by, "failover.drill", primary, { wouldTrigger, ends, passed })]);
    return report;
  }

  /**
   * Brings the contacts of a pair's primary to its backup, as lists that only a hand-over lets it dial. Can be repeated. Throws OperationError `job_not_found`, `job_state`
   * unless the primary is the one that dials, TenantError `unsupported`, `refused` when the backup may dial.
   */
  async prepare(id: string, signal?: AbortSignal, by = this.#context.actor): Promise<FailoverPrepared> {
    const { primary, backup, state, policy } = await this.find(id);
    const { contactSource } = this.#context.tenant.capabilities;
    if (contactSource.copyTo === undefined)
      throw new TenantError("unsupported", "this tenant needs no copies of lists: a campaign names the list that it calls", {
        advice: `Set contactListId of ${backup} in its campaign file.`,
      });
    if (state.side !== "primary" || !isSettled(state))
      throw new OperationError("job_state", `the pair of ${primary} cannot be prepared while ${backup} dials or takes over`);
    const lists = await contactSource.copyTo(primary, backup, { signal });
    await this.#context.store.audit.append([
      entry(by, "failover.prepared", primary, { backup, lists: lists.map((one) => ({ ...one })) }),
    ]);
    const refuses = policy.overlap === "refuse";
    return { primary, backup, lists, notes: lists.length === 0 ? [`${primary} calls no list`] : refuses ? [OVERLAP_NOTE] : [] };
  }

  /** What a watch is to the runs of this process. */
  kind(): Kind {
    return this.#watch.kind();
  }

  /** See `PairWatch.beginAll`. */
  beginAll(): Promise<void> {
    return this.#watch.beginAll();
  }

  /** See `PairWatch.watch`. */
  watch(primary: string, options: WatchOptions): Promise<void> {
    return this.#watch.watch(primary, options);
  }

  /** Watches until no order is waiting and no hand-over is under way: here, or by following the process that runs the pair. */
  async seeThrough(primary: string, { signal, onProgress }: Omit<WatchOptions, "until">): Promise<FailoverPairView> {
    const seen = new AbortController();
    await this.watch(primary, {
      signal: AbortSignal.any([signal, seen.signal]),
      onProgress: (progress) => {
        onProgress?.(progress);
        // Another process runs the pair: it removes the order when it has taken it.
        if (progress.elsewhere && progress.pair.order === null && isSettled(progress.pair.state)) seen.abort();
      },
      until: (state, event) => event.type !== "taken" && isSettled(state),
    });
    return this.show(primary);
  }

  async #policy(primary: string): Promise<FailoverPolicy | undefined> {
    const stored = await this.#context.store.failovers.find(primary);
    return stored === undefined ? undefined : readPair(stored).policy;
  }
}

const OVERLAP_NOTE =
  "the policy refuses a hand-over while people whom the primary called are on the backup's list: --overlap hold holds them back at the tenant instead";

const policyOfFile = z.looseObject({ failover: failoverPolicySchema.optional() });

function entry(actor: string, action: string, primary: string, details: Readonly<Record<string, unknown>>): AuditInput {
  return { actor, action, subject: `failover/${primary}`, details: { primary, ...details } };
}

// Rehearses a hand-over: the same decisions on the same readings, but nothing is paused, activated or held back.

/** More steps than any hand-over has. */
const MOST_STEPS = 40;

/** Rehearses a hand-over from the campaign of the pair that should dial. Throws TenantError when the tenant does not answer. */
async function drill(
  pair: Pick<FailoverPair, "primary" | "backup"> & { readonly policy: FailoverPolicy; readonly state: FailoverState },
  deps: ActDeps,
  signal: AbortSignal,
): Promise<DrillReport> {
  const { primary, backup, policy } = pair;
  const ids = { primary, backup };
  const from = pair.state.side;
  const order = { what: from === "primary" ? "fail-over" : "fail-back", by: "a drill", at: null, mark: null } as const;
  const rested = {
    ...NEW_PAIR,
    phase: from === "primary" ? "watching" : "failed-over",
    side: from,
    handovers: pair.state.handovers,
  } as const;
  const given: Omit<ActFor, "leave"> = { ids, policy, state: rested, order, signal };
  const looked = await look(given, deps);
  const alarms: Alarm[] = [];
  let state: FailoverState = rested;
  const happen = (event: FailoverEvent) => {
    const decision = pairTransition(policy, state, event);
    state = decision.state;
    alarms.push(...decision.alarms);
  };
  const at = deps.clock.now();
  happen({ ...looked, at });
  const steps: DrillReport["steps"][number][] = [
    {
      would: "hand over by itself only with evidence",
      found: looked.verdict?.words ?? `${ids[from]} is ${looked.statuses[from].status}: it has no figures`,
    },
  ];
  let statuses: Statuses = looked.statuses;
  const set = (side: Side, status: string) => {
    statuses = { ...statuses, [side]: { status, activeCalls: 0 } };
  };
  for (let i = 0; i < MOST_STEPS && state.handover !== null; i++) {
    const command = nextCommand(policy, state, primary);
    switch (command.kind) {
      case "pause": {
        const { activeCalls } = await deps.source.campaign(ids[command.side], undefined, { signal });
        steps.push({
          would: `pause ${ids[command.side]} with the key ${command.key}, and wait until its calls have ended`,
          found: `it is ${statuses[command.side].status} with ${activeCalls ?? "an unknown number of"} calls under way`,
        });
        set(command.side, "paused");
        happen({ type: "sent", at });
        break;
      }
      case "hand-over": {
        const contacts = {
          primary,
          number: state.handover.number,
          from: ids[command.from],
          to: ids[command.to],
          holdHours: policy.holdHours,
          overlap: policy.overlap,
          at,
        };
        const handed = await handContacts(deps, contacts, false, { signal });
        const problem = handed.doubt ?? overlapProblem(handed, ids[command.to]);
        steps.push({
          would: `hold ${handed.called} contacts back from ${ids[command.to]} for ${policy.holdHours} h`,
          found:
            problem ??
            [
              handed.atTenant === 0 ? undefined : `${handed.atTenant} contacts on both lists would be held back at the tenant`,
              `nobody ${handed.atTenant === 0 ? "" : "else "}on the list of ${ids[command.to]} is known to have been called by ${ids[command.from]}`,
              unreadableWords(handed),
            ]
              .filter((text) => text !== undefined)
              .join("; "),
        });
        happen({ ...handedOf(handed, policy, ids[command.to]), at });
        break;
      }
      case "gate": {
        const passed = await pass(command.side, given, deps);
        steps.push({ would: `activate ${ids[command.side]} only past the gate`, found: passed.message });
        happen({ ...passed, at });
        break;
      }
      case "activate":
        steps.push({
          would: `activate ${ids[command.side]} with the key ${command.key}, and read it back`,
          found: `it is ${statuses[command.side].status}, and ${ids[otherSide(command.side)]} would be paused`,
        });
        set(command.side, "active");
        happen({ type: "sent", at });
        break;
      default:
        happen({ type: "seen", statuses, at });
    }
  }
  const passed = state.side !== from && (state.phase === "watching" || state.phase === "failed-over");
  return {
    primary,
    backup,
    verdict: looked.verdict,
    wouldTrigger: looked.verdict?.verdict === "trigger",
    steps,
    alarms,
    ends: state.phase,
    passed,
  };
}

// What the commands of a pair need of the context and of the failover rules.

/** What hand-overs depend on besides the policy of the pair. */
export interface FailoverRules {
  /** Asked before a campaign is activated. */
  readonly gate: CampaignGate;
  /** The calling rules in force: they limit the age of registry files. */
  readonly pack: () => Promise<Pick<RulePack, "rules">>;
  /** When everything was last stopped by a process without the store; undefined when never. */
  readonly latestStop: () => Promise<number | undefined>;
  /** The tenant's clock minus ours, ms; null when it is not known. Default: not known. */
  readonly skewMs?: (() => number | null) | undefined;
  /** Clock of the watch; default: the context's. */
  readonly clock?: Clock | undefined;
  /** Awaited at every named point: for test harnesses that stop a process there. */
  readonly pause?: ((point: string) => Promise<void>) | undefined;
}

/** What the steps of a hand-over need, from the context and the rules. */
function failoverDeps({ tenant, store, ...context }: Context, rules: FailoverRules): ActDeps {
  const { metricsSource: source, outcomeSource: calls, contactSource: contacts, doNotCallGroups: groups } = tenant.capabilities;
  const { campaignRunner: runner } = notedStarts(tenant, store);
  const clock = rules.clock ?? context.clock;
  return {
    runner,
    source,
    calls,
    contacts,
    holds: store.holds,
    holdBack: groups.holdBack,
    counts: store,
    metrics: new CampaignMetrics({ log: store.metrics, source, clock }),
    gate: rules.gate,
    doNotCall: (campaignId, call, start) => dncBeforeStart({ tenant, store, clock }, campaignId, call, start),
    actor: context.actor,
    async compliance(at) {
      const files = registriesOf(await store.facts.registryFiles());
      for (const rule of (await rules.pack()).rules) {
        if (rule.kind !== "registry-age") continue;
        for (const { registry, covers } of files) {
          const old = covers.find(({ asOf }) => at - Date.parse(`${asOf}T00:00:00Z`) > (rule.maxAgeDays + 1) * DAY_MS);
          if (old !== undefined)
            return `the do-not-call registry file of ${registry} for ${areasText(old)} is as of ${old.asOf}, older than ${rule.maxAgeDays} days`;
        }
      }
      return null;
    },
    stopMark: () => store.stops.mark(),
    inForce: (key) => store.stateIntents.startInForce(key),
    async stopped(campaignId, { since: decidedAt, startedAt, mark }) {
      const since = decidedAt ?? startedAt;
      // One that an earlier version began has no mark: open stops end it.
      const stop = await store.stops.holding(campaignId, mark ?? Number.MAX_SAFE_INTEGER);
      if (stop !== undefined) return `${stop.actor} gave an emergency stop`;
      const [last] = await store.stateIntents.list(campaignId, 1);
      if (last?.target === "paused" && last.askedAt >= since) return `${last.actor} paused ${campaignId} during the hand-over`;
      return ((await rules.latestStop()) ?? 0) >= since ? "everything was stopped during the hand-over" : null;
    },
    skewMs: rules.skewMs ?? (() => null),
    clock,
    ownClock: context.clock,
  };
}
