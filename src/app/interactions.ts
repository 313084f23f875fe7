// Wiring of corrections of closed interactions.

import {
  Corrections,
  CorrectionUseCases,
  createCorrectionLedger,
  DEFAULT_EXCLUSIVE,
  DISPOSITIONS,
  InteractionUseCases,
  JobRecords,
  type JobRecordsUseCases,
  type RowJob,
} from "../operations/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { type JobRuntime, runtimeOver } from "./job-runtime.ts";
import { requireOwnStore, storeOf } from "./store-of-config.ts";
import { tenantFromConfig } from "./tenant-from-config.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** Number of rows under way at once: each needs three requests, and two rows for one interaction wait for each other. */
const CONCURRENCY = 8;
const ATTEMPTS = 3;
/** The rate family that corrections share with other small calls. */
export const CORRECTION_RATE = "other";

/** Everything a job of corrections needs. */
export interface CorrectionsRuntime extends JobRuntime {
  readonly corrections: Corrections;
}

interface CorrectionsOptions extends WorkplaceOptions {
  readonly concurrency?: number;
}

/** Opens what a job of corrections needs. Disposing closes it in reverse order. */
export async function openCorrections(
  flags: Flags,
  environment: Environment,
  options: CorrectionsOptions,
): Promise<CorrectionsRuntime> {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const corrections = await startCorrections(workplace, options);
  return { ...runtimeOver(stack.move(), workplace, corrections, CORRECTION_RATE), corrections };
}

/** Starts only what runs jobs of corrections in a workplace. */
export async function startCorrections(
  workplace: Workplace,
  options: Pick<CorrectionsOptions, "concurrency">,
): Promise<Corrections> {
  const corrections = correctionsOn(workplace, options);
  workplace.runs.add(corrections.kind());
  await workplace.launch();
  workplace.startDelivery();
  return corrections;
}

/** What runs jobs of corrections in a workplace, to be added to its runs. */
export function correctionsOn(
  workplace: Workplace,
  options: Pick<CorrectionsOptions, "concurrency"> & { readonly onStopped?: (job: RowJob) => void },
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

/** A change of an interaction that this store knows. Entries: as read before, as intended, and as read afterwards. */
interface KnownChange {
  readonly interactionId: string;
  readonly at: string;
  readonly actor: string;
  readonly jobId: string;
  readonly line: number;
  readonly before: unknown;
  readonly intended: unknown;
  readonly stored: unknown;
}

/** The interactions that were corrected from this store, the latest first. */
export async function openInteractionChanges(
  flags: Flags,
  environment: Environment,
  asked: { readonly interactionId?: string | undefined; readonly limit: number },
): Promise<readonly KnownChange[]> {
  const store = await storeOf(await loadConfig(flags, environment), environment);
  try {
    const found = await store.interactionChanges.latest(asked);
    return found.map(({ announcedAt, interactionId, actor, jobId, line, before, intended, stored }) => ({
      interactionId,
      at: new Date(announcedAt).toISOString(),
      actor,
      jobId,
      line,
      before,
      intended,
      stored,
    }));
  } finally {
    await store.close();
  }
}

/**
 * Opens what shows interactions and what corrections would do; stores nothing.
 * @param use.dryRun whether corrections are checked: then it throws StoreError `other_tenant` as the corrections would
 */
export async function openInteractions(
  flags: Flags,
  environment: Environment,
  { dryRun = false }: { readonly dryRun?: boolean } = {},
): Promise<InteractionUseCases & AsyncDisposable> {
  const config = await loadConfig(flags, environment);
  if (dryRun) await requireOwnStore(config, environment);
  const tenant = await tenantFromConfig(config, environment);
  const interactions = new InteractionUseCases({ tenant, clock: config.clock }, exclusiveOf(config));
  return Object.assign(interactions, { [Symbol.asyncDispose]: () => tenant.close() });
}
