// All use cases of one workplace, for the service and the library, made once.

import { stat } from "node:fs/promises";
import { parseDuration } from "../kernel/index.ts";
import {
  AttentionUseCases,
  AuditUseCases,
  CallUseCases,
  CampaignUseCases,
  CrmPushing,
  CrmUseCases,
  type DeliveryProof,
  DeliveryUseCases,
  type GivenMap,
  JobUseCases,
  KnownAnswers,
  listedWebhooks,
  OperationError,
  RETRY_POLICY,
  type RowJob,
  SimulationUseCases,
  TagUseCases,
  TenantCallbacks,
  TenantDnc,
  type VendorRetryPolicy,
  type VendorWebhookKind,
  VendorWebhookUseCases,
} from "../operations/index.ts";
import { type OutcomeLake, readOutcomeMap } from "../outcomes/index.ts";
import { campaignFilesOn, campaignStatesOf, type DialerOptions, dialerOn, readingsOf, refreshOn } from "./campaign-state.ts";
import { complianceOn, rulesOf } from "./compliance.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { emergencyStopsOn, runStop, type StopTiming } from "./emergency-stop.ts";
import { type Environment, secretFrom } from "./environment.ts";
import { failoverOn } from "./failover.ts";
import { CHANNEL_OF, inboundSecretName, makeSecretFile, ownProof, proofOf } from "./inbound.ts";
import { correctionsOn, correctionUseCasesOn, taggingOn } from "./interactions.ts";
import { livesOn } from "./lives.ts";
import { opening } from "./opening.ts";
import { outcomeMapOf, outcomeMapText } from "./outcome-map.ts";
import { outcomesOn } from "./outcomes.ts";
import { allOf } from "./receivers.ts";
import { contactsOn } from "./segments.ts";
import type { Background } from "./service/background.ts";
import { predictBeside, predictionSoon } from "./service/prediction-thread.ts";
import type { Workplace } from "./workplace.ts";

interface CapabilityOptions {
  readonly warn: (message: string) => void;
  /** Stops the background work. */
  readonly signal: AbortSignal;
  /** Runs the background work. */
  readonly background: Background;
  /** The id of the request that is being answered; none by default. */
  readonly requestId?: (() => string | undefined) | undefined;
  /** Clock of changes of dialer settings; the system's by default. */
  readonly changesClock?: DialerOptions["clock"] | undefined;
  /** Timing of emergency stops. */
  readonly stops?: StopTiming | undefined;
  /** Number of rows under way at once in a job; the configuration's by default. */
  readonly concurrency?: number | undefined;
  /** Number of listings of calls that are read at once; the configuration's by default. */
  readonly downloads?: number | undefined;
}

/**
 * Makes the use cases and adds their kinds of jobs to the runs of the workplace, which must be launched after that. The lake
 * closes with `stack`. Throws ConfigError for settings and rule packs that cannot be used.
 */
export async function capabilitiesOn(
  stack: AsyncDisposableStack,
  workplace: Workplace,
  environment: Environment,
  options: CapabilityOptions,
) {
  const { config, runs } = workplace;
  const { warn, signal, background, requestId = () => undefined } = options;
  const states = campaignStatesOf(config, workplace, predictBeside);
  const refresh = refreshOn(workplace, { states, warn, signal });
  const rows = {
    onStopped: ({ id, stop }: RowJob) => warn(`${id}: stopped: ${stop?.message}`),
    ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
  };
  const tagging = taggingOn(workplace, rows);
  const corrections = correctionsOn(workplace, rows);
  const settings = dialerOn(workplace, readingsOf(refresh, predictionSoon), {
    predict: predictBeside,
    ...(options.changesClock === undefined ? {} : { clock: options.changesClock }),
  });
  const outcomes = outcomesOn(stack, workplace, { warn, downloads: options.downloads, requestId });
  const { lake, retrieving, runSchedules } = outcomes;
  const campaignFiles = campaignFilesOn(workplace);
  const pushing = pushingOn(workplace, lake);
  if (pushing !== undefined) runs.add(pushing.kind());
  for (const operation of [tagging, corrections, settings.changes, retrieving, campaignFiles]) runs.add(operation.kind());
  const failover = failoverOn(workplace);
  const stops = emergencyStopsOn(workplace, options.stops ?? {}, warn);
  const rules = rulesOf(config, {});
  const { compliance, facts } = complianceOn(workplace, {}, { signal, warn });
  const jobs = new JobUseCases(workplace, { tagging, corrections, requestId });
  const campaigns = new CampaignUseCases(workplace, {
    states,
    refresh,
    stops,
    runStop: (id) => runStop(stops, background, id, signal),
    failover,
  });
  const deliveries = new DeliveryUseCases(workplace, () => allOf(workplace));
  return {
    attention: new AttentionUseCases(workplace, { campaigns, compliance, facts, deliveries }),
    campaigns,
    campaignFiles,
    failover,
    contacts: contactsOn(workplace),
    jobs,
    tag: new TagUseCases(workplace, tagging, jobs),
    corrections: correctionUseCasesOn(workplace, corrections, jobs),
    settings,
    simulations: new SimulationUseCases(async () => (await rules()).pack),
    outcomes: outcomes.known,
    crm: crmOn(workplace, pushing, requestId),
    compliance,
    facts,
    audit: new AuditUseCases(workplace, rules),
    deliveries,
    webhooks: vendorWebhooksOn(workplace, environment),
    doNotCall: new TenantDnc(workplace),
    callbacks: new TenantCallbacks(workplace),
    calls: new CallUseCases(workplace),
    known: new KnownAnswers(workplace),
    lives: livesOn(workplace, lake),
    /** What a service runs beside its requests. */
    beside: { refresh, stops, runSchedules },
  };
}

