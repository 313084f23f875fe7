// Compares files with the tenant: what to create, which fields to change, what to leave alone, and what forbids it. Pure.

import { z } from "zod";
import { formatInstant } from "../../../compliance/index.ts";
import { WEEKDAYS } from "../../../kernel/index.ts";
import type { FittedCampaign } from "../../../tenant/port.ts";
import { SAY_GONE } from "../../known/index.ts";
import { type CampaignDocument, differences, leavesOf, only } from "../file/document.ts";
import type { CampaignFile, ParsedFiles, Violation } from "../file/parse.ts";
import { type OwnPolicy, regulatedSchema } from "../file/schema.ts";
import { planHash } from "./hash.ts";
import { breachesOf, type Regulated } from "./law.ts";
import { needsRecords, recordsAgainst } from "./records.ts";
import { listIdOf, pathsOf, reliedOn, sentOf } from "./sent.ts";
import {
  type BlastRadius,
  type CampaignPlan,
  PLAN_FORMAT,
  type PlanEntry,
  type PlanFacts,
  type Registration,
  type TenantCampaign,
} from "./types.ts";

/** Makes a plan from files that could be parsed. */
export function planCampaigns(files: ParsedFiles, facts: PlanFacts): CampaignPlan {
  const violations: Violation[] = [...files.violations, ...missingViolations(files.campaigns, facts)];
  const found = files.campaigns.map((file, i) => {
    const matched = matchOf(file, facts.tenant);
    if ("violation" in matched && !violations.some(({ rule, campaign }) => rule === "MISSING" && campaign === file.name))
      violations.push({ ...file.placeOf(matched.field), ...matched.violation });
    return { file, there: "there" in matched ? matched.there : undefined, fitted: facts.fitted[i], records: facts.records[i] };
  });
  const idsByName = new Map(found.flatMap(({ file, there }) => (there === undefined ? [] : [[file.name, there.id] as const])));
  for (const { id, name } of facts.tenant) if (!idsByName.has(name)) idsByName.set(name, id);
  const entries: PlanEntry[] = [];
  for (const { file, there, fitted, records } of found) {
    for (const { field, message } of fitted?.refused ?? [])
      violations.push({ ...file.placeOf(field), rule: "NOT_HELD", campaign: file.name, field, message });
    if (records !== undefined && "problem" in records && needsRecords(fitted, there))
      violations.push({
        ...file.placeOf(records.field),
        rule: "RECORDS",
        campaign: file.name,
        field: records.field,
        message: records.problem,
      });
    violations.push(...backupViolations(file, there, files.campaigns, facts, idsByName));
    violations.push(...webhookViolations(file, files.campaigns));
    const list = facts.lists.get(listIdOf(file.document, there) ?? "");
    if (list?.shrunk !== undefined)
      violations.push({
        ...file.placeOf("contactListId"),
        rule: "SHRUNK",
        campaign: file.name,
        field: "contactListId",
        message: `${list.shrunk}; ${SAY_GONE}`,
      });
    if (list !== undefined && list.problem !== null && !list.absent)
      violations.push({
        ...file.placeOf("contactListId"),
        rule: "LIST_UNREAD",
        campaign: file.name,
        field: "contactListId",
        message: `contact list ${list.listId} cannot be read (${list.problem}): where its contacts are is not known, nor whether the hours are lawful there`,
      });
    const kept = fitted?.merges === true ? (there?.document ?? {}) : undefined;
    const law = bound(file.document, fitted?.document, kept);
    if (list !== undefined && list.placeless > 0 && list.places.length === 0 && law.timeZone === undefined)
      violations.push({ ...file.placeOf("contactListId"), campaign: file.name, ...NOWHERE });
    // Hours that the file leaves out are those that the tenant keeps.
    const whose = regulated(file.document).dialingRules === null && law.dialingRules ? KEPT_HOURS : "";
    for (const { message, ...breach } of breachesOf(law, list, facts.law)) {
      const said = `${message}${breach.rule === "WINDOW" ? whose : ""}`;
      violations.push({ ...file.placeOf(breach.field), campaign: file.name, ...breach, message: said });
    }
    const entry = entryOf({ file, there, fitted, records }, facts, idsByName);
    const state = there?.status ?? "paused";
    if (there !== undefined && entry.writes && state !== "active" && state !== "paused")
      violations.push({
        ...file.placeOf("name"),
        rule: "STATE",
        campaign: file.name,
        field: "status",
        message: `the tenant shows the state ${state}; a change would lose this state, because only active and paused can be sent`,
      });
    entries.push(entry);
  }
  const managed = new Set(found.flatMap(({ there }) => (there === undefined ? [] : [there.id])));
  const plan = {
    format: PLAN_FORMAT,
    activate: facts.activate,
    pack: facts.packVersion,
    entries: backupsFirst(entries),
    unmanaged: facts.tenant.filter(({ id }) => !managed.has(id)).map(({ id, name, status }) => ({ id, name, status })),
    violations: inOrder(violations),
    notices: noticesOf(entries, files, facts),
  } as const;
  return { ...plan, hash: planHash(plan) };
}

