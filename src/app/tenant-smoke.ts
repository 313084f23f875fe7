// Tries every read of a table against a tenant, and reports differences from the contract. With writes: objects whose names have
// a prefix are created and removed.

import { type Clock, HOUR_MS, messageOf } from "../kernel/index.ts";
import type { TenantSmoke } from "../operations/views/index.ts";
import { TenantError } from "../tenant/index.ts";
import { type CallInput, placeholdersOf, readsOf, type TableCalls } from "./table-calls.ts";

type SmokeLine = TenantSmoke["lines"][number];

interface SmokeOptions {
  readonly writes: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Fields = Readonly<Record<string, unknown>>;

const CALL_MS = 30_000;
/** Prefix of the names of objects that are created here. */
const PREFIX = "outdial-smoke-";
/** Lists whose first row provides ids for other reads, in reading order: the field of the row, and what its id is for. */
const IDS: Readonly<Record<"rest" | "acd", readonly (readonly [operation: string, list: string, field: string, as: string])[]>> =
  {
    rest: [
      ["listCampaigns", "campaigns", "id", "campaign"],
      ["listCampaigns", "campaigns", "contactListId", "list"],
      ["listCalls", "calls", "id", "call"],
      ["listOmnichannelWebhooks", "webhooks", "id", "campaignWebhook"],
      ["listIntegrationWebhooks", "webhooks", "id", "dialerWebhook"],
    ],
    acd: [
      ["listSkills", "skills", "skillId", "skillId"],
      ["listCampaigns", "campaigns", "id", "campaignId"],
      ["listCallLists", "callingLists", "listId", "listId"],
      ["listDncGroups", "dncGroups", "dncGroupId", "groupId"],
      ["listCompleted", "completedContacts", "contactId", "contactId"],
      ["listReports", "reports", "reportId", "reportId"],
      ["agentStates", "agentStates", "agentId", "agentId"],
      ["listUploadJobs", "uploadJobs", "jobId", "jobId"],
    ],
  };
/** Path parameters whose name does not say which ids they take. */
const NAMED: Readonly<Record<string, string>> = {
  "getCampaign id": "campaign",
  "getCampaignMetrics id": "campaign",
  "getDispositionMatrix campaignId": "campaign",
  "listContacts id": "list",
  "getCall callId": "call",
  "getOmnichannelWebhook id": "campaignWebhook",
  "getIntegrationWebhook id": "dialerWebhook",
};
/** Query parameters of lists besides their time range. */
const QUERIES: Readonly<Record<string, Fields>> = {
  listSkills: { top: 1, mediaTypeId: 4, outboundStrategy: "Personal Connection" },
  searchDnc: { phoneNumber: "+1 (801) 244-0005" },
  readCallList: { includeRecords: true, top: 1 },
  listContacts: { query: "true" },
};
const BODIES: Readonly<Record<string, unknown>> = { runSimulator: { durationMinutes: 1 } };

/** Tries the reads of a table. Throws errors that are not answers of the tenant. */
export async function smokeTenant(calls: TableCalls, options: SmokeOptions): Promise<TenantSmoke> {
  const { table } = calls;
  const { profile } = table;
  const ids = new Map<string, string>();
  const lines: SmokeLine[] = [];
  const firsts = [...new Set(IDS[profile].map(([operation]) => operation))];
  for (const operation of [...firsts, ...readsOf(table).filter((id) => !firsts.includes(id))]) {
    const { line, reply } = await tried(calls, operation, ids, options);
    lines.push(line);
    for (const [of, list, field, as] of IDS[profile]) {
      const rows: unknown = of === operation ? reply?.[list] : undefined;
      const [row] = Array.isArray(rows) ? (rows as readonly Fields[]) : [];
      const id = row?.[field];
      if ((typeof id === "string" || typeof id === "number") && !ids.has(as)) ids.set(as, String(id));
    }
  }
  if (options.writes) lines.push(...(await writesOf(calls, options)));
  return { profile, lines, differs: lines.filter(({ state }) => state === "differs").length };
}

async function tried(
  calls: TableCalls,
  id: string,
  ids: ReadonlyMap<string, string>,
  { clock, signal }: SmokeOptions,
): Promise<{ readonly line: SmokeLine; readonly reply?: Fields | undefined }> {
  const operation = calls.table.operations[id];
  const plain = { operation: id, status: null, latencyMs: null, version: null };
  if (operation === undefined) return { line: { ...plain, state: "skipped", text: "no such operation" } };
  const path: Record<string, string> = {};
  for (const name of placeholdersOf(operation)) {
    const value = ids.get(NAMED[`${id} ${name}`] ?? name);
    if (value === undefined) return { line: { ...plain, state: "skipped", text: `the tenant gave no ${name}` } };
    path[name] = value;
  }
  const body = BODIES[id];
  if (operation.request !== undefined && body === undefined)
    return { line: { ...plain, state: "skipped", text: "it needs a body" } };
  const query = operation.query === undefined ? undefined : queryOf(operation.query.shape, id, clock.now());
  const answered = await answerOf(calls, id, { path, query, body, signal, deadlineMs: CALL_MS });
  return answered;
}

/** The range of the last hour where one is required, and a first page. */
function queryOf(shape: Fields, id: string, now: number): Fields {
  const end = Math.floor(now / HOUR_MS) * HOUR_MS;
  const range = { startDate: new Date(end - HOUR_MS).toISOString(), endDate: new Date(end).toISOString() };
  const ranged = Object.fromEntries(Object.entries(range).filter(([name]) => name in shape));
  return { ...ranged, ...("top" in shape && { top: 1 }), ...QUERIES[id] };
}

async function answerOf(
  calls: TableCalls,
  id: string,
  input: CallInput,
): Promise<{ readonly line: SmokeLine; readonly reply?: Fields | undefined }> {
  try {
    const { reply, status, latencyMs, version } = await calls.send(id, input);
    const line = {
      operation: id,
      state: reply === undefined || status === 204 ? "empty" : "ok",
      status,
      latencyMs: Math.round(latencyMs),
      version,
      text: null,
    } as const;
    return { line, reply: typeof reply === "object" && reply !== null ? { ...reply } : undefined };
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || input.signal?.aborted === true) throw thrown;
    const latencyMs = Math.round(thrown.report.latencyMs);
    return {
      line: {
        operation: id,
        state: stateOf(thrown),
        status: thrown.status ?? null,
        latencyMs,
        version: null,
        text: messageOf(thrown),
      },
    };
  }
}