// Wiring of the registrations for the vendor's own events.

/** The data of a registration besides name and address. */
interface VendorWebhookSecrets {
  /** Name of the environment variable that holds the bearer token of deliveries (wfm). */
  readonly tokenEnv?: string | undefined;
  /** File with the secret of deliveries, for the service's own addresses; created with a new secret when it does not exist. */
  readonly secretFile?: string | undefined;
  /** Headers that the vendor includes (metrics). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens the list of registrations at the tenant, compared with the store's records where there is one. */
export const openListedWebhooks = opening(async ({ tenant, storeIfAny }, { warn }: Pick<CapabilityOptions, "warn">) => {
  const connected = await tenant();
  const store = await storeIfAny();
  if (store === undefined) warn("not compared with what outdial registered before: there is no store here");
  return { list: () => listedWebhooks(connected, store?.audit) };
});

/** Opens the registrations. */
export const openVendorWebhooks = opening(async ({ config, environment, tenant, store }) => {
  const context = { tenant: await tenant(), store: await store(), config, actor: config.actor };
  return { vendorWebhooks: vendorWebhooksOn(context, environment), actor: config.actor };
});

/**
 * What deliveries of a new registration shall contain, by what this machine knows; undefined: what whoever registers it expects. Throws ConfigError when the
 * variable of the token is empty.
 */
export async function webhookProof(
  kind: VendorWebhookKind,
  secrets: VendorWebhookSecrets,
  environment: Environment,
): Promise<DeliveryProof | undefined> {
  const given = secrets.tokenEnv === undefined ? undefined : await secretFrom(environment, secrets.tokenEnv);
  if (secrets.tokenEnv !== undefined && given === undefined)
    throw new ConfigError(
      `${secrets.tokenEnv} is not set`,
      "It holds the bearer token that the vendor sends with each delivery.",
    );
  if (given !== undefined) return { token: given };
  const { headers, secretFile: file } = secrets;
  if (file === undefined) return Object.keys(headers).length === 0 ? undefined : { headers };
  const there = await stat(file).then(Boolean, () => false);
  const name = inboundSecretName(CHANNEL_OF[kind]);
  return proofOf(kind, there ? await secretFrom({ [`${name}_FILE`]: file }, name) : await makeSecretFile(file));
}

/** Registrations in a workplace; the secrets of deliveries are the service's own, from its variables. */
function vendorWebhooksOn(
  context: Pick<Workplace, "tenant" | "store" | "actor" | "config">,
  environment: Environment,
): VendorWebhookUseCases {
  return new VendorWebhookUseCases(context, (kind) => ownProof(kind, environment), retryPolicyOf(context.config));
}

/**
 * How often and how fast the vendor should repeat deliveries about the dialer. Throws ConfigError for a time that is not a whole
 * number of seconds.
 */
function retryPolicyOf({ file }: Pick<Config, "file">): VendorRetryPolicy {
  const { retries, backoff, timeout } = file.vendorEvents?.wfm ?? {};
  const seconds = timeout === undefined ? RETRY_POLICY.timeoutSec : (parseDuration(timeout) ?? 0) / 1000;
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new ConfigError(`vendorEvents.wfm.timeout is ${timeout}; allowed are whole seconds, such as 10s`);
  return {
    maxRetries: retries ?? RETRY_POLICY.maxRetries,
    backoffMultiplier: backoff ?? RETRY_POLICY.backoffMultiplier,
    timeoutSec: seconds,
  };
}

// Wiring of the CRM: events of retrievals, records in batches.

/** Pushes to the CRM of a workplace, to be added to its runs; undefined without a CRM. */
function pushingOn(workplace: Workplace, lake: OutcomeLake): CrmPushing | undefined {
  const { config, store, runs, replica: members, crmScope: scope, crmRecordsUrl: recordsUrl, random } = workplace;
  const first = workplace.receivers["crm"];
  if (first === undefined || scope === undefined) return undefined;
  const access = {
    // Its secret may be exchanged while the service runs, its address not.
    get endpoint() {
      return workplace.receivers["crm"] ?? first;
    },
    recordsUrl,
    map: (given?: GivenMap) => outcomeMapOf(config, given),
  };
  return new CrmPushing({ store, lake, access, runs, members, scope, clock: config.clock, random });
}

/** What can be done with the CRM. */
function crmOn(workplace: Workplace, pushing: CrmPushing | undefined, requestId: () => string | undefined): CrmUseCases {
  const { config, crmRecordsUrl } = workplace;
  return new CrmUseCases(workplace, {
    pushing() {
      if (pushing === undefined) throw noCrm();
      return pushing;
    },
    takesRecords: crmRecordsUrl !== undefined,
    readMap: async (given) => {
      const map = typeof given === "string" ? { name: given, text: await outcomeMapText(config, given) } : given;
      await readOutcomeMap(map.text, map.name);
      return map;
    },
    deliver: () => workplace.deliverEvents(),
    requestId,
  });
}

const noCrm = (): OperationError =>
  new OperationError("invalid_input", "no CRM is configured", {
    advice: "Set webhooks.crm.url in outdial.yaml, or OUTDIAL_CRM_URL, and the signing secret in OUTDIAL_CRM_SECRET.",
  });
