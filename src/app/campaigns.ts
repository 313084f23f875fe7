// Wiring of campaigns as code: plans over the tenant and the store, their apply past the pre-dial gate, exports.

import type { CallType } from "../compliance/index.ts";
import { omnichannelWebhookAccepted } from "../contract/index.ts";
import type { Clock } from "../kernel/index.ts";
import {
  type ActivationGate,
  type ApplyPatience,
  type CampaignPlan,
  CampaignPlans,
  compileRulePack,
  DEFAULT_APPLY_PATIENCE,
  type ExportedFile,
  exportCampaigns,
  type Interruption,
  OperationError,
  type ParsedFiles,
  type PlanDependencies,
  type PlanOptions,
  pairAgainstOf,
  planCampaigns,
  readPlan,
  readPlanFacts,
  readTenantCampaigns,
  resumeVerdict,
} from "../operations/index.ts";
import type { CampaignApply, Store } from "../store/index.ts";
import type { Tenant } from "../tenant/index.ts";
import { complianceSettings, factsOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Receiver } from "./config-schema.ts";
import { readRulePack } from "./rule-pack.ts";
import { campaignGateOf } from "./segments.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import {
  type DeliveryEnd,
  type Environment,
  openWorkplace,
  storeIfAny,
  storeOf,
  type Workplace,
  type WorkplaceOptions,
} from "./workplace.ts";

const ALARMS: Receiver = "alarms";
/** The dialer reaches people live, through agents; the strictest common kind of call. */
const CALL_TYPE: CallType = "telemarketing";

/** Rules that a command asks for instead of those of the configuration. */
export interface CampaignRules {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
}

/** What reads campaigns and changes nothing. */
export interface CampaignReader extends AsyncDisposable {
  /** Keeps the plan, so that an apply can say what has moved since. */
  plan(files: ParsedFiles, options: PlanOptions): Promise<CampaignPlan>;
}

/** Everything that an apply needs. */
export interface CampaignApplies extends AsyncDisposable {
  readonly plans: CampaignPlans;
  /** Ends what runs in this process early: what is on the wire is finished and recorded, and it can be resumed. */
  interrupt(): Interruption;
  /** The latest ended apply of a plan. */
  endedApply(planHash: string): Promise<CampaignApply | undefined>;
  /** A plan that was shown, by its hash or the beginning of it. Throws OperationError `job_not_found`. */
  shownPlan(hash: string): Promise<CampaignPlan>;
  deliverEvents(): Promise<DeliveryEnd>;
}

export interface CampaignApplyOptions extends WorkplaceOptions, CampaignRules {
  /** Time of the apply; the system's by default. */
  readonly clock?: Clock;
  /** See ApplyDependencies. */
  readonly pause?: (point: string) => Promise<void>;
  /** How often what may come right by itself is tried. */
  readonly patience?: ApplyPatience;
}

