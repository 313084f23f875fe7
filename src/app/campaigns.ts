// Wiring of campaigns as code: plans over the tenant and the store, their apply past the pre-dial gate, exports.

import type { Clock } from "../kernel/index.ts";
import {
  type ApplyPatience,
  CampaignFileUseCases,
  CampaignPlanner,
  type ExportedFile,
  exportedCampaigns,
  type Interruption,
  type PlanRules,
} from "../operations/index.ts";
import { factsOf, rulesOf } from "./compliance.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
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

/** Rules that a command asks for instead of those of the configuration. */
export interface CampaignRules {
  /** File of a rule pack. */
  readonly pack?: string | undefined;
}

/** Everything that an apply needs. */
export interface CampaignApplies extends AsyncDisposable {
  readonly plans: CampaignFileUseCases;
  /** Ends what runs in this process early: what is on the wire is finished and recorded, and it can be resumed. */
  interrupt(): Interruption;
  deliverEvents(): Promise<DeliveryEnd>;
}

interface CampaignApplyOptions extends WorkplaceOptions, CampaignRules {
  /** Time of the apply; the system's by default. */
  readonly clock?: Clock;
  /** See ApplyRules. */
  readonly pause?: (point: string) => Promise<void>;
  /** How often what may come right by itself is tried. */
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
  return await exportedCampaigns({ tenant, store }, ids);
}

/** Opens what an apply needs. Disposing stops it in reverse. */
export async function openCampaignApplies(
  flags: Flags,
  environment: Environment,
  options: CampaignApplyOptions,
): Promise<CampaignApplies> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const plans = campaignFilesOn(workplace, { ...options, localFiles: true });
  workplace.runs.add(plans.kind());
  await workplace.launch();
  workplace.startDelivery();
  const owned = stack.move();
  return {
    plans,
    interrupt: () => workplace.runs.interrupt(),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Campaign files of a workplace; their kind of job is to be added to the runs. */
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
      campaignGateOf(
        tenant,
        factsOf(config, store, clock),
        pack === undefined ? {} : { pack: (await rulesOf(config, { pack })()).pack },
      ),
    clock,
    pause,
    patience,
    localFiles,
  });
}

/** Reads the rules of the moment. */
const packOf =
  (config: Config, { pack }: CampaignRules): PlanRules["pack"] =>
  async () =>
    (await rulesOf(config, { pack })()).compiled;
