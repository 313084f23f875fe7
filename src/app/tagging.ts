// Wiring of bulk tagging.

import {
  cloudEvent,
  createStoreRecords,
  createTagLedger,
  type PlanReport,
  type PlanSink,
  readMatrix,
  TAG,
  Tagging,
  type TagSource,
  validateTagging,
} from "../operations/index.ts";
import { systemClock, type Tenant } from "../tenant/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Receiver } from "./config-schema.ts";
import { type Records, recordsOf } from "./records.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { type DeliveryEnd, type Environment, openWorkplace, type WorkplaceOptions } from "./workplace.ts";

const BI: Receiver = "bi";

/** Everything a tagging job needs. */
export interface TaggingRuntime extends Pick<Records, "counts" | "rows" | "verifyAudit" | "deliveries">, AsyncDisposable {
  readonly tagging: Tagging;
  /** The used share of the request limit, for a progress line; empty when there is no limit. */
  budgetLine(): string;
  /** Waits for events that are due to be delivered, as long as their receiver takes them. */
  deliverEvents(): Promise<DeliveryEnd>;
}

export interface TaggingOptions extends WorkplaceOptions {
  readonly concurrency?: number;
}

/** Validates an input against the tenant's matrix; opens no store. */
export async function validateWithTenant(
  flags: Flags,
  environment: Environment,
  source: TagSource,
  campaignId: string,
  sink: PlanSink,
): Promise<PlanReport> {
  const config = await loadConfig(flags, environment, process.cwd());
  const tenant = await tenantFromConfig(config, environment);
  try {
    return await validateTagging(source, await readMatrix(tenant.capabilities.dispositionCatalog, campaignId), sink);
  } finally {
    await tenant.close();
  }
}

/** Opens what a tagging job needs. Disposing stops it in reverse. */
export async function openTagging(flags: Flags, environment: Environment, options: TaggingOptions): Promise<TaggingRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const { config, tenant, store, random, replica } = workplace;
  const jobs = createStoreRecords(store.jobs, [TAG]);
  const tagging = new Tagging({
    jobs,
    ledgerOf: (campaignId) =>
      createTagLedger({
        jobs: store.jobs,
        actor: config.actor,
        campaignId,
        executor: replica.id,
        now: () => systemClock.now(),
        endpoint: workplace.receivers.bi === undefined ? undefined : BI,
        eventText: cloudEvent,
      }),
    replicas: replica,
    record: (entry) => store.audit.append([entry]),
    catalog: tenant.capabilities.dispositionCatalog,
    writer: tenant.capabilities.dispositionWriter,
    reader: tenant.capabilities.callReader,
    clock: systemClock,
    random,
    actor: config.actor,
    replicaId: replica.id,
    concurrency: options.concurrency ?? config.concurrency,
  });
  tagging.attach(await workplace.launch({ [TAG]: tagging.body() }));
  workplace.startDelivery();
  const owned = stack.move();
  const { counts, rows, verifyAudit, deliveries } = recordsOf(store);
  return {
    tagging,
    counts,
    rows,
    verifyAudit,
    deliveries,
    budgetLine: () => budgetLine(tenant),
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function budgetLine(tenant: Tenant): string {
  const { limitPerSecond, usedShare } = tenant.limits()["outbound-write"];
  return limitPerSecond === undefined ? "" : ` · budget ${Math.round(usedShare * 100)} % of ${Math.round(limitPerSecond)}/s`;
}
