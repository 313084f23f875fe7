// Wiring of outcomes: the lake over the store's list of files, and retrieval into it.

import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { createRandom, messageOf } from "../kernel/index.ts";
import {
  createCrmAnnouncer,
  findRetrieval,
  type GivenMap,
  type Interruption,
  OutcomeRecordsUseCases,
  OutcomeUseCases,
  type ReportRules,
  Retrieving,
  recordOutcomes,
  runSchedules,
  verifyRetrieval,
} from "../operations/index.ts";
import { bucketPlace, type OutcomeLake, openLake } from "../outcomes/index.ts";
import type { Retrieval, Store } from "../store/index.ts";
import type { Config } from "./config.ts";
import { opening } from "./opening.ts";
import { outcomeMapOf } from "./outcome-map.ts";
import { lakeRoot, type Workplace, type WorkplaceOptions, working } from "./workplace.ts";

/**
 * Attempts of the client for one page; retrieval itself repeats with smaller pages, which helps when repeating the same request
 * does not.
 */
const PAGE_ATTEMPTS = 2;
/** Default number of windows that are read at once. */
const DOWNLOADS = 4;

/** The lake and the records of retrievals; needs no tenant. */
export type OutcomeRecords = Awaited<ReturnType<typeof openOutcomeRecords>>;

/** Everything that retrieval needs. */
export type OutcomesRuntime = Awaited<ReturnType<typeof openOutcomes>>;

interface OutcomesOptions extends WorkplaceOptions {
  /** Number of windows that are read at once; by default `outcomes.downloads` of the configuration, else 4. */
  readonly downloads?: number | undefined;
  /** The id of the present request; none by default. */
  readonly requestId?: (() => string | undefined) | undefined;
  /** Called with every retrieval that ran to its end in this process. */
  readonly onEnded?: (retrieval: Retrieval, records: Omit<OutcomeRecords, keyof AsyncDisposable>) => Promise<void>;
}

/** Opens the lake and the store. @param own.map file of a map instead of the configured one */
export const openOutcomeRecords = opening(async ({ config, store, stack }, own: { readonly map?: string | undefined } = {}) =>
  recordsOver(stack, config, await store(), own.map),
);

/** Opens what retrieval needs. */
export const openOutcomes = working(
  (workplace, options: OutcomesOptions, stack) => {
    const outcomes = outcomesOn(stack, workplace, options);
    workplace.runs.add(outcomes.retrieving.kind());
    return outcomes;
  },
  { usualRetry: { maxAttempts: PAGE_ATTEMPTS } },
);

/** Retrieval in a workplace, to be added to its runs. The lake closes with `stack`. */
export function outcomesOn(
  stack: AsyncDisposableStack,
  workplace: Workplace,
  options: Pick<OutcomesOptions, "warn" | "onEnded" | "downloads" | "requestId">,
) {
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
        await announceToCrm(records, retrieval).catch((thrown: unknown) =>
          // It does not fail the retrieval: the next push makes up for it.
          options.warn(
            `the event of ${retrieval.jobId} was not written for the CRM: ${messageOf(thrown)}; outdial outcomes push crm writes it`,
          ),
        );
        await workplace.deliverEvents();
      }
      await options.onEnded?.(retrieval, records);
    },
  });
  return {
    ...records,
    retrieving,
    /** Stops what runs in this process early: requests already sent are finished and recorded, and it can be resumed. */
    interrupt: (): Interruption => workplace.runs.interrupt(),
    known: new OutcomeUseCases(workplace, {
      lake,
      retrieving,
      rules: reportRulesOf(config),
      takesRecords: workplace.crmRecordsUrl !== undefined,
      requestId: options.requestId ?? (() => undefined),
    }),
    runSchedules: (given: Omit<Parameters<typeof runSchedules>[1], "signal">) =>
      runSchedules(
        { retrieving, ledger: store.retrievals, schedules: store.retrievalSchedules, clock, replicaId: workplace.replica.id },
        { ...given, signal: workplace.runs.interrupted },
      ),
  };
}

function recordsOver(stack: AsyncDisposableStack, config: Config, store: Store, map?: string) {
  const lake = lakeOn(stack, config, store);
  return {
    config,
    store,
    lake,
    random: createRandom(randomUUID(), "lake"),
    retrievals: (query: Parameters<Store["retrievals"]["list"]>[0]) => store.retrievals.list(query),
    /** Undefined when there is none with that id. */
    retrieval: (jobId: string) => store.retrievals.get(jobId),
    /** Throws OperationError `job_not_found`. */
    find: (jobId: string) => findRetrieval(store.retrievals, jobId),
    /** Undefined when it has not ended. */
    verify: (retrieval: Retrieval) => verifyRetrieval(lake, retrieval),
    known: new OutcomeRecordsUseCases({ store }, { lake, rules: reportRulesOf(config, map) }),
    actor: config.actor,
  };
}

/** The lake of a configuration, closed with `stack`. */
export function lakeOn(stack: AsyncDisposableStack, config: Config, store: Store): OutcomeLake {
  const random = createRandom(randomUUID(), "lake");
  const now = () => config.clock.now();
  const lake = openLake({ root: lakePlaceOf(config, now), catalog: store.lakeFiles, random, now });
  stack.defer(() => lake.close());
  return lake;
}

const GB = 1_000_000_000;

function lakePlaceOf(config: Config, now: () => number): Parameters<typeof openLake>[0]["root"] {
  const root = lakeRoot(config);
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/*(.*?)\/*$/i.exec(root) ?? [];
  if (bucket === undefined) return root;
  const {
    region = "us-east-1",
    endpoint = `https://s3.${region}.amazonaws.com`,
    cache,
    cacheGb = 20,
  } = config.file.outcomes?.s3 ?? {};
  // Two tenants of one working folder may have lakes of their own.
  const folder = join(cache === undefined ? join(config.dir, "lake-cache") : resolve(config.folder, cache), bucket, prefix);
  return bucketPlace({ endpoint, region, bucket, prefix, keys: config.lakeKeys, folder, keptBytes: cacheGb * GB, now });
}

/** Default rules of reports. @param own a map instead of the configured one */
export const reportRulesOf = (config: Config, own?: GivenMap): ReportRules => ({
  zone: config.file.outcomes?.zone ?? "UTC",
  map: (given = own) => outcomeMapOf(config, given),
  clock: config.clock,
});

/** Queues the event of a retrieval that ended. */
async function announceToCrm(
  { config, store, lake }: Pick<OutcomeRecords, "config" | "store" | "lake">,
  retrieval: Retrieval,
): Promise<void> {
  const over = { ledger: store.crm, retrievals: store.retrievals, profile: store.profile, lake, map: await outcomeMapOf(config) };
  await createCrmAnnouncer({ ...over, actor: config.actor }).announce(retrieval);
}
