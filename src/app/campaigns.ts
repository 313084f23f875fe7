// Wiring of campaigns as code: plans from the tenant and the store, their apply behind the pre-dial gate, exports.

import type { Clock } from "../kernel/index.ts";
import {
  type ApplyPatience,
  CampaignFileUseCases,
  type CampaignPlan,
  CampaignPlanner,
  type CampaignsExported,
  campaignPlanOf,
  exportedCampaigns,
  type FileText,
  type Interruption,
  type PlanRules,
  parseCampaignFiles,
} from "../operations/index.ts";
import type { CampaignApplySummary, CampaignApplyView, CampaignPlanView } from "../operations/views/index.ts";
import type { CarriedOut } from "./api/client.ts";
import { factsOf, rulesOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { campaignGateOf } from "./segments.ts";
import { storeIfAny, storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** Rules that a command names instead of those of the configuration. */
export interface CampaignRules {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
}

/** The progress of an apply. */
export interface ApplyStanding {
  /** The campaign being applied; undefined while another process runs the apply. */
  readonly campaign: string | undefined;
  readonly phase: string | undefined;
}

/** Plans of campaign files and their applies, as the API shows them: in this process, or at a service. */
export interface CampaignApplies extends AsyncDisposable {
  /** Compares files with the tenant as it is now. */
  plan(files: readonly FileText[], activate: boolean): Promise<CampaignPlanView>;
  /**
   * Makes a plan that was shown again. @param agreed the plan, its hash, or the beginning of its hash. Throws `plan_changed` with
   * `CampaignPlanMoved`
   */
  again(agreed: string | CampaignPlan): Promise<CampaignPlanView>;
  /** The latest apply; only this one can be unended. */
  latest(): Promise<CampaignApplySummary | undefined>;
  /** Begins exactly the plan that was shown. Throws `plan_changed` like `again`. @param source for people */
  begin(shown: CampaignPlanView, source: string): Promise<CarriedOut<{ readonly job: string }>>;
  /** Lets a stopped apply continue, where that needs an order. */
  goOn(job: string): Promise<void>;
  /** Runs an apply to its end, or follows the process that does. @returns the apply as it ended or stopped */
  run(job: string, onProgress: (standing: ApplyStanding) => void): Promise<CampaignApplyView>;
  /** Stops what runs in this process early and in order, or stops following what a service runs. */
  interrupt(): Interruption;
  deliverEvents(): Promise<unknown>;
}

/** Applies in this process. */
export interface LocalCampaignApplies extends CampaignApplies {
  readonly plans: CampaignFileUseCases;
}

interface CampaignApplyOptions extends WorkplaceOptions, CampaignRules {
  /** Number of pages of each list whose contacts are read; a few by default. */
  readonly contactPages?: number;
  /** Clock of the apply; the system's by default. */
  readonly clock?: Clock;
  /** See ApplyRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** How often something that may succeed later is tried. */
  readonly patience?: ApplyPatience;
}

/** Opens what reads campaigns and changes nothing. */
export async function openCampaignReader(
  flags: Flags,
  environment: Environment,
  { limits, ...rules }: CampaignRules & { readonly limits?: "off" } = {},
): Promise<CampaignPlanner & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment, limits === undefined ? {} : { limits });
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const planner = new CampaignPlanner({ tenant, store, clock: config.clock }, { pack: packOf(config, rules), localFiles: true });
  const owned = stack.move();
  return Object.assign(planner, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
}

/**
 * One file for each campaign of the tenant, or for the named ones; `warn` is called when there was no store to add what only it
 * knows.
 */
export async function exportCampaignFiles(
  flags: Flags,
  environment: Environment,
  ids: readonly string[],
  warn: (message: string) => void,
): Promise<CampaignsExported> {
  const config = await loadConfig(flags, environment);
  await using stack = new AsyncDisposableStack();
  const tenant = await tenantFromConfig(config, environment);
  stack.defer(() => tenant.close());
  const store = await storeIfAny(config, environment);
  stack.defer(() => store?.close());
  if (store === undefined)
    warn(`there is no store in ${config.dir}: the files have what the tenant has, but not the policies that outdial stores`);
  return await exportedCampaigns({ tenant, store, clock: config.clock }, ids);
}

/** Opens what an apply needs. Disposing closes it in reverse order. */
export async function openCampaignApplies(
  flags: Flags,
  environment: Environment,
  options: CampaignApplyOptions,
): Promise<LocalCampaignApplies> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const plans = campaignFilesOn(workplace, { ...options, localFiles: true });
  workplace.runs.add(plans.kind());
  await workplace.launch();
  workplace.startDelivery();
  const pages = options.contactPages === undefined ? {} : { contactPages: options.contactPages };
  // What is given while somebody reads the plan calls its activations off.
  const stopMark = await plans.stopMark();
  const owned = stack.move();
  return {
    plans,
    plan: async (files, activate) => campaignPlanOf(await plans.plan(await parseCampaignFiles(files), { ...pages, activate })),
    again: async (agreed) => campaignPlanOf((await plans.planApply(agreed, pages)).plan.plan),
    latest: async () => (await plans.list({ limit: 1 }))[0],
    begin: async ({ plan }, source) => {
      const { jobId } = await plans.begin((await plans.planApply(plan, pages)).plan.plan, source, { stopMark });
      return { result: { job: jobId }, approval: null };
    },
    goOn: () => Promise.resolve(),
    async run(job, onProgress) {
      await plans.run(job, onProgress);
      return plans.show(job);
    },
    interrupt: () => workplace.runs.interrupt(),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Campaign files of a workplace; their kind of job must be added to the runs. */
export function campaignFilesOn(
  workplace: Workplace,
  {
    clock,
    pause,
    patience,
    pack,
    localFiles,
  }: Omit<CampaignApplyOptions, keyof WorkplaceOptions> & Pick<PlanRules, "localFiles"> = {},
): CampaignFileUseCases {
  const { config, tenant, store } = workplace;
  return new CampaignFileUseCases(workplace, {
    pack: packOf(config, { pack }),
    gate: async () =>
      campaignGateOf(tenant, factsOf(config, store, clock), {
        pack: pack === undefined ? undefined : (await rulesOf(config, { pack })()).pack,
        skewMs: clock === undefined ? undefined : () => null,
      }),
    clock,
    pause,
    patience,
    localFiles,
  });
}

/** Reads the present rules. */
const packOf =
  (config: Config, { pack }: CampaignRules): PlanRules["pack"] =>
  async () =>
    (await rulesOf(config, { pack })()).compiled;
