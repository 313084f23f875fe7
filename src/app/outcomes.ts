// Wiring of outcomes: the lake over the store's list of files, and retrieval into it.

import { randomUUID } from "node:crypto";
import { createRandom, type RandomStream } from "../kernel/index.ts";
import {
  compareOutcomes,
  findRetrieval,
  type Interruption,
  OutcomeRecordsUseCases,
  planReport,
  type ReconcileReport,
  type ReconcileSink,
  type ReportRequest,
  type ReportRules,
  type RetrievalInput,
  type RetrievalProgress,
  type RetrievalRequest,
  Retrieving,
  type Rhythm,
  type RunVerdict,
  readMatrix,
  recordOutcomes,
  runSchedules,
  setSchedules,
  verifyRetrieval,
} from "../operations/index.ts";
import { type OutcomeLake, type OutcomeReport, openLake } from "../outcomes/index.ts";
import type { Retrieval, Store } from "../store/index.ts";
import { TenantError } from "../tenant/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import { announceToCrm } from "./crm-announcer.ts";
import type { Environment } from "./environment.ts";
import { outcomeMapOf } from "./outcome-map.ts";
import { storeOf } from "./store-of-config.ts";
import { lakeRoot, openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/**
 * Attempts of the client for one page; retrieval itself repeats with smaller pages, which helps when repeating the same request
 * does not.
 */
const PAGE_ATTEMPTS = 2;
/** Default number of windows that are read at once. */
const DOWNLOADS = 4;

/** The lake and the records of retrievals; needs no tenant. */
export interface OutcomeRecords extends AsyncDisposable {
  readonly config: Config;
  readonly store: Store;
  readonly lake: OutcomeLake;
  readonly random: RandomStream;
  retrievals(query: {
    readonly limit: number;
    readonly campaignId?: string | undefined;
    readonly after?: string | undefined;
  }): Promise<Retrieval[]>;
  /** Undefined when there is none with that id. */
  retrieval(jobId: string): Promise<Retrieval | undefined>;
  /** Throws OperationError `job_not_found`. */
  find(jobId: string): Promise<Retrieval>;
  /** Undefined when it has not ended. */
  verify(retrieval: Retrieval): Promise<RunVerdict | undefined>;
  readonly known: OutcomeRecordsUseCases;
}

/** Everything that retrieval needs. */
export interface OutcomesRuntime extends OutcomeRecords {
  readonly retrieving: Retrieving;
  /** Stops what runs in this process early: requests already sent are finished and recorded, and it can be resumed. */
  interrupt(): Interruption;
  /** Retrieves campaigns at regular times, with staggered turns. @returns warnings. Throws OperationError `invalid_input` */
  setSchedules(
    campaignIds: readonly string[],
    input: Omit<RetrievalInput, "campaignId">,
    rhythm: Rhythm,
  ): Promise<readonly string[]>;
  runSchedules(options: {
    readonly campaignIds?: readonly string[] | undefined;
    readonly onProgress?: (progress: RetrievalProgress) => void;
    readonly onRun: (run: { readonly retrieval: Retrieval } | { readonly failed: unknown }) => Promise<void> | void;
  }): Promise<void>;
  reconcile(request: RetrievalRequest, sink: ReconcileSink): Promise<ReconcileReport>;
  /** Why a campaign may have no calls, as a sentence: the tenant does not know it. Undefined when it does, or does not say. */
  doubt(campaignId: string): Promise<string | undefined>;
}

interface OutcomesOptions extends WorkplaceOptions {
  /** Number of windows that are read at once; by default `outcomes.downloads` of the configuration, else 4. */
  readonly downloads?: number | undefined;
  /** Called with every retrieval that ran to its end in this process. */
  readonly onEnded?: (retrieval: Retrieval, records: Omit<OutcomeRecords, keyof AsyncDisposable>) => Promise<void>;
}

/** Opens the lake and the store. */
export async function openOutcomeRecords(flags: Flags, environment: Environment): Promise<OutcomeRecords> {
  await using stack = new AsyncDisposableStack();
  const config = await loadConfig(flags, environment);
  const store = await storeOf(config, environment);
  stack.defer(() => store.close());
  const records = recordsOver(stack, config, store);
  const owned = stack.move();
  return { ...records, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Opens what retrieval needs. Disposing closes it in reverse order. */
export async function openOutcomes(flags: Flags, environment: Environment, options: OutcomesOptions): Promise<OutcomesRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, { usualRetry: { maxAttempts: PAGE_ATTEMPTS }, ...options });
  const outcomes = outcomesOn(stack, workplace, options);
  workplace.runs.add(outcomes.retrieving.kind());
  await workplace.launch();
  workplace.startDelivery();
  const owned = stack.move();
  return { ...outcomes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Retrieval in a workplace, to be added to its runs. The lake closes with `stack`. */
export function outcomesOn(
  stack: AsyncDisposableStack,
  workplace: Workplace,
  options: Pick<OutcomesOptions, "warn" | "onEnded" | "downloads">,
): Omit<OutcomesRuntime, keyof AsyncDisposable> {
  const { config, store, tenant, random, replica } = workplace;
  const records = recordsOver(stack, config, store);
  const { outcomeSource: source, dispositionCatalog: catalog, metricsSource: metrics } = tenant.capabilities;
  const { lake } = records;
  const { clock } = config;
  const optOutCodes = config.file.compliance?.optOutCodes;
  const retrieving = new Retrieving({
    source,
    catalog,
    metrics,
    lake,
    ledger: store.retrievals,
    runs: workplace.runs,
    scope: workplace.lakeScope,
    jobs: store.jobs,
    record: (entry) => store.audit.append([entry]),
    clock,
    random,
    actor: config.actor,
    replicaId: replica.id,
    downloads: options.downloads ?? config.file.outcomes?.downloads ?? DOWNLOADS,
    warn: options.warn,
    optOutCodes,
    onOptOuts: async (optOuts) => {
      const { suppressed } = await recordOutcomes(store.facts, optOuts, { actor: config.actor }, optOutCodes);
      if (suppressed > 0) options.warn(`${suppressed} numbers opted out and are suppressed`);
    },
    onEnded: async (retrieval) => {
      if (store.endpoints.takes("OUTCOMES_RETRIEVED")) {
        await announceToCrm(records, retrieval, options.warn);
        await workplace.deliverEvents();
      }
      await options.onEnded?.(retrieval, runtime);
    },
  });
  const runtime: Omit<OutcomesRuntime, keyof AsyncDisposable> = {
    ...records,
    retrieving,
    interrupt: () => workplace.runs.interrupt(),
    async setSchedules(campaignIds, input, rhythm) {
      const parts = { retrieving, schedules: store.retrievalSchedules, clock };
      return (await setSchedules(parts, campaignIds, input, { rhythm, by: config.actor })).warnings;
    },
    runSchedules: (given) =>
      runSchedules(
        { retrieving, ledger: store.retrievals, schedules: store.retrievalSchedules, clock, replicaId: workplace.replica.id },
        { ...given, signal: workplace.runs.interrupted },
      ),
    reconcile: (request, sink) =>
      compareOutcomes(workplace, { lake, takesRecords: workplace.crmRecordsUrl !== undefined }, request, sink),
    async doubt(campaignId) {
      try {
        await readMatrix(tenant.capabilities, campaignId);
      } catch (thrown) {
        if (thrown instanceof TenantError && thrown.code === "not_found")
          return `the tenant knows no campaign ${campaignId}${thrown.advice === undefined ? "" : `. ${thrown.advice}`}`;
      }
      return undefined;
    },
  };
  return runtime;
}

function recordsOver(stack: AsyncDisposableStack, config: Config, store: Store): Omit<OutcomeRecords, keyof AsyncDisposable> {
  const lake = lakeOn(stack, { config, store });
  return {
    config,
    store,
    lake,
    random: createRandom(randomUUID(), "lake"),
    retrievals: (query) => store.retrievals.list(query),
    retrieval: (jobId) => store.retrievals.get(jobId),
    find: (jobId) => findRetrieval(store.retrievals, jobId),
    verify: (retrieval) => verifyRetrieval(lake, retrieval),
    known: new OutcomeRecordsUseCases({ store }, { lake }),
  };
}

/** The lake of a configuration, closed with `stack`. */
export function lakeOn(stack: AsyncDisposableStack, { config, store }: Pick<OutcomeRecords, "config" | "store">): OutcomeLake {
  const random = createRandom(randomUUID(), "lake");
  const lake = openLake({ root: lakeRoot(config), catalog: store.lakeFiles, random, now: () => config.clock.now() });
  stack.defer(() => lake.close());
  return lake;
}

/** Default rules of reports. */
export const reportRulesOf = (config: Config): ReportRules => ({
  zone: config.file.outcomes?.zone ?? "UTC",
  map: (path) => outcomeMapOf(config, path),
  clock: config.clock,
});

/**
 * Checks the request, opens lake and store, and makes the report. Throws MeaningError for an invalid request. @param onNone
 * called with the existing campaigns when no calls are found
 */
export async function reportOnOutcomes(
  flags: Flags,
  environment: Environment,
  request: ReportRequest,
  onNone?: (campaigns: readonly string[]) => void,
): Promise<OutcomeReport> {
  // Every mistake in the request is found before a store is started.
  const plan = await planReport(reportRulesOf(await loadConfig(flags, environment)), request);
  await using records = await openOutcomeRecords(flags, environment);
  const { report } = await plan.report(records);
  if (report.calls === 0) onNone?.(await campaignsIn(records.lake));
  return report;
}

/** The campaigns with calls in the lake. */
export const campaignsIn = async (lake: OutcomeLake): Promise<readonly string[]> => [
  ...new Set((await lake.partitions()).map(({ campaignId }) => campaignId)),
];