const NOWHERE = {
  rule: "WINDOW",
  field: "contactListId",
  message:
    "no number of its list names a place, so no law can be looked up: complianceConfig.timeZone says which stands for them",
} as const;
const KEPT_HOURS = "; these are the tenant's present hours, because the file says none";

type Match =
  | { readonly there: TenantCampaign | undefined }
  | { readonly field: string; readonly violation: Pick<Violation, "rule" | "campaign" | "field" | "message"> };

/** The tenant's campaign that a file means: the one with its id, else the one with its name. */
function matchOf({ id, name }: CampaignFile, tenant: readonly TenantCampaign[]): Match {
  if (id !== null) {
    const there = tenant.find((campaign) => campaign.id === id);
    if (there !== undefined) return { there };
    const message = `the tenant has no campaign ${id}; leave the id out to create one`;
    return { field: "id", violation: { rule: "UNKNOWN_CAMPAIGN", campaign: name, field: "id", message } };
  }
  const named = tenant.filter((campaign) => campaign.name === name);
  if (named.length < 2) return { there: named[0] };
  const ids = named.map((campaign) => campaign.id).join(", ");
  const message = `the tenant has ${named.length} campaigns of this name: ${ids}; say which with id`;
  return { field: "name", violation: { rule: "AMBIGUOUS", campaign: name, field: "name", message } };
}

interface FoundCampaign {
  readonly file: CampaignFile;
  readonly there: TenantCampaign | undefined;
  readonly fitted: FittedCampaign | undefined;
  readonly records: PlanFacts["records"][number];
}

function entryOf(
  { file, there, fitted, records }: FoundCampaign,
  facts: PlanFacts,
  idsByName: ReadonlyMap<string, string>,
): PlanEntry {
  const { id, name, status: wantedStatus, document } = file;
  const uploads = records !== undefined && "path" in records && needsRecords(fitted, there);
  const wanted = { id, name, status: wantedStatus, document, own: file.own };
  const isOther = fitted !== undefined && (fitted.merges || differences(fitted.document, document).length > 0);
  const form = { wanted, fitted: isOther ? { document: fitted.document, merges: fitted.merges } : undefined };
  const own = withBackupId(file.own, idsByName);
  const kept = there === undefined ? undefined : facts.policies.get(there.id);
  const uploaded = fitted?.merges === true && !needsRecords(fitted, there) ? recordsAgainst(document, records, kept) : undefined;
  const shown = there === undefined ? {} : only(there.document, pathsOf(form));
  const fields = differences(shown, sentOf(form));
  const registrations = facts.registrations.filter((one) => own.webhooks?.some((webhook) => webhook.name === one.name));
  const ownFields = [...differences(withoutWebhooks(kept), withoutWebhooks(own)), ...webhookChanges(own, kept, registrations)];
  const before = there?.status ?? null;
  // A new campaign is paused, a changed one keeps its state; a file may ask for a pause.
  const status = before === "active" && wantedStatus !== "paused" ? "active" : "paused";
  const activates = facts.activate && wantedStatus !== "paused" && status === "paused";
  const held = !activates && wantedStatus === "active" && before !== "active";
  const after = activates ? "active" : before === null || before === "active" || fields.length > 0 ? status : before;
  const stateField = before === after ? [] : [{ path: "status", ...(before === null ? {} : { before }), after }];
  const pauses = before === "active" && status === "paused";
  const changes = [...fields, ...stateField, ...ownFields];
  const action = there === undefined ? "create" : changes.length === 0 ? "in_sync" : "change";
  return {
    action,
    name,
    id: there?.id ?? null,
    source: file.source,
    wanted,
    ...(form.fitted !== undefined && { fitted: form.fitted }),
    ...(uploads && { records }),
    ...(uploaded !== undefined && { uploaded }),
    before: there === undefined ? null : { ...there, document: reliedOn(there.document, wanted), own: kept ?? null },
    changes,
    writes: there === undefined || fields.length > 0 || pauses,
    status,
    activates,
    held,
    own,
    registrations,
    blast: blastOf(listIdOf(document, there), facts, after === "active", fitted?.document ?? document),
  };
}

