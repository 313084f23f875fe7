// What command line, API and dashboard can do with dialer settings: settings in force and their history, preview of a change, the change itself.

import { z } from "zod";
import { ABANDONMENT_LIMIT, type Clock, durationText } from "../../kernel/index.ts";
import type { DialerCampaignEntry, DialerChange, DialerLedger, Store } from "../../store/index.ts";
import { type CallOptions, requireSupported, TenantError, type TenantLink, type VendorAuditEntry } from "../../tenant/port.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import { listCampaigns } from "../known/index.ts";
import { timesOf } from "../readings.ts";
import { basisOf, changeOf, judgementOf, measuredOf, predictionOf, versionOf } from "../views/dialer-views.ts";
import type { Planned } from "../views/plan.ts";
import type {
  DialerChange as ChangeView,
  DialerPreview,
  DialerProposal,
  DialerVersion,
  DialerView,
  SimulatorComparison,
} from "../views/schemas/dialer.ts";
import { partOf } from "../views/texts.ts";
import { parseSettingsFile, type SettingsFile } from "./file.ts";
import { checkOverride, type Judgement, judgeFile, type Predictor, type RegulatoryCheck, withAgents } from "./gate.ts";
import type { GuardPlan } from "./guard.ts";
import { basisInForce, fileInForce, measuredFor } from "./in-force.ts";
import { type DialerSettings, readSettings, sameSettings, settingsHash } from "./model.ts";
import { changePlanOf, type DialerPlan } from "./plan.ts";
import type { SettingsChanges } from "./service.ts";
import { askedOver } from "./shown-only.ts";
import { settingsInForce, subjectOf } from "./tenant-settings.ts";
import { compareWithVendor, type RunSimulator, type SimulatedRun } from "./vendor-simulator.ts";

// Dialer settings in force as stored, with the time, the tenant's counts, and the prediction for them.

/** The settings in force as stored. */
export interface DialerReadings {
  /**
   * Says that somebody looks at the settings of a campaign ("" where a tenant has them once): old ones are read again in the
   * background.
   */
  looking(campaign: string): void;
  /** Reads them now. Throws TenantError. */
  readNow(campaign: string): Promise<void>;
  /** The prediction for settings in force, or why there is none; undefined while it is being computed. */
  prediction(file: SettingsFile): Promise<Judgement["prediction"] | undefined>;
}

/** What is shown of settings before a campaign is chosen. */
const NOTHING_SHOWN = {
  settings: null,
  known: partOf(null, null),
  tag: null,
  basis: null,
  measured: null,
  prediction: null,
  campaign: null,
} as const;

/** The settings in force, read now and without a store, or the campaigns to choose from. Throws TenantError. */
export async function settingsShown({ capabilities }: TenantLink, clock: Clock, campaign?: string): Promise<DialerView> {
  const { pacingSettings, campaignProvisioning } = capabilities;
  if (pacingSettings.capability.perCampaign && campaign === undefined) {
    const choose: { id: string; name: string }[] = [];
    for await (const { id, name } of campaignProvisioning.campaigns()) choose.push({ id, name: name ?? id });
    return { ...NOTHING_SHOWN, problem: PER_CAMPAIGN, choose, open: null };
  }
  const { value: settings, lock } = await pacingSettings.read(campaign);
  const read = readSettings(settings);
  const problem = "problem" in read ? read.problem : null;
  const [known, tag] = [partOf(clock.now(), null), lock?.tag ?? null];
  return { ...NOTHING_SHOWN, settings, known, tag, problem, campaign: campaign ?? null, choose: null, open: null };
}

/** Settings as the service stores them; the document is the vendor's, and whoever reads it checks it. */
const keptSettings = z.object({ settings: z.unknown(), tag: z.string().nullable() });

