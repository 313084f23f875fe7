// What can be done with campaign files without changing the tenant: plans, drift, exports.

import type { CallType, CompiledPack } from "../../../compliance/index.ts";
import type { Clock } from "../../../kernel/index.ts";
import type { Store } from "../../../store/index.ts";
import { requireSupported, type TenantLink } from "../../../tenant/port.ts";
import type { Context } from "../../context.ts";
import { OperationError } from "../../error.ts";
import { listCampaigns } from "../../known/index.ts";
import { dncBeforeStart, dncWords } from "../../tenant-dnc/index.ts";
import { driftViewOf } from "../../views/campaign-file-views.ts";
import type { Planned } from "../../views/plan.ts";
import type { CampaignDriftView } from "../../views/schemas/campaign-files.ts";
import { type ExportedFile, exportCampaigns } from "../export/export.ts";
import { differences, type FieldChange } from "../file/document.ts";
import {
  type CampaignFile,
  type FileText,
  type ParsedFiles,
  parseCampaignFiles,
  type Violation,
  violationLine,
} from "../file/parse.ts";
import { isOutside, recordsPathOf } from "../file/records.ts";
import { campaignIds, suggesting } from "../nearest.ts";
import { driftOf } from "./drift.ts";
import { planCampaigns } from "./plan.ts";
import { filesOf, readPlan } from "./plan-file.ts";
import { type ApplyPlan, plannedApply } from "./preview.ts";
import { CONTACT_PAGES, type PlanOptions, readPlanFacts, readTenantCampaigns } from "./read-tenant.ts";
import type { CampaignPlan, PlanEntry } from "./types.ts";
import { campaignWebhooksOf } from "./webhooks.ts";

/** The dialer connects people to live agents; this is the call type with the strictest rules among those in common use. */
const CALL_TYPE: CallType = "telemarketing";

/** Limit for all files that are sent to a service, characters; files of this machine have none. */
const MOST_TEXT = 400_000;

/** What making plans needs. */
export interface PlanRules {
  /** The calling rules; requested for each plan, so that the current ones are used. */
  readonly pack: () => Promise<CompiledPack>;
  /** Whether campaign files come from this machine: files that were sent to a service may not name a file of records. */
  readonly localFiles?: boolean | undefined;
  /** Clock of the plan and its apply; the context's by default. */
  readonly clock?: Clock | undefined;
}

/** How much of the contact lists a plan reads. */
type PlanReading = Partial<Pick<PlanOptions, "contactPages" | "records" | "signal">>;

/** Compares campaign files with the tenant: plan, drift, export. Errors: OperationError, TenantError, ComplianceError. */
export class CampaignPlanner {
  readonly #context: Pick<Context, "tenant" | "store" | "clock">;
  readonly #rules: PlanRules;

  constructor(context: Pick<Context, "tenant" | "store" | "clock">, rules: PlanRules) {
    this.#context = context;
    this.#rules = rules;
  }

  /** Reads the texts of campaign files. Throws OperationError `invalid_input` with the place of each mistake. */
  parse(files: readonly FileText[]): Promise<ParsedFiles> {
    const sizes = files.map(({ text }) => text.length);
    if (this.#rules.localFiles !== true && sizes.reduce((sum, size) => sum + size, 0) > MOST_TEXT) {
      const largest = Math.max(...sizes);
      const name = files[sizes.indexOf(largest)]?.name ?? "";
      const which = files.length === 1 ? `${name} has` : `${name}, the largest of ${files.length} files, has`;
      throw new OperationError(
        "invalid_input",
        `${which} ${largest} characters; a service takes campaign files of at most ${MOST_TEXT} characters together`,
      );
    }
    const { writes } = this.#context.tenant.capabilities.campaignProvisioning.making;
    return parseCampaignFiles(files, writes === "merges" ? "part" : "whole");
  }