/** The tenant's campaign that a file means; undefined when there is none, or more than one is possible. */
export function thereOf(file: CampaignFile, tenant: readonly TenantCampaign[]): TenantCampaign | undefined {
  const matched = matchOf(file, tenant);
  return "there" in matched ? matched.there : undefined;
}

function withBackupId(own: OwnPolicy, idsByName: ReadonlyMap<string, string>): OwnPolicy {
  const { failover } = own;
  if (failover === undefined) return own;
  return { ...own, failover: { ...failover, backup: idsByName.get(failover.backup) ?? failover.backup } };
}

/**
 * Known campaigns that the tenant's list lacks: made again, there would be two of them. One that a file means is named where the
 * file names it; the others are one violation.
 */
function missingViolations(files: readonly CampaignFile[], { listed: { comparison, shorter } }: PlanFacts): Violation[] {
  const [first] = files;
  if (shorter === undefined || first === undefined) return [];
  const named = comparison.lacks.flatMap(({ id, name, at }) => {
    const file = files.find((one) => one.id === id) ?? files.find((one) => one.id === null && one.name === name);
    if (file === undefined) return [];
    const field = file.id === null ? "name" : "id";
    const seen = at === null ? "" : `, seen ${formatInstant(at)}`;
    const message = `the tenant's list lacks campaign ${id}, which is known${seen}: it may be there, and would be made a second time; ${SAY_GONE}`;
    return [{ ...file.placeOf(field), rule: "MISSING", campaign: file.name, field, message } as const];
  });
  if (named.length >= comparison.lacks.length) return named;
  const all = {
    ...first.placeOf(""),
    rule: "MISSING",
    campaign: first.name,
    field: "",
    message: `${shorter}; ${SAY_GONE}`,
  } as const;
  return [...named, all];
}

function backupViolations(
  file: CampaignFile,
  there: TenantCampaign | undefined,
  files: readonly CampaignFile[],
  { tenant }: PlanFacts,
  idsByName: ReadonlyMap<string, string>,
): Violation[] {
  const backup = file.own.failover?.backup;
  if (backup === undefined) return [];
  const say = (message: string): Violation[] => [
    { ...file.placeOf("failover.backup"), rule: "BACKUP", campaign: file.name, field: "failover.backup", message },
  ];
  if (backup === file.name || (there !== undefined && (idsByName.get(backup) ?? backup) === there.id))
    return say("a campaign cannot be its own backup");
  if (tenant.filter(({ name }) => name === backup).length > 1)
    return say(`the tenant has several campaigns named ${JSON.stringify(backup)}; name the backup by its id`);
  const inFiles = files.find(({ name }) => name === backup);
  if (idsByName.has(backup) || tenant.some(({ id }) => id === backup)) return [];
  if (inFiles === undefined) return say(`there is no campaign ${JSON.stringify(backup)}, neither at the tenant nor in the files`);
  // When two new campaigns are each other's backup, neither has an id when the other one is created.
  if (there === undefined && inFiles.own.failover?.backup === file.name)
    return say("two new campaigns cannot stand in for each other; apply one without its failover first");
  return [];
}

/** Backups before their primaries, otherwise in the order of the files. */
function backupsFirst(entries: readonly PlanEntry[]): PlanEntry[] {
  const ordered: PlanEntry[] = [];
  const seen = new Set<PlanEntry>();
  const visit = (entry: PlanEntry): void => {
    if (seen.has(entry)) return;
    seen.add(entry);
    const backup = entry.own.failover?.backup;
    const first = backup === undefined ? undefined : entries.find(({ id, name }) => id === backup || name === backup);
    if (first !== undefined) visit(first);
    ordered.push(entry);
  };
  for (const entry of entries) visit(entry);
  return ordered;
}

function inOrder(violations: readonly Violation[]): Violation[] {
  return [...violations].sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1));
}

/** The parts of a file that the tenant is not sent. */
function lostOf({ name, document }: CampaignFile, fitted: FittedCampaign | undefined): string[] {
  if (fitted === undefined) return [];
  const kept = leavesOf(fitted.document);
  const lost = [...leavesOf(document).keys()].filter(
    (path) => !kept.has(path) && !fitted.unsaid.some((one) => path === one || path.startsWith(`${one}.`)),
  );
  const plain = lost.filter((path) => fitted.why[path] === undefined);
  return [
    ...(plain.length === 0 ? [] : [`${name}: this tenant holds no ${plain.join(", ")}: not sent`]),
    ...lost.flatMap((path) => (fitted.why[path] === undefined ? [] : [`${name}: ${path} is not sent: ${fitted.why[path]}`])),
  ];
}

