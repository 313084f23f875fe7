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
import type { AuditInput } from "../store/index.ts";
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
  const { config, tenant, store } = workplace;
  const given = config.file.interactions;
  const { parts, ledger } = rowJobsOn(workplace, DISPOSITIONS, options);
  return new Corrections({
    ...parts,
    jobLedger: store.jobs,
    changes: store.interactionChanges,
    locks: store.locks,
    ledger: createCorrectionLedger(ledger),
    interactions: tenant.capabilities.interactionDispositions,
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
  const { config, tenant } = workplace;
  const { parts, ledger } = rowJobsOn(workplace, TAG, options);
  return new Tagging({
    ...parts,
    ledgerOf: (campaignId, instead) => createTagLedger({ ...ledger, campaignId, instead }),
    matrices: tenant.capabilities,
    writer: tenant.capabilities.dispositionWriter,
    reader: tenant.capabilities.callReader,
    concurrency: options.concurrency ?? config.concurrency,
  });
}

/** What jobs over rows of any kind need of a workplace, and their ledger. */
function rowJobsOn(
  { config, store, random, replica, runs, scope, onItem }: Workplace,
  kind: string,
  { onStopped }: { readonly onStopped?: (job: RowJob) => void },
) {
  const { actor, clock } = config;
  return {
    parts: {
      jobs: new JobRecords(store.jobs, [kind], scope),
      runs,
      scope,
      onStopped,
      replicas: replica,
      record: (entry: AuditInput) => store.audit.append([entry]),
      clock,
      random,
      actor,
      replicaId: replica.id,
    },
    ledger: {
      jobs: store.jobs,
      actor,
      executor: replica.id,
      now: () => clock.now(),
      takes: (type: string) => store.endpoints.takes(type),
      onItem,
    },
  };
}
