// Looking at a tenant: one read by its name, all reads compared with the contract, and what the tenant can do. Opens no store.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../kernel/index.ts";
import { CallUseCases, callShown, TenantCallbacks, TenantDnc } from "../operations/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { opening } from "./opening.ts";
import { storeIfAny } from "./store-of-config.ts";
import { inputOf, readOf, readsOf, redacted, tableCallsOf } from "./table-calls.ts";
import type { ConnectedTenant } from "./tenant-from-config.ts";

/** A tenant to look at. */
export const openTenantLook = opening(async ({ config: { clock }, tenant: connected }) =>
  // An unanswered request fails soon: a person is waiting.
  tenantLook(await connected({ usualRetry: { maxAttempts: 2, totalMs: 30_000 } }), clock),
);

/** Looks at an open tenant. */
export function tenantLook(tenant: ConnectedTenant, clock: Clock) {
  const calling = tableCallsOf(tenant);
  return {
    profile: tenant.profile,
    /** Every read operation with what it does and its parameters. */
    async reads() {
      const { table } = await calling;
      return readsOf(table).map((operation) => {
        const row = readOf(table, operation);
        const names = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}*`);
        return { operation, summary: row.summary, parameters: [...names, ...Object.keys(row.query?.shape ?? {})].join(" ") };
      });
    },
    /** One read. Throws TenantError, OutdialError `invalid_input`. */
    async read(operation: string, parameters: readonly string[], body: unknown, signal: AbortSignal) {
      const calls = await calling;
      const row = readOf(calls.table, operation);
      const { reply, ...answer } = await calls.send(operation, { ...inputOf(operation, row, parameters), body, signal });
      return { operation, profile: tenant.profile, ...answer, reply: redacted(reply) ?? null };
    },
    // Loaded on demand: other commands do not need them.
    /** What the tenant can do, found out with reads only. */
    probe: async (signal: AbortSignal) =>
      (await import("./tenant-probe.ts")).probeTenant(tenant, await calling, { clock, signal }),
    /** Differences from the contract. @param options.writes creates objects with a prefix, and removes them */
    smoke: async (options: { readonly writes: boolean; readonly signal: AbortSignal }) =>
      (await import("./tenant-smoke.ts")).smokeTenant(await calling, { ...options, clock }),
  };
}

// Reads one call from the tenant; opens no store.

/** Shows calls. */
export const openCalls = opening(async ({ tenant: connected }) => {
  const tenant = await connected();
  const show: CallUseCases["show"] = (...asked) => callShown(tenant, ...asked);
  return { show };
});

// Ids of campaigns and jobs that the store knows, for command-line completion: fast, and without asking the tenant.

/** How long the result is reused, ms: people press the key several times. */
const GOOD_MS = 30_000;
const JOBS = 50;
const FILE = "completion.json";

const entry = z.object({ id: z.string(), words: z.string() });
const kept = z.object({ at: z.number(), campaign: z.array(entry), job: z.array(entry) });

/** An id, and what it names. */
type KnownId = z.output<typeof entry>;

/** Empty when there is no store. Throws StoreError when it does not answer. */
export async function knownIds(kind: "campaign" | "job", flags: Flags, environment: Environment): Promise<readonly KnownId[]> {
  const config = await loadConfig(flags, environment);
  const path = join(config.dir, FILE);
  const now = config.clock.now();
  const before = kept.safeParse(await readFile(path, "utf8").then(JSON.parse, () => undefined));
  if (before.success && before.data.at <= now && now - before.data.at < GOOD_MS) return before.data[kind];
  const store = await storeIfAny(config, environment);
  if (store === undefined) return [];
  try {
    const [campaigns, jobs] = await Promise.all([store.knownCampaigns.list(), store.jobs.listJobs({ limit: JOBS })]);
    const found = {
      at: now,
      campaign: campaigns.map(({ id, name, status }) => ({ id, words: `${name} · ${status}` })),
      job: jobs.map(({ id, kind: what, status, sourceName }) => ({ id, words: `${what} · ${status} · ${sourceName}` })),
    };
    await writeFile(path, JSON.stringify(found), { mode: 0o600 }).catch(() => undefined);
    return found[kind];
  } finally {
    await store.close();
  }
}

// Wiring of the tenant's do-not-call groups and callbacks, over a store and a tenant.

/** The tenant's own records of people who must not be called, or must be called back. Throws ConfigError, StoreError. */
export const openTenantDnc = opening(async ({ config, store, tenant }) => {
  const context = { store: await store(), tenant: await tenant(), clock: config.clock };
  return {
    dnc: new TenantDnc(context),
    callbacks: new TenantCallbacks(context),
    calls: new CallUseCases(context),
    actor: config.actor,
  };
});
