// Wiring of bulk tagging.

import {
  createTagLedger,
  type Instead,
  JobRecords,
  type PlanReport,
  type PlanSink,
  type RowJob,
  readMatrix,
  requireWay,
  TAG,
  Tagging,
  type TagSource,
  validateTagging,
} from "../operations/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { type JobRuntime, runtimeOver } from "./job-runtime.ts";
import { requireOwnStore } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** The rate family of tagging. */
export const TAGGING_RATE = "outbound-write";

/** Everything a tagging job needs. */
export interface TaggingRuntime extends JobRuntime {
  readonly tagging: Tagging;
}

interface TaggingOptions extends WorkplaceOptions {
  readonly concurrency?: number;
}

/** Validates an input against the tenant's matrix; stores nothing. Throws StoreError `other_tenant` as the run would. */
export async function validateWithTenant(
  flags: Flags,
  environment: Environment,
  source: TagSource,
  campaignId: string,
  instead: Instead | undefined,
  sink: PlanSink,
): Promise<PlanReport> {
  const config = await loadConfig(flags, environment);
  const tenant = await tenantFromConfig(config, environment);
  try {
    await requireOwnStore(config, environment);
    requireWay(tenant.capabilities.dispositionWriter, instead);
    return await validateTagging(source, await readMatrix(tenant.capabilities, campaignId), sink);
  } finally {
    await tenant.close();
  }
}

/** Opens what a tagging job needs. Disposing closes it in reverse order. */
export async function openTagging(flags: Flags, environment: Environment, options: TaggingOptions): Promise<TaggingRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const tagging = await startTagging(workplace, options);
  return { ...runtimeOver(stack.move(), workplace, tagging, TAGGING_RATE), tagging };
}

/** Starts only what runs tagging jobs in a workplace. */
export async function startTagging(workplace: Workplace, options: Pick<TaggingOptions, "concurrency">): Promise<Tagging> {
  const tagging = taggingOn(workplace, options);
  workplace.runs.add(tagging.kind());
  await workplace.launch();
  workplace.startDelivery();
  return tagging;
}

/** What runs tagging jobs in a workplace, to be added to its runs. */
export function taggingOn(
  workplace: Workplace,
  options: Pick<TaggingOptions, "concurrency"> & { readonly onStopped?: (job: RowJob) => void },
): Tagging {
  const { config, tenant, store, random, replica } = workplace;
  return new Tagging({
    jobs: new JobRecords(store.jobs, [TAG], workplace.scope),
    ledgerOf: (campaignId, instead) =>
      createTagLedger({
        jobs: store.jobs,
        actor: config.actor,
        campaignId,
        instead,
        executor: replica.id,
        now: () => config.clock.now(),
        takes: (type) => store.endpoints.takes(type),
        onItem: workplace.onItem,
      }),
    runs: workplace.runs,
    scope: workplace.scope,
    onStopped: options.onStopped,
    replicas: replica,
    record: (entry) => store.audit.append([entry]),
    matrices: tenant.capabilities,
    writer: tenant.capabilities.dispositionWriter,
    reader: tenant.capabilities.callReader,
    clock: config.clock,
    random,
    actor: config.actor,
    replicaId: replica.id,
    concurrency: options.concurrency ?? config.concurrency,
  });
}