  /**
   * Compares files with the present state of the tenant. The plan is stored, so that an apply can say what has changed since.
   * Throws TenantError.
   */
  async plan(files: ParsedFiles, options: PlanReading & { readonly activate?: boolean | undefined } = {}): Promise<CampaignPlan> {
    requireSupported("make and replace campaigns", this.#context.tenant.capabilities.campaignProvisioning.making);
    this.#refuseRecords(files);
    const stopMark = await this.stopMark();
    const plan = await this.#plan(await localised(files), options);
    await this.#context.store.campaigns.keepPlan(plan.hash, plan, stopMark);
    return plan;
  }

  /** The latest emergency stop: one that is given later calls off the activations of a plan that was asked for now. */
  stopMark(): Promise<number> {
    return this.#context.store.stops.mark();
  }

  /** A plan that was shown, by its hash or the beginning of its hash. Throws OperationError `job_not_found`. */
  async shown(hash: string): Promise<CampaignPlan> {
    const [plan, other] = /^[0-9a-f]{8,64}$/.test(hash) ? await this.#context.store.campaigns.shownPlans(hash) : [];
    if (plan !== undefined && other === undefined) return readPlan(plan, `plan ${hash}`);
    throw new OperationError("job_not_found", `${other === undefined ? "no plan" : "more than one plan"} ${hash} was shown`, {
      advice: "outdial campaign plan makes a plan and shows its hash; at least the first eight characters are needed.",
    });
  }

  /** Plans the campaigns of an earlier plan again, and says what has changed since. */
  async again(
    shown: CampaignPlan,
    options: PlanReading = {},
  ): Promise<{ readonly plan: CampaignPlan; readonly moved: readonly Moved[] }> {
    const made = await this.#plan(filesOf(shown), { ...options, activate: shown.activate });
    // A plan does not contain the text of its files: violations of the first parse are kept, and their places are used because
    // they are more exact.
    const known = ({ campaign, rule, field }: Violation) =>
      shown.violations.some((one) => one.campaign === campaign && one.rule === rule && one.field === field);
    const violations = [...shown.violations, ...made.violations.filter((one) => !known(one))];
    const plan = { ...made, violations };
    return { plan, moved: movedSince(shown, plan) };
  }

  /**
   * What applying a shown plan would do.
   * @param agreed the plan, which is kept like one that was shown here; its hash, or the beginning of its hash
   * @throws OperationError `job_not_found`; `plan_changed` with what has changed (`CampaignPlanMoved`) when the present plan
   * differs from the shown one
   */
  async planApply(agreed: string | CampaignPlan, options: PlanReading = {}): Promise<Planned<ApplyPlan>> {
    const stopMark = await this.stopMark();
    const isGiven = typeof agreed !== "string";
    const shown = isGiven ? agreed : await this.shown(agreed);
    if (isGiven) this.#refuseRecords(filesOf(shown));
    const { plan, moved } = await this.again(shown, options);
    const refused = (why: string) =>
      new OperationError("plan_changed", why, {
        advice: "Make a new plan.",
        details: { agreed: shown.hash, plan: plan.hash, moved },
      });
    if (plan.hash !== shown.hash)
      throw refused("the tenant, the rules or outdial's own settings have changed since the plan was made");
    const mark = plan.activate ? await this.#context.store.campaigns.shownMark(plan.hash) : stopMark;
    if (mark === undefined && stopMark > 0)
      throw refused("whether an emergency stop was given since the plan was shown is not known here");
    if (mark !== undefined && mark < stopMark)
      throw refused("an emergency stop was given since the plan was shown, and the plan activates campaigns");
    if (isGiven) await this.#context.store.campaigns.keepPlan(plan.hash, plan, stopMark);
    return plannedApply(plan, stopMark);
  }

  /** How files and the tenant differ. @param options.unmanaged see `driftOf` */
  async drift(files: ParsedFiles, options: { readonly unmanaged: boolean }): Promise<CampaignDriftView> {
    // Only the plan checks the law: no contact is needed to compare.
    const local = this.#rules.localFiles === true;
    return driftViewOf(
      driftOf(await this.#plan(local ? await localised(files) : files, { contactPages: 1, records: local }), options),
    );
  }

  /** @throws OperationError `invalid_input` when a file of records is named but not allowed */
  #refuseRecords({ campaigns }: ParsedFiles): void {
    if (this.#rules.localFiles === true) return;
    const named = campaigns.find(({ document, source }) => recordsPathOf(document, source) !== undefined);
    if (named === undefined) return;
    const field = "contactListFile.path";
    const message = "only the command line reads files of records: outdial campaign plan";
    const place = named.placeOf(field);
    throw new OperationError("invalid_input", violationLine({ ...place, campaign: named.name, field, message }), {
      details: { mistakes: [{ ...place, message: `${field}: ${message}` }] },
    });
  }

  /** See `exportedCampaigns`. */
  export(ids: readonly string[] = []): Promise<CampaignsExported> {
    return exportedCampaigns(this.#context, ids);
  }

  /** How the tenant's do-not-call groups compare with the company's list, for each campaign that would be activated. */
  async #groupNotices({ entries }: CampaignPlan, signal: AbortSignal | undefined): Promise<string[]> {
    const notices: string[] = [];
    for (const { activates, id, name } of entries) {
      if (!activates || id === null) continue;
      const groups = await dncBeforeStart(this.#context, id, { signal });
      if (groups !== null) notices.push(`${name}: of the tenant's do-not-call groups: ${dncWords(groups)}`);
    }
    return notices;
  }

  async #plan(
    files: ParsedFiles,
    { activate = false, contactPages = CONTACT_PAGES, records, signal }: Parameters<CampaignPlanner["plan"]>[1] & object,
  ): Promise<CampaignPlan> {
    const { tenant, store, clock } = this.#context;
    const { campaignProvisioning: provisioning, contactSource: contacts, pacingSettings: pacing } = tenant.capabilities;
    const deps = {
      provisioning,
      contacts,
      pacing,
      webhooks: campaignWebhooksOf(tenant),
      policies: () => store.campaigns.policies(),
      pack: await this.#rules.pack(),
      callType: CALL_TYPE,
      clock: this.#rules.clock ?? clock,
      store,
    };
    const plan = planCampaigns(files, await readPlanFacts(files, deps, { activate, contactPages, records, signal }));
    return { ...plan, notices: [...plan.notices, ...(await this.#groupNotices(plan, signal))] };
  }
}

/**
 * Files with the full path of their records. A path that leads out of the folder of its campaign file is a violation, and that
 * file is not read.
 */
async function localised({ campaigns, violations }: ParsedFiles): Promise<ParsedFiles> {
  const outside: Violation[] = [];
  const local = await Promise.all(
    campaigns.map(async (file): Promise<CampaignFile> => {
      const { document, source, name } = file;
      const path = recordsPathOf(document, source);
      if (path === undefined) return file;
      const { path: given, ...named } = document["contactListFile"] as Readonly<Record<string, unknown>>;
      const isOut = await isOutside(path, source);
      if (isOut) {
        const field = "contactListFile.path";
        const message = `${JSON.stringify(given)} leads out of the folder of the campaign file; put the records into it`;
        outside.push({ ...file.placeOf(field), rule: "RECORDS", campaign: name, field, message });
      }
      return { ...file, document: { ...document, contactListFile: isOut ? named : { ...named, path } } };
    }),
  );
  return { campaigns: local, violations: [...violations, ...outside] };
}

/** Campaigns as files. */
export interface CampaignsExported {
  readonly files: readonly ExportedFile[];
  /** A sentence when the tenant's list lacks campaigns that are known, so that the files do; null otherwise. */
  readonly shorter: string | null;
}

/** A campaign file for each campaign of a tenant, or for the named ones, with what the store has about it when there is one. */
export async function exportedCampaigns(
  {
    tenant,
    store,
    clock,
  }: {
    readonly tenant: TenantLink;
    readonly store: Pick<Store, "campaigns" | "knownCampaigns"> | undefined;
    readonly clock: Clock;
  },
  ids: readonly string[],
): Promise<CampaignsExported> {
  const kept = store === undefined ? [] : [...(await store.campaigns.policies())];
  const policies = new Map(kept.map(([id, { policy }]) => [id, policy]));
  const { campaignProvisioning: provisioning } = tenant.capabilities;
  const listed = ids.length > 0 ? undefined : await listCampaigns({ provisioning, store, clock });
  const wanted = listed === undefined ? ids : listed.campaigns.map(({ id }) => id);
  const read = () => readTenantCampaigns(provisioning, wanted);
  const [only] = ids;
  // Of several campaigns, the error names the one concerned.
  const found =
    ids.length === 1 && only !== undefined ? await suggesting(only, () => campaignIds(provisioning), read) : await read();
  return { files: await exportCampaigns(found, policies), shorter: listed?.shorter ?? null };
}

// The changes at the tenant between two plans of the same files, for each campaign and field.

/** A campaign that has changed since the plan. */
export interface Moved {
  readonly campaign: string;
  readonly what: "appeared" | "vanished" | "changed" | "rules";
  /** From the state in the plan to the present state. */
  readonly fields: readonly FieldChange[];
}

/** Empty when nothing that the plan relies on has changed. */
export function movedSince(shown: CampaignPlan, now: CampaignPlan): Moved[] {
  if (shown.hash === now.hash) return [];
  const moved: Moved[] = [];
  const entries = new Map(now.entries.map((entry) => [entry.name, entry]));
  for (const entry of shown.entries) {
    const fresh = entries.get(entry.name);
    if (fresh !== undefined) moved.push(...movedEntry(entry, fresh));
  }
  const byId = (plan: CampaignPlan) => new Map(plan.unmanaged.map(({ id, name }) => [id, name]));
  const [before, after] = [byId(shown), byId(now)];
  for (const [id, name] of after)
    if (!before.has(id)) moved.push({ campaign: name, what: "appeared", fields: [] });
    else if (before.get(id) !== name)
      moved.push({ campaign: id, what: "changed", fields: differences({ name: before.get(id) }, { name }) });
  for (const [id, name] of before) if (!after.has(id)) moved.push({ campaign: name, what: "vanished", fields: [] });
  if (shown.pack !== now.pack)
    moved.push({ campaign: "", what: "rules", fields: [{ path: "rule pack", before: shown.pack, after: now.pack }] });
  return moved;
}

function movedEntry(shown: PlanEntry, now: PlanEntry): Moved[] {
  const campaign = shown.name;
  const ours = differences(basisOf(shown), basisOf(now));
  const changed = ours.length === 0 ? [] : [{ campaign, what: "changed", fields: ours } as const];
  if (shown.before === null) return now.before === null ? changed : [{ campaign, what: "appeared", fields: ours }];
  if (now.before === null) return [{ campaign, what: "vanished", fields: [] }];
  const { own: ownBefore, document: was, etag: oldTag } = shown.before;
  const { own: ownNow, document: is, etag: newTag } = now.before;
  const registered = (entry: PlanEntry) => Object.fromEntries(entry.registrations.map((one) => [one.name, one]));
  const fields = [
    ...differences(was, is),
    ...differences(ownBefore, ownNow),
    ...differences({ webhooks: registered(shown) }, { webhooks: registered(now) }),
    // It was written, even if every field has its old value again.
    ...(oldTag === newTag ? [] : [{ path: "version", before: oldTag, after: newTag }]),
    ...ours,
  ];
  return fields.length === 0 ? [] : [{ campaign, what: "changed", fields }];
}

/** What a plan relies on besides the campaign at the tenant: the file of records, and the backup that is there by now. */
const basisOf = ({ records, own: { failover } }: PlanEntry) => ({
  ...(records === undefined ? {} : { contactListFile: { sha256: records.sha256 } }),
  ...(failover === undefined ? {} : { failover }),
});