/** The settings in force as last read. @param fresh reads the tenant first. Throws OperationError `not_found`, TenantError */
async function shownInForce(
  context: Pick<Context, "store" | "clock">,
  readings: DialerReadings,
  campaign: string,
  fresh: boolean,
): Promise<Omit<DialerView, "open" | "choose" | "campaign">> {
  const { store } = context;
  if (fresh) await readings.readNow(campaign);
  else if (campaign !== "" && (await store.knownCampaigns.find(campaign)) === undefined)
    throw new OperationError("not_found", `no campaign ${campaign} is known`, {
      advice: "A campaign that was created since then is listed within a minute. With fresh=true the API reads the tenant first.",
    });
  readings.looking(campaign);
  const reading = await store.tenantReadings.find({ what: "dialer", subject: campaign });
  const kept = keptSettings.safeParse(reading?.value).data;
  const value = kept?.settings ?? null;
  const read = kept === undefined ? undefined : readSettings(value);
  const { readAt, failed } = timesOf(reading);
  const applied = await store.dialer.latestApplied(campaign);
  const settings = read !== undefined && "settings" in read ? read.settings : undefined;
  const basis = settings === undefined ? undefined : basisInForce(settings, applied);
  const { answers, ...measured } = await measuredFor({ ...context, tenant: undefined }, campaign);
  const file = settings === undefined ? "not read" : withAgents(fileInForce(settings, applied, measured), campaign !== "");
  const prediction = typeof file === "string" ? undefined : await readings.prediction(file);
  return {
    settings: value,
    known: partOf(kept === undefined ? null : readAt, failed),
    tag: kept?.tag ?? null,
    problem: read !== undefined && "problem" in read ? read.problem : null,
    basis: basis === undefined ? null : basisOf(basis),
    measured: settings === undefined || answers === undefined ? null : measuredOf(answers),
    prediction: prediction === undefined || typeof prediction === "string" ? null : predictionOf(prediction),
  };
}

// Creates a dialer campaign from a settings file, never two from one file: the intent is written before the request is sent, and
// after a lost reply the campaign is looked up.

/** What is asked of the tenant. */
interface CampaignDesk {
  create(settings: DialerSettings): Promise<{ readonly id: string }>;
  /** Entries of the tenant's audit log about campaigns; their order does not matter. */
  auditEntries(): AsyncIterable<unknown>;
}

interface CampaignDependencies {
  readonly desk: CampaignDesk;
  readonly ledger: Pick<DialerLedger, "inTurn" | "intendCampaign" | "settleCampaign">;
  readonly actor: string;
}

interface CampaignResult {
  readonly campaignId: string;
  /** True when an earlier run had created it. */
  readonly already: boolean;
}

/** An entry of the audit log that shows a new campaign. */
const creation = z.object({
  entityId: z.string().optional(),
  action: z.string(),
  after: z.looseObject({ id: z.string().optional() }),
});

/**
 * Creates the campaign of a file, unless this file's was created before.
 * @param options.again sends a file whose earlier request may have been carried out: only after a person has checked
 * @throws OperationError `invalid_input` when it is not known whether an earlier request was carried out; TenantError when it
 * certainly was not
 */
async function createDialerCampaign(
  file: Pick<SettingsFile, "name" | "settings">,
  { desk, ledger, actor }: CampaignDependencies,
  options: { readonly again: boolean },
): Promise<CampaignResult> {
  const { settings } = file;
  const contentHash = settingsHash(settings);
  const entry = (action: string, details: Readonly<Record<string, unknown>> = {}) => ({
    actor,
    action,
    subject: settings.name,
    details: { source: file.name, contentHash, ...details },
  });
  const settled = async (campaignId: string, already: boolean): Promise<CampaignResult> => {
    await ledger.settleCampaign(contentHash, campaignId, [entry("campaign.created", { campaignId })]);
    return { campaignId, already };
  };
  return ledger.inTurn(`campaign ${contentHash}`, async () => {
    const { entry: known, fresh } = await ledger.intendCampaign({
      contentHash,
      name: settings.name,
      sourceName: file.name,
      actor,
      audit: [entry("campaign.create")],
    });
    if (known.campaignId !== null) return { campaignId: known.campaignId, already: true };
    if (!fresh) {
      const found = await lookUp(desk, settings, known);
      if (found !== undefined) return settled(found, true);
      if (!options.again) throw unknown(settings, "an earlier run was interrupted while it was sending");
    }
    try {
      return await settled((await desk.create(settings)).id, false);
    } catch (thrown) {
      if (!(thrown instanceof TenantError)) throw thrown;
      if (!thrown.outcomeUnknown && thrown.code !== "unknown_outcome") {
        await ledger.settleCampaign(contentHash, null, [
          entry("campaign.refused", { error: thrown.code, message: thrown.message }),
        ]);
        throw thrown;
      }
      const found = await lookUp(desk, settings, known);
      if (found !== undefined) return settled(found, false);
      throw unknown(settings, thrown.message);
    }
  });
}