function noticesOf(entries: readonly PlanEntry[], { campaigns }: ParsedFiles, { lists, fitted, listed }: PlanFacts): string[] {
  const notices: string[] = listed.shorter === undefined ? [] : [listed.shorter];
  notices.push(...campaigns.flatMap((file, i) => lostOf(file, fitted[i])));
  notices.push(...campaigns.flatMap(({ name }, i) => (fitted[i]?.notes ?? []).map((note) => `${name}: ${note}`)));
  notices.push(...new Set(fitted.flatMap(({ elsewhere }) => elsewhere ?? [])));
  for (const list of lists.values()) {
    if (list.absent && list.problem !== null)
      notices.push(`the tenant has no contact list ${list.listId}; the campaign's own zone stands for its contacts`);
    else if (list.problem === null && list.total !== null && list.read < list.total)
      notices.push(`of the ${list.total} contacts of list ${list.listId} the places of ${list.read} were looked at`);
    if (list.placeless > 0)
      notices.push(
        `${list.placeless} contacts of list ${list.listId} have a number that names no place; the gate lets none of them pass`,
      );
  }
  for (const { held, name, uploaded } of entries) {
    if (uploaded !== undefined) notices.push(`${name}: ${uploaded.note}`);
    if (held) notices.push(`${name}: the file wants it active; it is activated only with --activate`);
  }
  return notices;
}

// The reach of a campaign: contacts, places, agents, calls per hour.

const pace = z.looseObject({
  dialerConfig: z.looseObject({
    predictiveSettings: z.looseObject({
      callRate: z.number().nullable().catch(null),
      maxCallsInFlight: z.number().nullable().catch(null),
    }),
  }),
});

/** @param sent the part that the tenant is sent: a pace that it is not sent does not limit it */
function blastOf(listId: string | undefined, { lists, agents }: PlanFacts, dials: boolean, sent: CampaignDocument): BlastRadius {
  const list = lists.get(listId ?? "");
  const zones: Record<string, number> = {};
  for (const { zone, contacts } of list?.places ?? []) zones[zone] = (zones[zone] ?? 0) + contacts;
  const { callRate = null, maxCallsInFlight = null } = pace.safeParse(sent).data?.dialerConfig.predictiveSettings ?? {};
  return {
    contacts: list?.total ?? null,
    contactsRead: list?.read ?? 0,
    zones,
    agents,
    callsPerHour: callRate === null ? null : callRate * 60,
    callsInFlight: maxCallsInFlight,
    dials,
  };
}

// The part of a campaign's document that rules are about. Fields with a wrong form were reported already and are left out here.

