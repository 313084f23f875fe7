// Finds out what a tenant can do, with reads only. Each capability gets a verdict; what stays unknown is listed with the exact
// read that would settle it.

import type { AnyOperation } from "../contract/index.ts";
import { type Clock, HOUR_MS, messageOf } from "../kernel/index.ts";
import type { TenantProbe } from "../operations/views/index.ts";
import { type Capabilities, type Capability, TenantError } from "../tenant/index.ts";
import type { CallInput, TableCalls } from "./table-calls.ts";
import type { ConnectedTenant } from "./tenant-from-config.ts";

type ProbeVerdict = TenantProbe["capabilities"][number];

/** What each capability is for, and the reads that show whether it works. */
const CAPABILITIES: Readonly<
  Record<keyof Capabilities, { readonly words: string; readonly rest: readonly string[]; readonly acd: readonly string[] }>
> = {
  campaignProvisioning: { words: "read campaigns", rest: ["listCampaigns"], acd: ["listSkills"] },
  campaignRunner: { words: "start and stop campaigns", rest: ["listCampaigns"], acd: ["listSkills", "getSkill"] },
  metricsSource: {
    words: "figures of campaigns",
    rest: ["getCampaignMetrics"],
    acd: ["dialerStats", "listActive", "oneSkillActivity"],
  },
  outcomeSource: { words: "outcomes of calls", rest: ["listCalls"], acd: ["listCompleted", "listCallLists"] },
  dispositionCatalog: {
    words: "codes of campaigns",
    rest: ["getDispositionMatrix"],
    acd: ["listSkillDispositions", "listDispositions"],
  },
  callReader: { words: "one call", rest: ["listCalls"], acd: ["listCompleted"] },
  dispositionWriter: { words: "set dispositions of finished calls", rest: ["getDispositionMatrix"], acd: [] },
  interactionDispositions: { words: "correct closed interactions", rest: ["listDispositions"], acd: [] },
  contactSource: { words: "contacts of lists", rest: ["listContacts"], acd: ["listCallLists", "readCallList"] },
  pacingSettings: {
    words: "dialer settings",
    rest: ["getDialerSettings"],
    acd: ["getGeneralSettings", "getCpa", "getBusinessUnit"],
  },
  vendorEvents: { words: "the vendor's events", rest: ["listOmnichannelWebhooks"], acd: [] },
  vendorAudit: { words: "the vendor's audit log", rest: ["listAuditLogs"], acd: ["listCampaigns", "campaignAudit"] },
  doNotCallGroups: { words: "the tenant's do-not-call groups", rest: [], acd: ["listDncGroups"] },
  scheduledCallbacks: { words: "scheduled callbacks", rest: [], acd: ["listSkillCallbacks"] },
};

/** Probes a tenant. Never writes. */
export async function probeTenant(tenant: ConnectedTenant, calls: TableCalls, setting: Setting): Promise<TenantProbe> {
  const steps: ProbeStep[] = [];
  const probe = new Prober(calls, setting, steps);
  const known = await firstSteps(tenant, steps);
  if (known) await (tenant.profile === "acd" ? acdSteps(probe, setting.clock) : restSteps(probe));
  const verdicts = (Object.keys(CAPABILITIES) as (keyof Capabilities)[]).map((name): ProbeVerdict => {
    const { words, [tenant.profile]: reads } = CAPABILITIES[name];
    return { capability: words, ...verdictOf(tenant.capabilities[name].capability, reads, steps, calls) };
  });
  return { profile: tenant.profile, steps, capabilities: verdicts, questions: tenant.profile === "acd" ? QUESTIONS : [] };
}

