// Wiring: which parts a command works with, started and stopped in order.

import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { createRandom } from "../kernel/index.ts";
import {
  cloudEvent,
  createDeliveryWorker,
  createStoreJobs,
  createStoreLedger,
  type DeliveryWorker,
  type ItemResult,
  joinReplicas,
  launchDurable,
  type PlanReport,
  type PlanSink,
  type ResultCounts,
  readMatrix,
  Tagging,
  type TagJob,
  type TagSource,
  tagBody,
  validateTagging,
} from "../operations/index.ts";
import { type AuditEntry, type AuditVerdict, type Delivery, type DeliveryStatus, openStore, type Store } from "../store/index.ts";
import { systemClock, type Tenant, type TenantConfig } from "../tenant/index.ts";
import { biEndpoint, type Config, type Flags, loadConfig, secretFrom } from "./config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Name of the receiver of BI events in the outbox. */
const BI = "bi";
/** Events that wait for a receiver that is away do not hold a command back. */
const DELIVER_AT_END_MS = 15_000;

/** One line of `--out`. */
export interface ResultRow {
  readonly line: number;
  readonly callId: string;
  readonly result: ItemResult;
  readonly statusCode?: number;
  readonly reason?: string;
  readonly attempts: number;
  readonly latencyMs?: number;
  readonly callStatus?: string;
}

/** What the ledger, the audit log and the outbox hold; needs no tenant. */
export interface Records extends AsyncDisposable {
  jobs(limit: number): Promise<TagJob[]>;
  /** Throws OperationError `job_not_found`. */
  job(id: string): Promise<TagJob>;
  cancel(id: string): Promise<void>;
  counts(id: string): Promise<ResultCounts>;
  rows(id: string, only?: string): AsyncIterable<ResultRow>;
  audit(query: { limit: number; subject?: string; job?: string; after?: number }): Promise<AuditEntry[]>;
  verifyAudit(): Promise<AuditVerdict>;
  deliveries(query: { limit: number; status?: DeliveryStatus }): Promise<Delivery[]>;
}

/** How deliveries ended. */
export type DeliveryEnd = Awaited<ReturnType<DeliveryWorker["drain"]>>;

/** Everything a tagging job needs. */
export interface TaggingRuntime extends Pick<Records, "counts" | "rows" | "verifyAudit" | "deliveries">, AsyncDisposable {
  readonly tagging: Tagging;
  /** The used share of the request limit, for a progress line; empty when there is no limit. */
  budgetLine(): string;
  /** Waits for events that are due to be delivered, as long as their receiver takes them. */
  deliverEvents(): Promise<DeliveryEnd>;
}

export interface TaggingOptions {
  readonly warn: (message: string) => void;
  readonly concurrency?: number;
  /** "off" lifts every request limit. */
  readonly limits?: "off";
  /** False leaves the delivery of events to another process. */
  readonly deliver?: boolean;
  readonly retry?: NonNullable<TenantConfig["retry"]>;
}

async function storeOf(config: Config, environment: Environment): Promise<Store> {
  const auditKey = await secretFrom(environment, "OUTDIAL_AUDIT_KEY");
  return openStore({ dir: config.dir, url: config.databaseUrl, clock: systemClock, auditKey });
}

/** Opens the records of a store. */
export async function openRecords(flags: Flags, environment: Environment): Promise<Records> {
  const config = await loadConfig(flags, environment, process.cwd());
  const store = await storeOf(config, environment);
  return { ...recordsOf(store), [Symbol.asyncDispose]: () => store.close() };
}

function recordsOf(store: Store): Omit<Records, keyof AsyncDisposable> {
  const jobs = createStoreJobs(store.jobs);
  return {
    jobs: (limit) => jobs.list(limit),
    job: (id) => jobs.get(id),
    cancel: (id) => jobs.cancel(id),
    counts: (id) => jobs.counts(id),
    rows: (id, only) => resultRows(store, id, only),
    audit: (query) => store.audit.list(query),
    verifyAudit: () => store.audit.verify(),
    deliveries: (query) => store.outbox.listDeliveries({ ...query, newestFirst: true }),
  };
}