/** The campaign with exactly these settings that appeared since the intent was written: its id from the tenant's audit log. */
async function lookUp(desk: CampaignDesk, settings: DialerSettings, known: DialerCampaignEntry): Promise<string | undefined> {
  try {
    for await (const item of desk.auditEntries()) {
      const parsed = creation.safeParse(item);
      if (!parsed.success || !/creat/i.test(parsed.data.action)) continue;
      const { after, entityId } = parsed.data;
      const read = readSettings(after);
      if ("settings" in read && sameSettings(read.settings, settings) && isSince(item, known)) return entityId ?? after.id;
    }
  } catch (thrown) {
    // Without the right to read the audit log nothing can be looked up; the outcome stays unknown.
    if (!(thrown instanceof TenantError)) throw thrown;
  }
  return undefined;
}

/** The clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

function isSince(item: unknown, known: DialerCampaignEntry): boolean {
  const timestamp = typeof item === "object" && item !== null && "timestamp" in item ? item.timestamp : undefined;
  const at = typeof timestamp === "string" ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(at) || at >= known.createdAt - CLOCK_SKEW_MS;
}

function unknown(settings: DialerSettings, why: string): OperationError {
  return new OperationError(
    "outcome_unknown",
    `it is not known whether the campaign ${JSON.stringify(settings.name)} was created (${why}), and the tenant's audit log does not show it`,
    { advice: "Look in the tenant's administration. If it is not there, run the command again with --again." },
  );
}

/** Probability of a false alarm, and of missing the alternative, of each test of a guarded rollout. */
const GUARD_ALPHA = 0.01;
const GUARD_BETA = 0.05;

/** How a guarded rollout watches. */
interface GuardRules {
  /** Time between two readings, ms: whole minutes. */
  readonly everyMs: number;
  /** Abandonment rate that must be detected. */
  readonly alternative: number;
}

/** What dialer settings are judged and predicted with. */
export interface DialerRules {
  readonly predict: Predictor;
  /** Highest acceptable probability of abandonment above 3 %. */
  readonly chance: number;
  /** Regulatory checks to request from the tenant. */
  readonly checks: readonly RegulatoryCheck[];
  readonly simulate: RunSimulator;
  readonly guard: GuardRules;
  readonly readings: DialerReadings;
}

interface ApplyOptions {
  /** The campaign of the settings, where a tenant keeps settings for each campaign. */
  readonly campaign?: string | undefined;
  readonly overrides?: readonly string[] | undefined;
  /** Whether settings that did not hold before may be applied again. */
  readonly retryRejected?: boolean | undefined;
  /** Share of the dials that a person answers, where the tenant has not measured one. */
  readonly expectedAnswerRate?: number | undefined;
  readonly guardMs?: number | undefined;
  /** Campaigns that a guarded rollout watches; all active campaigns by default. */
  readonly guardCampaigns?: readonly string[] | undefined;
  /** False writes nothing, not even the settings that were found. */
  readonly store?: boolean | undefined;
}

const PER_CAMPAIGN = "settings are per campaign on this profile: choose one";

const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;

/** Dialer settings: show, validate, apply, roll back, history, metrics. Errors: OperationError, TenantError, StoreError. */
export class DialerUseCases {
  readonly #context: Context;
  readonly #rules: DialerRules;
  readonly changes: SettingsChanges;