/** Token and, where there is one, discovery. @returns whether further reads are possible */
async function firstSteps(tenant: ConnectedTenant, steps: ProbeStep[]): Promise<boolean> {
  const plain = { status: null, latencyMs: null, version: null };
  try {
    const { scopes } = await tenant.authenticate();
    steps.push({
      ...plain,
      step: "token",
      state: "ok",
      text: scopes === undefined ? "the tenant gives one" : `scopes ${scopes.join(" ")}`,
    });
    if (tenant.profile === "rest") return true;
    const { api, claims, found, area, cluster } = await tenant.place();
    const whose =
      claims === undefined
        ? "the token does not say whose it is"
        : `tenant ${claims.tenantName ?? claims.tenantId ?? "unknown"}, business unit ${claims.businessUnit ?? "unknown"}`;
    const where = [area, cluster].filter((one) => one !== undefined).join(", ");
    steps.push({
      ...plain,
      step: "discovery",
      state: "ok",
      text: `${api.origin} (${found}${where === "" ? "" : `; ${where}`}); ${whose}`,
    });
    return true;
  } catch (thrown) {
    const status = thrown instanceof TenantError ? (thrown.status ?? null) : null;
    steps.push({ ...plain, step: steps.length === 0 ? "token" : "discovery", state: "failed", status, text: messageOf(thrown) });
    return false;
  }
}

export function verdictOf(
  { supported, reason, alternative }: Capability,
  reads: readonly string[],
  steps: readonly ProbeStep[],
  { table }: TableCalls,
): Omit<ProbeVerdict, "capability"> {
  if (!supported) return { verdict: "no", why: reason ?? "the profile has no such operation", alternative: alternative ?? null };
  const states = reads.map((id) => ({ id, step: steps.find(({ step }) => step === id) }));
  const barred = states.filter(({ step }) => step?.state === "not permitted");
  const nameOf = (id: string) => {
    const { permission, scopes = [] }: Partial<AnyOperation> = table.operations[id] ?? {};
    return permission ?? scopes[0] ?? `the right to ${id}`;
  };
  if (barred.length > 0)
    return { verdict: "not permitted", why: [...new Set(barred.map(({ id }) => nameOf(id)))].join(", "), alternative: null };
  if (reads.length === 0) return { verdict: "unknown", why: "no read shows it", alternative: null };
  const open = states.filter(({ step }) => step === undefined || step.state === "failed" || step.state === "skipped");
  if (open.length > 0)
    return {
      verdict: "unknown",
      why: `can be answered with: ${open.map(({ id }) => readText(id, table.operations[id])).join("; ")}`,
      alternative: null,
    };
  return { verdict: "yes", why: null, alternative: null };
}

/** Open questions about the ACD API, each with the read that answers it. */
const QUESTIONS: readonly string[] = [
  "Are unanswered dials among the completed contacts? Compare GET /contacts/completed?startDate=…&skillId=… with GET /lists/call-lists/{listId}/attempts of the same hour.",
  "How far back does GET /contacts/completed?startDate=… reach? Ask for one day 40, 100 and 400 days ago.",
  "Does a PUT of a parameter group keep the fields that it leaves out, in every version? Read GET /skills/{skillId}/parameters/general-settings before and after one.",
  "Which values do aggressiveness, attemptMode, recordRequestMode and orderType have? GET /skills/{skillId}/parameters of skills that are set differently.",
  "Does a finished contact take a tag? GET /contacts/{contactId} after POST /contacts/{contactId}/tags some days later.",
  "Which limits are there, and does 429 carry Retry-After? The headers of the first 429.",
  "Must the secret of a client be form-encoded in HTTP Basic? Which of tenant.acd.basicEncoding form and raw gets a token.",
  "Which entities does an extraction of data have, and is an outbound one among them? POST /data-extraction/v1/jobs with the name of each in the vendor's portal; recording-interaction-metadata is known.",
  "How are numbers outside North America normalised on do-not-call lists? POST /dnc-groups/search?phoneNumber=… in two spellings.",
];

// The steps of a probe: what is read of a tenant of each profile, and what each reply says.

/** One read of a probe. */
export type ProbeStep = TenantProbe["steps"][number];

interface Setting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

class Prober {
  readonly #calls: TableCalls;
  readonly #signal: AbortSignal;
  readonly #steps: ProbeStep[];

  constructor(calls: TableCalls, { signal }: Setting, steps: ProbeStep[]) {
    this.#calls = calls;
    this.#signal = signal;
    this.#steps = steps;
  }