/** Opens what plans and drift need. */
export async function openCampaignReader(
  flags: Flags,
  environment: Environment,
  rules: CampaignRules & { readonly limits?: "off" } = {},
): Promise<CampaignReader> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const { limits } = rules;
  const tenant = await tenantFromConfig(config, environment, limits === undefined ? {} : { limits });
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const deps = await planDependencies(config, tenant, store, config.clock, rules);
  const owned = stack.move();
  return {
    async plan(files, options) {
      const plan = planCampaigns(files, await readPlanFacts(files, deps, options));
      await store.campaigns.keepPlan(plan.hash, plan);
      return plan;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** One file for each campaign of the tenant, or for those named; `warn` is told when no store was there to add what only it knows. */
export async function exportCampaignFiles(
  flags: Flags,
  environment: Environment,
  ids: readonly string[],
  warn: (message: string) => void,
): Promise<ExportedFile[]> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeIfAny(config, environment);
  stack.defer(() => store?.close());
  if (store === undefined)
    warn(`there is no store in ${config.dir}: the files hold what the tenant knows, not the policies that outdial keeps`);
  return await exportFrom({ tenant, store }, ids);
}

/** Opens what an apply needs. Disposing stops it in reverse. */
export async function openCampaignApplies(
  flags: Flags,
  environment: Environment,
  options: CampaignApplyOptions,
): Promise<CampaignApplies> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const { store } = workplace;
  const plans = await campaignPlansOn(workplace, options);
  workplace.runs.add(plans.kind());
  await workplace.launch();
  workplace.startDelivery();
  const owned = stack.move();
  return {
    plans,
    interrupt: () => workplace.runs.interrupt(),
    endedApply: (planHash) => store.campaigns.byPlan(planHash),
    shownPlan: (hash) => shownPlan(store, hash),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What plans and applies in a workplace, in the name of its actor. Throws ConfigError for a rule pack that cannot be read. */
export async function campaignPlansOn(
  workplace: Workplace,
  options: Omit<CampaignApplyOptions, keyof WorkplaceOptions> = {},
): Promise<CampaignPlans> {
  const { config, tenant, store, random, replica } = workplace;
  const clock = options.clock ?? config.clock;
  return new CampaignPlans({
    ...(await planDependencies(config, tenant, store, clock, options)),
    ledger: store.campaigns,
    runs: workplace.runs,
    scope: workplace.scope,
    replicas: replica,
    runner: tenant.capabilities.campaignRunner,
    gate: activationGate(config, tenant, store, clock, options),
    held: async (campaignId, since) => {
      const stop = await store.stops.holding(campaignId, since);
      return stop === undefined ? null : `${stop.actor} gave an emergency stop (${stop.id})`;
    },
    inTurn: (name, work) => store.dialer.inTurn(name, work),
    random,
    actor: config.actor,
    replicaId: replica.id,
    patience: options.patience ?? DEFAULT_APPLY_PATIENCE,
    alarms: workplace.receivers.alarms === undefined ? undefined : ALARMS,
    pause: options.pause,
  });
}

/** A plan that was shown, by its hash or the beginning of it. Throws OperationError `job_not_found`. */
export async function shownPlan(store: Store, hash: string): Promise<CampaignPlan> {
  const [plan, other] = /^[0-9a-f]{8,64}$/.test(hash) ? await store.campaigns.shownPlans(hash) : [];
  if (plan !== undefined && other === undefined) return readPlan(plan, `plan ${hash}`);
  throw new OperationError("job_not_found", `${other === undefined ? "no plan" : "more than one plan"} ${hash} was shown`, {
    advice: "outdial campaign plan makes one and says its hash; at least its first eight characters are needed.",
  });
}

/** A campaign file for each campaign of a tenant, or for those named, with what the store keeps about it when there is one. */
export async function exportFrom(
  { tenant, store }: { readonly tenant: Tenant; readonly store: Store | undefined },
  ids: readonly string[],
): Promise<ExportedFile[]> {
  const kept = store === undefined ? [] : [...(await store.campaigns.policies())];
  const policies = new Map(kept.map(([id, { policy }]) => [id, policy]));
  return exportCampaigns(await readTenantCampaigns(tenant.capabilities.campaignProvisioning, ids), policies);
}

async function planDependencies(
  config: Config,
  tenant: Tenant,
  store: Store,
  clock: Clock,
  { pack }: CampaignRules,
): Promise<PlanDependencies> {
  const { campaignProvisioning, contactSource, pacingSettings } = tenant.capabilities;
  return {
    provisioning: campaignProvisioning,
    contacts: contactSource,
    pacing: pacingSettings,
    webhooks: {
      list: async (signal) => (await tenant.campaignWebhooks.list({ signal })).webhooks,
      create: (draft) => tenant.campaignWebhooks.create(draft),
      update: async (id, draft) => {
        // An update replaces the registration: the headers of its deliveries stay.
        const there = omnichannelWebhookAccepted.partial().safeParse(await tenant.campaignWebhooks.get(id)).data;
        return tenant.campaignWebhooks.update(id, {
          ...draft,
          ...(there?.headers === undefined ? {} : { headers: there.headers }),
        });
      },
    },
    policies: () => store.campaigns.policies(),
    pack: compileRulePack(await readRulePack(pack ?? complianceSettings(config).pack)),
    callType: CALL_TYPE,
    clock,
  };
}

function activationGate(config: Config, tenant: Tenant, store: Store, clock: Clock, { pack }: CampaignRules): ActivationGate {
  const facts = factsOf(config, store, clock);
  const pairAgainst = pairAgainstOf(tenant, store);
  return async (campaignId, signal) => {
    // Made for each activation: a process that runs for weeks judges by the rules of the day.
    const gate = await campaignGateOf(tenant, facts, pack === undefined ? {} : { pack: await readRulePack(pack) });
    const call = { signal };
    const { allowed, refusals } = await resumeVerdict({ pairAgainst }, await gate(campaignId, { call }), call);
    return { pass: allowed, message: refusals.map(({ text }) => text).join("; ") };
  };
}
