// Wiring of corrections of closed interactions.

import {
  Corrections,
  CorrectionUseCases,
  checkCorrections,
  checkTags,
  correctionsMade,
  createCorrectionLedger,
  createTagLedger,
  DEFAULT_EXCLUSIVE,
  DISPOSITIONS,
  InteractionUseCases,
  JobRecords,
  JobRecordsUseCases,
  type JobUseCases,
  type RowJob,
  TAG,
  Tagging,
} from "../operations/index.ts";
import type { Config } from "./config.ts";
import { opening } from "./opening.ts";
import { requireOwnStore } from "./store-of-config.ts";
import { type Workplace, type WorkplaceOptions, working } from "./workplace.ts";

/** Number of rows under way at once: each needs three requests, and two rows for one interaction wait for each other. */
const CONCURRENCY = 8;
const ATTEMPTS = 3;
/** What runs jobs of corrections in a workplace, to be added to its runs. */
export function correctionsOn(
  workplace: Workplace,
  options: { readonly concurrency?: number } & { readonly onStopped?: (job: RowJob) => void },
): Corrections {
  const { config, tenant, store, random, replica } = workplace;
  const given = config.file.interactions;
  return new Corrections({
    jobs: new JobRecords(store.jobs, [DISPOSITIONS], workplace.scope),
    jobLedger: store.jobs,
    changes: store.interactionChanges,
    locks: store.locks,
    ledger: createCorrectionLedger({
      jobs: store.jobs,
      actor: config.actor,
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
    interactions: tenant.capabilities.interactionDispositions,
    clock: config.clock,
    random,
    actor: config.actor,
    replicaId: replica.id,
    tenantName: interactionsOrigin(config),
    exclusive: exclusiveOf(config),
    attempts: given?.attempts ?? ATTEMPTS,
    concurrency: options.concurrency ?? given?.concurrency ?? CONCURRENCY,
  });
}

/** The origin that serves interactions: distinguishes the tenants of one store. */
function interactionsOrigin({ tenantUrl, file }: Config): string {
  const hosts = tenantUrl ?? file.tenant?.hosts ?? "";
  const url = typeof hosts === "string" ? hosts : (hosts.interactions ?? hosts.default ?? hosts.outbound ?? "");
  return URL.canParse(url) ? new URL(url).origin : url;
}

const exclusiveOf = (config: Config) => config.file.interactions?.exclusive ?? DEFAULT_EXCLUSIVE;

/** Closed interactions of a workplace, and their corrections. */
export function correctionUseCasesOn(
  workplace: Workplace,
  corrections: Corrections,
  records: JobRecordsUseCases,
): CorrectionUseCases {
  return new CorrectionUseCases(workplace, exclusiveOf(workplace.config), corrections, records);
}

/** Opens the corrections that a store knows; needs no tenant. */
export const openInteractionChanges = opening(async ({ store: opened }) => {
  const store = await opened();
  const made: CorrectionUseCases["made"] = (asked) => correctionsMade(store, asked);
  return { made };
});

/** Opens what shows interactions; stores nothing. */
export const openInteractions = opening(
  async ({ config, tenant }) => new InteractionUseCases({ tenant: await tenant(), clock: config.clock }, exclusiveOf(config)),
);

/** Opens what shows what corrections would do; stores nothing. Throws StoreError `other_tenant` as the corrections would. */
export const openCorrections = opening(async ({ config, environment, tenant }) => {
  await requireOwnStore(config, environment);
  return new InteractionUseCases({ tenant: await tenant(), clock: config.clock }, exclusiveOf(config));
});

// Wiring of bulk tagging.

interface TaggingOptions extends WorkplaceOptions {
  readonly concurrency?: number;
}

/** Opens what only checks files of rows: needs no store. Throws StoreError `other_tenant` as the jobs would. */
export const openChecks = opening(async ({ config, environment, tenant: connected }) => {
  const tenant = await connected();
  await requireOwnStore(config, environment);
  const checks: Pick<JobUseCases, "checkTags" | "checkCorrections"> = {
    checkTags: (...asked) => checkTags(tenant, ...asked),
    checkCorrections: (...asked) => checkCorrections(tenant, ...asked),
  };
  return checks;
});

/** Opens everything that a tagging job needs. */
export const openTagging = working((workplace, options: TaggingOptions) => {
  const tagging = taggingOn(workplace, options);
  workplace.runs.add(tagging.kind());
  return {
    tagging,
    /** Stops the run in this process early: rows under way are finished and recorded, and the job can be resumed. */
    interrupt: () => workplace.runs.interrupt(),
    records: new JobRecordsUseCases(workplace),
    verifyAudit: () => workplace.store.audit.verify(),
    /** Waits until due events are delivered, as long as their receiver takes them. */
    deliverEvents: () => workplace.deliverEvents(),
  };
});

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