  /** One read; the result is undefined when it fails. @param words says what was found */
  async read(step: string, input: CallInput, words: (reply: Fields) => string = () => "answered"): Promise<Fields | undefined> {
    try {
      const { reply, status, latencyMs, version } = await this.#calls.send(step, { ...input, signal: this.#signal });
      const fields: Fields = typeof reply === "object" && reply !== null ? { ...reply } : {};
      const empty = status === 204 || reply === undefined;
      this.#steps.push({
        step,
        state: empty ? "empty" : "ok",
        status,
        latencyMs: Math.round(latencyMs),
        version,
        text: empty ? "nothing there" : words(fields),
      });
      return fields;
    } catch (thrown) {
      if (!(thrown instanceof TenantError) || this.#signal.aborted) throw thrown;
      const state = thrown.status === 403 ? "not permitted" : "failed";
      this.#steps.push({
        step,
        state,
        status: thrown.status ?? null,
        latencyMs: Math.round(thrown.report.latencyMs),
        version: null,
        text: thrown.message,
      });
      return undefined;
    }
  }

  skip(step: string, text: string): void {
    this.#steps.push({ step, state: "skipped", status: null, latencyMs: null, version: null, text });
  }
}

type Fields = Readonly<Record<string, unknown>>;

const listIn = (reply: Fields | undefined, name: string): readonly Fields[] => {
  const list = reply?.[name];
  return Array.isArray(list) ? (list as readonly Fields[]) : [];
};

const countOf = (name: string) => (reply: Fields) => {
  const total = reply["totalRecords"] ?? reply["total"];
  return typeof total === "number" ? `${total} there` : `${listIn(reply, name).length} on the first page`;
};

const DATA_DOWNLOAD = "Data Download";

/** The report that lists every dial of the tenant; its id differs between tenants. */
const ALL_ATTEMPTS = /list inventory all attempts/i;

const GATES = [
  "allowPredictiveDialing",
  "enableSkillAbandonRate",
  "abandonRateScope",
  "outboundPortLimit",
  "concurrentPortLimit",
  "defaultTimeZone",
  "apiPublishedLimit",
] as const;

