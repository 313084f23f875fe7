// Reads what a plan needs from the tenant and the store.

import { z } from "zod";
import type { CallType, CompiledPack } from "../../../compliance/index.ts";
import type { Clock } from "../../../kernel/index.ts";
import type { Store } from "../../../store/index.ts";
import {
  type CallOptions,
  type CampaignProvisioning,
  type ContactSource,
  type FittedCampaign,
  type PacingSettings,
  requireSupported,
  TenantError,
} from "../../../tenant/port.ts";
import { countContacts, listCampaigns } from "../../known/index.ts";
import type { ParsedFiles } from "../file/parse.ts";
import { lookAtRecords, peopleIn, recordsPathOf } from "../file/records.ts";
import { type ListFacts, readListFacts, readUploadFacts } from "./list-facts.ts";
import { thereOf } from "./plan.ts";
import { needsRecords } from "./records.ts";
import { listIdOf } from "./sent.ts";
import { type PlanFacts, type Registration, registration, type TenantCampaign } from "./types.ts";

/** Registrations for the tenant's events about campaigns. */
export interface CampaignWebhooks {
  list(signal?: AbortSignal): Promise<readonly unknown[]>;
  /** @returns the id */
  create(webhook: WebhookDraft, call: CallOptions): Promise<string>;
  update(id: string, webhook: WebhookDraft, call: CallOptions): Promise<unknown>;
}

