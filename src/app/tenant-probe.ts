// Finds out what a tenant can do, with reads only. Each capability gets a verdict; what stays unknown is listed with the exact
// read that would settle it.

import type { AnyOperation } from "../contract/index.ts";
import { messageOf } from "../kernel/index.ts";
import { type Capabilities, type Capability, TenantError } from "../tenant/index.ts";
import { acdSteps, Prober, type ProbeStep, readText, restSteps, type Setting } from "./probe-steps.ts";
import type { TableCalls } from "./table-calls.ts";
import type { ConnectedTenant } from "./tenant-from-config.ts";

interface ProbeVerdict {
  readonly capability: string;
  readonly verdict: "yes" | "no" | "not permitted" | "unknown";
  /** The reason, the permission, or the read that would settle it. */
  readonly why: string | null;
  readonly alternative: string | null;
}

export interface Probe {
  readonly profile: string;
  readonly steps: readonly ProbeStep[];
  readonly capabilities: readonly ProbeVerdict[];
  /** Undocumented questions, each with the read that answers it. For the profile acd. */
  readonly questions: readonly string[];
}

/** What each capability is for, and the reads that show whether it works. */
const CAPABILITIES: Readonly<
  Record<keyof Capabilities, { readonly words: string; readonly rest: readonly string[]; readonly acd: readonly string[] }>
> = {
  campaignProvisioning: { words: "read campaigns", rest: ["listCampaigns"], acd: ["listSkills"] },
  campaignRunner: { words: "start and stop campaigns", rest: ["listCampaigns"], acd: ["listSkills", "getSkill"] },
  metricsSource: { words: "figures of campaigns", rest: ["getCampaignMetrics"], acd: ["dialerStats", "listActive"] },
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
  vendorAudit: { words: "the vendor's audit log", rest: ["listAuditLogs"], acd: [] },
  doNotCallGroups: { words: "the tenant's do-not-call groups", rest: [], acd: ["listDncGroups"] },
  scheduledCallbacks: { words: "scheduled callbacks", rest: [], acd: ["listSkillCallbacks"] },
};

/** Probes a tenant. Never writes. */
export async function probeTenant(tenant: ConnectedTenant, calls: TableCalls, setting: Setting): Promise<Probe> {
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

function verdictOf(
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
  "How are numbers outside North America normalised on do-not-call lists? POST /dnc-groups/search?phoneNumber=… in two spellings.",
];