async function acdSteps(probe: Prober, clock: Clock): Promise<void> {
  await probe.read("getServerTime", {}, (reply) => JSON.stringify(reply["ServerTime"]));
  await probe.read("getBusinessUnit", {}, (reply) => {
    const [unit = {}] = listIn(reply, "businessUnits");
    return (
      GATES.flatMap((name) =>
        unit[name] === undefined || unit[name] === null ? [] : [`${name} ${JSON.stringify(unit[name])}`],
      ).join(", ") || "no gates told"
    );
  });
  await probe.read("getPermissions", {}, (reply) => `${listIn(reply, "permissions").length} rights`);
  await probe.read("getApiVersions", {}, (reply) => `${listIn(reply, "apiInfo").length} entries`);
  const skills = await probe.read(
    "listSkills",
    { query: { top: 1, mediaTypeId: 4, outboundStrategy: "Personal Connection" } },
    countOf("skills"),
  );
  const [skill] = listIn(skills, "skills");
  if (typeof skill?.["skillId"] === "string") {
    const path = { skillId: skill["skillId"] };
    await probe.read("getSkill", { path }, (reply) => `isRunning ${String(reply["isRunning"])}`);
    await probe.read("getGeneralSettings", { path }, (reply) => `maximumRatio ${String(reply["maximumRatio"])}`);
    await probe.read("getCpa", { path });
    await probe.read("listSkillDispositions", { path }, countOf("dispositions"));
    await probe.read("oneSkillActivity", { path });
    await probe.read("listActive", { query: { ...path, top: 1 } });
    // Newer interfaces: figures of many skills in one request, where a tenant offers them.
    const skillIds = [path.skillId];
    const filters = { filters: { skillIds }, timeRange: { type: "CURRENT" } };
    await probe.read("searchActivities", { body: filters }, () => "figures of many skills in one request");
    await probe.read("searchActivity", { body: { filter: { skillIds } } }, () => "figures of many skills in one request");
    await probe.read("listSkillCallbacks", { path }, countOf("callbacks"));
  } else
    for (const step of ["getSkill", "getGeneralSettings", "getCpa", "listSkillDispositions", "listActive", "listSkillCallbacks"])
      probe.skip(step, "no skill that dials was found");
  // Bulk reads that newer versions have.
  await probe.read("listSkillParameters", { query: { top: 1 } }, () => "settings of all skills in one request");
  await probe.read("listAllSkillAgents", { query: { top: 1 } }, () => "assignments of all skills in one request");
  await probe.read("listDispositions", { query: { top: 1 } }, countOf("dispositions"));
  const campaigns = await probe.read("listCampaigns", { query: { top: 1 } }, countOf("campaigns"));
  const [campaign] = listIn(campaigns, "campaigns");
  if (typeof campaign?.["id"] === "string")
    await probe.read("campaignAudit", { path: { campaignId: campaign["id"] } }, countOf("auditHistoryEntries"));
  else probe.skip("campaignAudit", "no campaign was found");
  const lists = await probe.read("listCallLists", { query: { top: 1 } }, countOf("callingLists"));
  const [list] = listIn(lists, "callingLists");
  if (typeof list?.["listId"] === "string")
    await probe.read(
      "readCallList",
      { path: { listId: list["listId"] }, query: { includeRecords: true, top: 1 } },
      () => "records are told",
    );
  else probe.skip("readCallList", "no calling list was found");
  await probe.read("listDncGroups", {}, countOf("dncGroups"));
  const now = clock.now();
  await probe.read(
    "listCompleted",
    { query: { updatedSince: new Date(now - 300_000).toISOString(), top: 1 } },
    countOf("completedContacts"),
  );
  const end = Math.floor(now / HOUR_MS) * HOUR_MS;
  await probe.read(
    "dialerStats",
    { query: { startDate: new Date(end - HOUR_MS).toISOString(), endDate: new Date(end).toISOString() } },
    countOf("outboundStats"),
  );
  await probe.read("listExtracts", {}, (reply) => `${listIn(reply, "jobs").length} extractions of data`);
  await probe.read("listReports", { query: { reportType: DATA_DOWNLOAD } }, (reply) => {
    const found = listIn(reply, "reports").find(
      ({ reportName }) => typeof reportName === "string" && ALL_ATTEMPTS.test(reportName),
    );
    return found === undefined ? "no report of all attempts" : `all attempts are report ${String(found["reportId"])}`;
  });
}

async function restSteps(probe: Prober): Promise<void> {
  const campaigns = await probe.read("listCampaigns", { query: { page: 1, pageSize: 1 } }, countOf("campaigns"));
  const [campaign] = listIn(campaigns, "campaigns");
  const id = typeof campaign?.["id"] === "string" ? campaign["id"] : undefined;
  if (id === undefined)
    for (const step of ["getDispositionMatrix", "getCampaignMetrics", "listCalls", "listContacts"])
      probe.skip(step, "no campaign was found");
  else {
    await probe.read("getDispositionMatrix", { path: { campaignId: id } }, countOf("dispositionCodes"));
    await probe.read("getCampaignMetrics", { path: { id } });
    await probe.read("listCalls", { query: { campaignId: id, limit: 1 } });
    const list = campaign?.["contactListId"];
    if (typeof list === "string")
      await probe.read("listContacts", { path: { id: list }, query: { query: "true", pageSize: 1 } }, countOf("contacts"));
    else probe.skip("listContacts", "the first campaign names no list");
  }
  await probe.read("listDispositions", {}, countOf("dispositions"));
  await probe.read("getDialerSettings", {});
  await probe.read("listOmnichannelWebhooks", {}, countOf("webhooks"));
  await probe.read("listAuditLogs", { query: { pageSize: 1 } });
}

/** The read in a form that another person can send. */
function readText(id: string, operation: AnyOperation | undefined): string {
  if (operation === undefined) return id;
  const { method, path, versions } = operation;
  return `${method} ${versions === undefined ? "" : `/incontactapi/services/v${versions.pin}.0`}${path}`;
}
