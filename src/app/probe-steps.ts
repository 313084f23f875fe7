// The steps of a probe: what is read of a tenant of each profile, and what each reply says.

import type { AnyOperation } from "../contract/index.ts";
import { type Clock, HOUR_MS } from "../kernel/index.ts";
import { TenantError } from "../tenant/index.ts";
import type { CallInput, TableCalls } from "./table-calls.ts";

/** One read of a probe. */
export interface ProbeStep {
  readonly step: string;
  readonly state: "ok" | "empty" | "not permitted" | "failed" | "skipped";
  readonly status: number | null;
  readonly latencyMs: number | null;
  readonly version: number | null;
  /** What was found, or why nothing was. */
  readonly text: string;
}

export interface Setting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export class Prober {
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

export async function acdSteps(probe: Prober, clock: Clock): Promise<void> {
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
    await probe.read("listSkillCallbacks", { path }, countOf("callbacks"));
  } else
    for (const step of ["getSkill", "getGeneralSettings", "getCpa", "listSkillDispositions", "listActive", "listSkillCallbacks"])
      probe.skip(step, "no skill that dials was found");
  await probe.read("listDispositions", { query: { top: 1 } }, countOf("dispositions"));
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
  await probe.read("listReports", { query: { reportType: DATA_DOWNLOAD } }, (reply) => {
    const found = listIn(reply, "reports").find(
      ({ reportName }) => typeof reportName === "string" && ALL_ATTEMPTS.test(reportName),
    );
    return found === undefined ? "no report of all attempts" : `all attempts are report ${String(found["reportId"])}`;
  });
}

export async function restSteps(probe: Prober): Promise<void> {
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
export function readText(id: string, operation: AnyOperation | undefined): string {
  if (operation === undefined) return id;
  const { method, path, versions } = operation;
  return `${method} ${versions === undefined ? "" : `/incontactapi/services/v${versions.pin}.0`}${path}`;
}