  constructor(context: Context, changes: SettingsChanges, rules: DialerRules) {
    this.#context = context;
    this.#rules = rules;
    this.changes = changes;
  }

  /**
   * The settings as last read, with the time, and the change under way. Where each campaign has settings of its own and none is
   * named, nothing is read: the view names the campaigns to choose from.
   * @param asked.fresh reads the tenant first
   * @throws OperationError `invalid_input`, `not_found`
   */
  async show(asked: { readonly fresh: boolean; readonly campaign?: string | undefined }): Promise<DialerView> {
    const { tenant } = this.#context;
    const { perCampaign } = tenant.capabilities.pacingSettings.capability;
    const open = await this.changes.open();
    const under = open === undefined ? null : await this.change(open.version);
    if (perCampaign && asked.campaign === undefined)
      return { ...NOTHING_SHOWN, problem: PER_CAMPAIGN, choose: await this.#campaigns(), open: under };
    const campaign = subjectOf(tenant.capabilities.pacingSettings, asked.campaign);
    const shown = await shownInForce(this.#context, this.#rules.readings, campaign, asked.fresh);
    return { ...shown, campaign: campaign || null, choose: perCampaign ? await this.#campaigns() : null, open: under };
  }

  async #campaigns(): Promise<NonNullable<DialerView["choose"]>> {
    return (await this.#context.store.knownCampaigns.list()).map(({ id, name }) => ({ id, name }));
  }

  /** See `dialerHistory`. */
  history(limit: number, before?: number, campaign?: string): Promise<readonly DialerVersion[]> {
    return dialerHistory(this.#context.store, limit, before, campaign);
  }

  /** The progress of a change, or how it ended. Throws OperationError `job_not_found`. */
  async change(version: number): Promise<ChangeView> {
    const report = await this.changes.report(version);
    return changeOf(report, await this.#context.runs.standingOf(report.change.jobId));
  }

  /**
   * Reads a settings file as this tenant's profile requires: fields that nothing writes there may be left out. Throws
   * OperationError `invalid_input`.
   */
  readFile(text: string, name: string): Promise<SettingsFile> {
    return readSettingsFile(this.#context.tenant, text, name);
  }

  /**
   * Our checks, the tenant's validation, the prediction; changes nothing.
   * @param asked.checks regulatory checks; those of the configuration by default
   * @param asked.campaign the campaign of the settings, where a tenant keeps settings for each campaign
   */
  async validate(
    file: SettingsFile,
    {
      checks = this.#rules.checks,
      campaign,
    }: { readonly checks?: readonly RegulatoryCheck[] | undefined; readonly campaign?: string | undefined } = {},
  ): Promise<ValidatedSettings> {
    return judgeSettings(this.#context, file, { ...this.#rules, checks, campaign });
  }

  /**
   * Runs the tenant's own simulator on settings, and ours on the same; changes nothing.
   * Throws TenantError, `unsupported` where the tenant has no simulator
   */
  simulateVendor(file: SettingsFile, run: SimulatedRun): Promise<SimulatorComparison> {
    return compareWithVendor(this.#context.tenant.capabilities.pacingSettings, file, run, this.#rules.simulate);
  }

  /** What applying a file would do. */
  async planApply(file: SettingsFile, options: ApplyOptions = {}): Promise<Planned<DialerPlan>> {
    const { overrides = [], guardMs, guardCampaigns = [], store = true, retryRejected = false, ...asked } = options;
    for (const name of overrides) checkOverride(name);
    const { everyMs } = this.#rules.guard;
    // Before anything is read or predicted.
    if (guardMs !== undefined && guardMs < everyMs)
      throw new OperationError(
        "invalid_input",
        `a watch of ${durationText(guardMs)} is shorter than the time between two readings (${durationText(everyMs)})`,
      );
    const prepared = await this.changes.prepare("apply", file, { ...asked, overrides, store });
    const guard = guardMs === undefined ? null : await this.guardPlan(guardMs, guardCampaigns);
    return changePlanOf("dialer.apply", prepared, guard, retryRejected);
  }

  /** What a rollback would do: to a version that was in force, or to before the latest change. */
  async planRollback({
    version,
    overrides = [],
    store = true,
    ...asked
  }: {
    readonly version?: number | undefined;
    readonly campaign?: string | undefined;
    readonly expectedAnswerRate?: number | undefined;
    readonly overrides?: readonly string[] | undefined;
    /** See ApplyOptions. */
    readonly store?: boolean | undefined;
  }): Promise<Planned<DialerPlan>> {
    for (const name of overrides) checkOverride(name);
    // A rollback to settings that once did not hold is a person's own decision.
    return changePlanOf(
      "dialer.rollback",
      await this.changes.prepareRollback(version, { ...asked, overrides, store }),
      null,
      true,
    );
  }

  /** Begins a planned change and lets it run in the background. */
  async begin({ prepared, guard }: DialerPlan, by: string): Promise<ChangeView> {
    const { version } = await this.changes.begin(prepared, guard, by);
    return this.#start(version);
  }

  /** Continues a stopped change, or decides about one that waits for a person. */
  async resume(version: number, decision: "keep" | "rollBack" | undefined, by: string): Promise<ChangeView> {
    if (decision !== undefined) await this.changes.decide(version, decision === "keep", by);
    return this.#start(version);
  }

  /** The tenant's measurements, hour by hour. @param names all by default */
  metrics(campaignId: string | undefined, names: readonly string[], call?: CallOptions): AsyncIterable<HourlyFigures> {
    return hourlyFigures(this.#context.tenant, campaignId, names, call);
  }

  /** The tenant's own audit log, newest first. */
  vendorAudit(entity: string, call?: CallOptions): AsyncIterable<VendorAuditEntry> {
    return this.#context.tenant.capabilities.vendorAudit.entries(entity, call);
  }

  /** Throws TenantError `unsupported` when a campaign consists of more than settings. */
  requireMaking(): void {
    requireMaking(this.#context.tenant);
  }

  /**
   * Creates a paused campaign from a settings file at the tenant, never two from one file.
   * @param again sends a file whose earlier request may have been carried out: only after a person has checked
   */
  async createCampaign(
    file: SettingsFile,
    { by = this.#context.actor, again = false }: { readonly by?: string; readonly again?: boolean } = {},
  ): Promise<{ readonly campaignId: string; readonly already: boolean }> {
    const { store, tenant } = this.#context;
    this.requireMaking();
    const desk = {
      create: (settings: SettingsFile["settings"]) => tenant.capabilities.pacingSettings.createCampaign(settings),
      auditEntries: () => tenant.capabilities.vendorAudit.entries("campaign"),
    };
    return { ...(await createDialerCampaign(file, { ledger: store.dialer, actor: by, desk }, { again })) };
  }

  async #start(version: number): Promise<ChangeView> {
    const { jobId }: DialerChange = await this.changes.find(version);
    if (jobId !== null) await this.#context.runs.start(jobId);
    return this.change(version);
  }

  /** How a guarded rollout watches. @param named campaigns; all active ones when empty. Throws TenantError */
  async guardPlan(durationMs: number, named: readonly string[]): Promise<GuardPlan> {
    const { everyMs, alternative } = this.#rules.guard;
    const campaigns = named.length > 0 ? [...named] : await activeCampaigns(this.#context);
    return {
      durationMs,
      everyMs,
      campaigns,
      limit: ABANDONMENT_LIMIT,
      alternative,
      alpha: GUARD_ALPHA,
      beta: GUARD_BETA,
    };
  }
}

/** Throws TenantError `unsupported` when a campaign consists of more than settings. */
export const requireMaking = ({ capabilities }: Pick<Context["tenant"], "capabilities">): void =>
  requireSupported("make a campaign of dialer settings", capabilities.pacingSettings.making);

const text = z.string().optional().catch(undefined);
const figure = z.number().nullish().catch(undefined);
/** The dialer's figures of an hour, which begins at `timestamp`, beside what else the tenant sends; which there are depends on the tenant. */
const hourly = z.looseObject({
  timestamp: text,
  campaignId: text,
  efficiency: figure,
  abandonmentRate: figure,
  answerRate: figure,
  averageWaitTime: figure,
});
export type HourlyFigures = Readonly<z.output<typeof hourly>>;

/** The tenant's measurements, hour by hour. @param names all by default */
export async function* hourlyFigures(
  { capabilities }: Pick<Context["tenant"], "capabilities">,
  campaignId: string | undefined,
  names: readonly string[],
  call?: CallOptions,
): AsyncGenerator<HourlyFigures> {
  const metrics = METRICS.filter((name) => names.length === 0 || names.includes(name));
  for await (const row of capabilities.metricsSource.hourly({ campaignId, metrics }, call)) yield hourly.parse(row);
}

/**
 * Versions, newest first, each with what it changed; needs no tenant. @param before only versions before this one
 * @param campaign only those of this campaign's settings
 */
export async function dialerHistory(
  { dialer }: Pick<Store, "dialer">,
  limit: number,
  before?: number,
  campaign?: string,
): Promise<readonly DialerVersion[]> {
  return (await dialer.list(limit, before, campaign)).map(versionOf);
}

/**
 * Our checks, the tenant's validation, the prediction; without a store, what was measured is asked of the tenant. Where a tenant shows fields that nothing writes, the
 * settings in force are read. Throws TenantError, OperationError `invalid_input` when no campaign is given although the tenant
 * keeps settings for each campaign
 */
export async function judgeSettings(
  { tenant, store, clock }: Pick<Context, "tenant" | "clock"> & { readonly store?: Context["store"] | undefined },
  file: SettingsFile,
  {
    predict,
    chance,
    checks,
    campaign,
  }: Pick<DialerRules, "predict" | "chance" | "checks"> & { readonly campaign?: string | undefined },
): Promise<ValidatedSettings> {
  const pacing = tenant.capabilities.pacingSettings;
  const subject = subjectOf(pacing, campaign);
  const deps = { pacing, predict, chance, checks, overrides: [] };
  const { answers: _, ...measured } = await measuredFor({ store, tenant, clock }, subject);
  if (pacing.shownOnly === undefined) return validated(await judgeFile({ ...file, measured }, deps));
  const { settings, findings } = askedOver(file, (await settingsInForce(pacing, subject)).settings, pacing);
  return validated(await judgeFile({ ...file, settings, measured }, { ...deps, found: findings }));
}

/** What was found about settings, without a comparison with those in force. */
export type ValidatedSettings = Pick<DialerPreview, "findings" | "checks" | "prediction" | "refusals" | "overridden">;

function validated(judgement: Judgement): ValidatedSettings {
  const { inForce: _, ...found } = judgementOf(judgement);
  return found;
}

/** Reads a settings file as a tenant's profile requires. Throws OperationError `invalid_input`. */
export function readSettingsFile({ capabilities }: TenantLink, text: string, name: string): Promise<SettingsFile> {
  return parseSettingsFile(text, name, Object.keys(capabilities.pacingSettings.shownOnly ?? {}));
}

/** A settings file that came as text or as JSON, which is also YAML: the same parser finds every mistake. */
export function proposedFile(
  dialer: Pick<DialerUseCases, "readFile">,
  { file, sourceName }: Pick<DialerProposal, "file" | "sourceName">,
): Promise<SettingsFile> {
  return dialer.readFile(typeof file === "string" ? file : JSON.stringify(file, undefined, 1), sourceName ?? "dashboard");
}

/** Those that the tenant's list shows active, and those that it lacks and that were active when they were last seen. */
async function activeCampaigns({ tenant, store, clock }: Pick<Context, "tenant" | "store" | "clock">): Promise<string[]> {
  const provisioning = tenant.capabilities.campaignProvisioning;
  const { campaigns } = await listCampaigns({ provisioning, store, clock });
  const lacking = (await store.knownCampaigns.list()).filter(({ lackingSince }) => lackingSince !== null);
  return [...campaigns, ...lacking].flatMap(({ id, status }) => (status === "active" ? [id] : []));
}