function stateOf({ code, status }: TenantError): SmokeLine["state"] {
  // Nothing was sent: it needs a value of which the tenant provided no example.
  if (code === "invalid_request") return "skipped";
  if (code === "invalid_reply" || code === "paging_loop" || code === "body_too_large") return "differs";
  if (status === 403) return "not permitted";
  return code === "vendor_unavailable" || code === "deadline_exceeded" || code === "rate_limited" || code === "unauthorized"
    ? "unanswered"
    : "refused";
}

/** Creates objects with the prefix, and removes them whatever happens in between. */
async function writesOf(calls: TableCalls, { clock, signal }: SmokeOptions): Promise<SmokeLine[]> {
  const name = `${PREFIX}${clock.now().toString(36)}`;
  const lines: SmokeLine[] = [];
  const send = async (id: string, input: CallInput) => {
    const answered = await answerOf(calls, id, { ...input, signal, deadlineMs: CALL_MS });
    lines.push(answered.line);
    return answered.reply;
  };
  if (calls.table.profile === "acd") {
    const made = await send("mapCallList", {
      query: { listName: name, externalIdColumn: "id" },
      body: { destinationMappings: [{ fieldName: "PhoneNumber", fieldValue: "phone" }] },
    });
    const listId = made?.["listId"];
    if (typeof listId === "string")
      await send("deleteCallList", { path: { listId }, query: { forceInactive: true, forceDelete: true } });
    return lines;
  }
  const made = await send("createOmnichannelWebhook", {
    body: {
      name,
      callbackUrl: "https://example.com/outdial-smoke",
      events: ["omnichannel.campaign.state.change"],
      enabled: false,
    },
  });
  const id = made?.["id"];
  if (typeof id === "string") await send("deleteOmnichannelWebhook", { path: { id } });
  return lines;
}