/** A registration for campaign events as it is sent. */
export interface WebhookDraft {
  readonly name: string;
  readonly callbackUrl: string;
  readonly events: ("omnichannel.campaign.metrics.update" | "omnichannel.campaign.state.change")[];
  readonly enabled: boolean;
  /** Headers of deliveries: to the service's own address, the secret that it expects. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What making plans needs. */
export interface PlanDependencies {
  readonly provisioning: CampaignProvisioning;
  readonly contacts: ContactSource;
  readonly pacing: PacingSettings;
  readonly webhooks: CampaignWebhooks;
  readonly policies: () => Promise<ReadonlyMap<string, { readonly policy: unknown }>>;
  readonly pack: CompiledPack;
  readonly callType: CallType;
  readonly clock: Clock;
  /** What the tenant was known to have; without one nothing is. */
  readonly store?: Pick<Store, "knownCampaigns" | "knownCounts"> | undefined;
}

/** What a plan reads from the tenant. */
export interface PlanOptions {
  readonly activate: boolean;
  /** Number of pages (100 contacts each) of each list whose places are determined. */
  readonly contactPages: number;
  /** Whether files of records are read. */
  readonly records?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Default number of pages of a list: 1,000 contacts, spread over it. */
export const CONTACT_PAGES = 10;

/** Reads what plans of these files rely on. Throws TenantError. */
export async function readPlanFacts(files: ParsedFiles, deps: PlanDependencies, options: PlanOptions): Promise<PlanFacts> {
  const { provisioning, pack, clock, store } = deps;
  const { signal } = options;
  requireSupported("read campaigns", provisioning.capability);
  const named = new Set(files.campaigns.flatMap(({ id, name }) => [name, ...(id === null ? [] : [id])]));
  const tenant: TenantCampaign[] = [];
  const { campaigns, ...listed } = await listCampaigns({ provisioning, store, clock }, { signal });
  for (const one of campaigns) {
    const shown = campaignOf(one, null);
    // Only campaigns that a file describes are read one by one, to get their tags; the list has no tags.
    const there = named.has(shown.id) || named.has(shown.name) ? await readCampaign(provisioning, shown.id, signal) : shown;
    if (there !== undefined) tenant.push(there);
  }
  const there = files.campaigns.map((file) => thereOf(file, tenant));
  const lists = new Map<string, ListFacts>();
  for (const [i, { document }] of files.campaigns.entries()) {
    const listId = listIdOf(document, there[i]);
    if (listId !== undefined && !lists.has(listId)) lists.set(listId, await comparedList(deps, listId, options));
  }
  const fitted = await provisioning.fit(
    files.campaigns.map(({ document }, i) => ({ document, there: there[i]?.document })),
    { signal },
  );
  const records = options.records === false ? [] : await recordsOf(files, fitted);
  for (const [i, { document }] of files.campaigns.entries()) {
    const looked = records[i];
    const listId = listIdOf(document, there[i]) ?? "";
    const list = lists.get(listId);
    if (looked === undefined || "problem" in looked || list === undefined || !needsRecords(fitted[i], there[i])) continue;
    lists.set(listId, await readUploadFacts(peopleIn(looked.path, document), list, pack));
  }
  const wantsWebhooks = files.campaigns.some(({ own }) => (own.webhooks?.length ?? 0) > 0);
  const policies = await deps.policies();
  return {
    tenant,
    listed,
    fitted,
    records,
    lists,
    policies: new Map([...policies].map(([id, { policy }]) => [id, policy])),
    registrations: wantsWebhooks ? await readRegistrations(deps.webhooks, signal) : [],
    law: { pack: pack.pack, callType: deps.callType, now: clock.now() },
    packVersion: pack.packVersion,
    agents: await agentsOf(deps.pacing, signal),
    activate: options.activate,
  };
}

/** Reads a contact list, and compares how many contacts it has with how many it had. */
async function comparedList(
  { contacts, pack, clock, store }: PlanDependencies,
  listId: string,
  { contactPages, signal }: PlanOptions,
): Promise<ListFacts> {
  const at = clock.now();
  const list = await readListFacts(contacts, listId, pack, contactPages, signal);
  if (store === undefined) return list;
  const counted = { listId, announced: list.total ?? undefined, at };
  return { ...list, shrunk: await countContacts({ source: contacts, store }, counted) };
}

/** Reads the files of records, where the tenant accepts any. */
function recordsOf({ campaigns }: ParsedFiles, fitted: readonly FittedCampaign[]): Promise<PlanFacts["records"]> {
  return Promise.all(
    campaigns.map(async ({ document, source }, i) => {
      const path = fitted[i]?.merges === true ? recordsPathOf(document, source) : undefined;
      return path === undefined ? undefined : lookAtRecords(path, document);
    }),
  );
}

/** The campaigns of these ids, with their tags. Throws TenantError `not_found` for an unknown id. */
export async function readTenantCampaigns(
  provisioning: Pick<CampaignProvisioning, "read">,
  ids: readonly string[],
): Promise<TenantCampaign[]> {
  const found: TenantCampaign[] = [];
  for (const id of ids) {
    const { value, lock } = await provisioning.read(id);
    found.push(campaignOf(value, lock?.tag ?? null));
  }
  return found;
}

/** A campaign with its tag; undefined when there is none with that id. */
export async function readCampaign(
  provisioning: CampaignProvisioning,
  id: string,
  signal?: AbortSignal,
): Promise<TenantCampaign | undefined> {
  try {
    const { value, lock } = await provisioning.read(id, { signal });
    return campaignOf(value, lock?.tag ?? null);
  } catch (thrown) {
    if (thrown instanceof TenantError && thrown.code === "not_found") return undefined;
    throw thrown;
  }
}

type Shown = { readonly id: string; readonly name?: string | undefined; readonly status: string };

function campaignOf(shown: Shown, etag: string | null): TenantCampaign {
  return { id: shown.id, name: shown.name ?? "", status: shown.status, etag, document: { ...shown } };
}

/** A registration of another program may lack what outdial sets. */
const lenient = registration.extend({
  callbackUrl: z.string().catch(""),
  events: z.array(z.string()).catch([]),
  enabled: z.boolean().catch(true),
});

/** Registrations that can be read, in the tenant's order. */
export async function readRegistrations(webhooks: CampaignWebhooks, signal?: AbortSignal): Promise<Registration[]> {
  return (await webhooks.list(signal)).flatMap((item) => {
    const parsed = lenient.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Agents that the dialer may keep busy; null when its settings cannot be read. */
async function agentsOf(pacing: PacingSettings, signal?: AbortSignal): Promise<number | null> {
  if (!pacing.capability.supported) return null;
  try {
    const { value } = await pacing.read(undefined, { signal });
    const parsed = z.looseObject({ concurrency: z.looseObject({ max_agents: z.number() }) }).safeParse(value);
    return parsed.success ? parsed.data.concurrency.max_agents : null;
  } catch (thrown) {
    if (!(thrown instanceof TenantError) || thrown.code === "aborted") throw thrown;
    return null;
  }
}