const readable = z.looseObject({
  complianceConfig: z
    .looseObject({
      timeZone: regulatedSchema.timeZone.catch(undefined),
      dialingRules: z.unknown().optional(),
      rateLimits: z.unknown().optional(),
    })
    .optional()
    .catch(undefined),
  dialerConfig: z
    .looseObject({
      predictiveSettings: z
        .looseObject({ abandonmentThreshold: z.number().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

const ZONE = "complianceConfig.timeZone";
const DAYS = "complianceConfig.dialingRules.allowedDays";

/** What a tenant lets a campaign do at most, as it shows it: hours in the zone of whoever is called, attempts in 24 hours. */
const atMost = z
  .looseObject({ startTime: z.string().optional(), endTime: z.string().optional(), perDay: z.number().optional() })
  .catch({});

/**
 * The rules' part that binds the dialer. @param sent the document that the tenant is sent, when that is not all of it: days that
 * it is not sent limit nothing, and hours whose zone it is not sent are read in the called person's zone.
 * @param kept where a tenant keeps what it is not sent: the present campaign, without fields for a new one
 */
export function bound(document: CampaignDocument, sent: CampaignDocument | undefined, kept?: CampaignDocument): Regulated {
  const own = regulated(document);
  const told = leavesOf(sent);
  const loses = (path: string) => !told.has(path) && (kept !== undefined || leavesOf(document).has(path));
  const most = atMost.parse(kept?.["atMost"] ?? {});
  const hours = own.dialingRules ?? (own.dialingRules === null ? windowIn(most) : undefined);
  const isPart = sent !== undefined && hours;
  return {
    ...own,
    clockOf: isPart && loses(ZONE) ? "called" : own.clockOf,
    dialingRules: isPart && !told.has(DAYS) ? { ...hours, allowedDays: [...WEEKDAYS] } : hours,
    rateLimits: kept === undefined ? own.rateLimits : limitsIn(own.rateLimits, most.perDay),
  };
}

const windowIn = ({ startTime, endTime }: z.output<typeof atMost>) =>
  startTime === undefined || endTime === undefined ? null : { startTime, endTime, allowedDays: WEEKDAYS };

/** Of the limits such a tenant is sent the one of a day alone. */
function limitsIn(own: Regulated["rateLimits"], kept: number | undefined): Regulated["rateLimits"] {
  if (own === undefined) return undefined;
  const perDay = own === null || own.maxCallsPerContactPerDay === Number.POSITIVE_INFINITY ? kept : own.maxCallsPerContactPerDay;
  return perDay === undefined ? null : { maxCallsPerContactPerDay: perDay, maxCallsPerContactPerWeek: Number.POSITIVE_INFINITY };
}

/** The fields of a campaign that calling rules are about. */
export function regulated(document: CampaignDocument): Regulated {
  const { complianceConfig, dialerConfig } = readable.parse(document);
  const rules = regulatedSchema.dialingRules.safeParse(complianceConfig?.dialingRules);
  const limits = regulatedSchema.rateLimits.safeParse(complianceConfig?.rateLimits);
  const { maxCallsPerContactPerDay = Number.POSITIVE_INFINITY, maxCallsPerContactPerWeek = Number.POSITIVE_INFINITY } =
    limits.data ?? {};
  return {
    timeZone: complianceConfig?.timeZone,
    clockOf: "campaign",
    dialingRules: rules.success
      ? rules.data === undefined
        ? null
        : { ...rules.data, allowedDays: rules.data.allowedDays ?? [...WEEKDAYS] }
      : undefined,
    rateLimits: limits.success
      ? limits.data === undefined
        ? null
        : { maxCallsPerContactPerDay, maxCallsPerContactPerWeek }
      : undefined,
    abandonmentThreshold: dialerConfig?.predictiveSettings?.abandonmentThreshold,
  };
}

// The webhooks that campaign files ask for, compared with the tenant's registrations. Pure.

/**
 * The part of a policy that is compared field by field: webhooks are compared by name, and the record of the upload is not part
 * of what a file asks for.
 */
const withoutWebhooks = (own: unknown): unknown =>
  typeof own === "object" && own !== null ? { ...own, webhooks: undefined, uploaded: undefined } : {};

/** Changes of webhooks, by name, against the stored ones and the registered ones. */
function webhookChanges(own: OwnPolicy, kept: unknown, registrations: readonly Registration[]) {
  const named = (list: unknown): Map<string, unknown> =>
    new Map(
      (Array.isArray(list) ? list : []).map((one: unknown) => {
        const name = typeof one === "object" && one !== null && "name" in one ? String(one.name) : "";
        return [name, one];
      }),
    );
  const keptList = typeof kept === "object" && kept !== null && "webhooks" in kept ? kept.webhooks : [];
  const [wanted, earlier, there] = [named(own.webhooks), named(keptList), named(registrations)];
  return [...new Set([...wanted.keys(), ...earlier.keys()])].flatMap((name) => {
    const now = wanted.get(name);
    const registered = there.get(name);
    // The registrations decide; a webhook that a file no longer names is only forgotten, never removed.
    const fields =
      now === undefined
        ? differences({ managed: true }, {})
        : differences(comparable(registered), comparable(now)).concat(
            earlier.has(name) ? [] : differences({}, { managed: true }),
          );
    return fields.map((field) => ({ ...field, path: `webhooks[${name}].${field.path}` }));
  });
}

/** The fields of a webhook that are compared. */
function comparable(webhook: unknown): unknown {
  const fields = Object.fromEntries(leavesOf(webhook));
  if (Object.keys(fields).length === 0) return {};
  const events = Array.isArray(fields["events"]) ? fields["events"].map(String).sort() : [];
  return { callbackUrl: fields["callbackUrl"], events, enabled: fields["enabled"] ?? true };
}

/** Registrations belong to the tenant: when two campaigns name the same one, they must agree about it. */
function webhookViolations(file: CampaignFile, files: readonly CampaignFile[]): Violation[] {
  return (file.own.webhooks ?? []).flatMap((webhook, index) => {
    const others = files.flatMap(({ own }) => own.webhooks ?? []).filter(({ name }) => name === webhook.name);
    if (others.every((other) => differences(comparable(other), comparable(webhook)).length === 0)) return [];
    const field = `webhooks[${index}].name`;
    const message = `${JSON.stringify(webhook.name)} is described differently elsewhere; a registration belongs to the whole tenant`;
    return [{ ...file.placeOf(field), rule: "WEBHOOK" as const, campaign: file.name, field, message }];
  });
}