async function* resultRows(store: Store, id: string, only: string | undefined): AsyncGenerator<ResultRow> {
  for await (const item of store.jobs.iterateItems(id, only === undefined ? {} : { results: [only as ItemResult] })) {
    yield {
      line: item.line,
      callId: item.callId ?? "",
      result: item.result,
      attempts: item.attempts,
      ...(item.statusCode === null ? {} : { statusCode: item.statusCode }),
      ...(item.reason === null ? {} : { reason: item.reason }),
      ...(item.latencyMs === null ? {} : { latencyMs: item.latencyMs }),
      ...(item.callStatus === null ? {} : { callStatus: item.callStatus }),
    };
  }
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

/** Opens what a tagging job needs: configuration, tenant, store, replica, workflows, delivery of events. Disposing stops them in reverse. */
export async function openTagging(flags: Flags, environment: Environment, options: TaggingOptions): Promise<TaggingRuntime> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment, process.cwd());
  const bi = await biEndpoint(config, environment);
  const tenant = await tenantFromConfig(config, environment, options);
  stack.defer(() => tenant.close());
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const random = createRandom(randomUUID(), "replica");
  const host = hostname();
  const id = `${host}-${process.pid}-${random.int(2 ** 31).toString(36)}`;
  const replica = await joinReplicas({ replicas: store.replicas, id, pid: process.pid, host, clock: systemClock, processLives });
  stack.defer(() => replica.leave());
  const worker =
    bi === undefined
      ? undefined
      : createDeliveryWorker({ outbox: store.outbox, endpoints: { [BI]: bi }, clock: systemClock, random, by: id });
  const jobs = createStoreJobs(store.jobs);
  const tagging = new Tagging({
    jobs,
    ledgerOf: (job) =>
      createStoreLedger({
        jobs: store.jobs,
        actor: config.actor,
        campaignId: job.campaignId,
        executor: id,
        now: () => systemClock.now(),
        endpoint: bi === undefined ? undefined : BI,
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
    replicaId: id,
    concurrency: options.concurrency ?? config.concurrency,
  });
  const durable = await launchDurable({ databaseUrl: store.url, replicaId: id, body: tagBody(tagging), log: options });
  stack.defer(() => durable.close());
  tagging.attach(durable);
  const delivering = options.deliver !== false && worker !== undefined;
  if (delivering) {
    worker.start();
    stack.defer(() => worker.stop());
  }
  const owned = stack.move();
  const { counts, rows, verifyAudit, deliveries } = recordsOf(store);
  return {
    tagging,
    counts,
    rows,
    verifyAudit,
    deliveries,
    budgetLine: () => budgetLine(tenant),
    deliverEvents: () =>
      delivering
        ? worker.drain(AbortSignal.timeout(DELIVER_AT_END_MS))
        : Promise.resolve({ delivered: 0, failed: 0, dead: 0, pending: 0 }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function budgetLine(tenant: Tenant): string {
  const { limitPerSecond, usedShare } = tenant.limits()["outbound-write"];
  return limitPerSecond === undefined ? "" : ` · budget ${Math.round(usedShare * 100)} % of ${Math.round(limitPerSecond)}/s`;
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/** Delivery by hand and replay of dead letters. */
export interface DeliveryRuntime extends AsyncDisposable {
  replay(range: { from: number | undefined; to: number | undefined }): Promise<number>;
  drain(): Promise<DeliveryEnd>;
}

/** Opens the store and the delivery of events. */
export async function openDelivery(flags: Flags, environment: Environment): Promise<DeliveryRuntime> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment, process.cwd());
  const bi = await biEndpoint(config, environment);
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const random = createRandom(randomUUID(), "delivery");
  const worker = createDeliveryWorker({
    outbox: store.outbox,
    endpoints: bi === undefined ? {} : { [BI]: bi },
    clock: systemClock,
    random,
    by: `delivery-${process.pid}`,
  });
  const owned = stack.move();
  return {
    replay: ({ from, to }) => store.outbox.replay({ fromId: from, toId: to, status: "dead" }),
    drain: () => worker.drain(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
