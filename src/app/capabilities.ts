// All use cases of one workplace, for the service and the library, made once.

import {
  AttentionUseCases,
  AuditUseCases,
  CampaignUseCases,
  DeliveryUseCases,
  JobUseCases,
  KnownAnswers,
  OutcomeUseCases,
  type RowJob,
  SimulationUseCases,
  TagUseCases,
  TenantCallbacks,
  TenantDnc,
} from "../operations/index.ts";
import { campaignStatesOf, refreshOn } from "./campaign-state.ts";
import { campaignFilesOn } from "./campaigns.ts";
import { complianceOn, rulesOf } from "./compliance.ts";
import { crmOn, pushingOn } from "./crm.ts";
import { dialerOn, readingsOf } from "./dialer.ts";
import type { DialerOptions } from "./dialer-types.ts";
import { emergencyStopsOn, runStop, type StopTiming } from "./emergency-stop.ts";
import type { Environment } from "./environment.ts";
import { failoverOn } from "./failover.ts";
import { correctionsOn, correctionUseCasesOn } from "./interactions.ts";
import { outcomesOn, reportRulesOf } from "./outcomes.ts";
import { allOf } from "./receivers.ts";
import { contactsOn } from "./segments.ts";
import type { Background } from "./service/background.ts";
import { predictBeside, predictionSoon } from "./service/prediction-thread.ts";
import { taggingOn } from "./tagging.ts";
import { vendorWebhooksOn } from "./vendor-webhooks.ts";
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
  const states = campaignStatesOf(config, workplace);
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
  const { lake, retrieving, runSchedules } = outcomesOn(stack, workplace, { warn, downloads: options.downloads });
  const campaignFiles = campaignFilesOn(workplace);
  const pushing = pushingOn(workplace, lake);
  if (pushing !== undefined) runs.add(pushing.kind());
  for (const operation of [tagging, corrections, settings.changes, retrieving, campaignFiles]) runs.add(operation.kind());
  const failover = failoverOn(workplace);
  const stops = emergencyStopsOn(workplace, options.stops ?? {}, warn);
  const rules = rulesOf(config, {});
  const { compliance, facts } = complianceOn(workplace, {}, signal);
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
    outcomes: new OutcomeUseCases(workplace, {
      lake,
      retrieving,
      rules: reportRulesOf(config),
      takesRecords: workplace.crmRecordsUrl !== undefined,
      requestId,
    }),
    crm: crmOn(workplace, pushing, requestId),
    compliance,
    facts,
    audit: new AuditUseCases(workplace, rules),
    deliveries,
    webhooks: vendorWebhooksOn(workplace, environment),
    doNotCall: new TenantDnc(workplace),
    callbacks: new TenantCallbacks(workplace),
    known: new KnownAnswers(workplace),
    /** What a service runs beside its requests. */
    beside: { refresh, stops, runSchedules },
  };
}
