// Looking at a tenant: one read by its name, all reads compared with the contract, and what the tenant can do. Opens no store.

import type { Clock } from "../kernel/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { type CallAnswer, inputOf, readOf, readsOf, redacted, tableCallsOf } from "./table-calls.ts";
import { type ConnectedTenant, tenantFromConfig } from "./tenant-from-config.ts";
import type { Probe } from "./tenant-probe.ts";
import type { SmokeReport } from "./tenant-smoke.ts";

/** A tenant to look at. */
export interface TenantLook extends AsyncDisposable {
  readonly profile: "rest" | "acd";
  /** Every read operation with what it does and its parameters. */
  reads(): Promise<readonly { readonly operation: string; readonly summary: string; readonly parameters: string }[]>;
  /** One read. Throws TenantError, ConfigError. */
  call(operation: string, parameters: readonly string[], body: unknown, signal: AbortSignal): Promise<CallAnswer>;
  /** What the tenant can do, found out with reads only. */
  probe(signal: AbortSignal): Promise<Probe>;
  /** Differences from the contract. @param writes creates objects with a prefix, and removes them */
  smoke(options: { readonly writes: boolean; readonly signal: AbortSignal }): Promise<SmokeReport>;
}

export async function openTenantLook(flags: Flags, environment: Environment): Promise<TenantLook> {
  const config = await loadConfig(flags, environment);
  // An unanswered request fails soon: a person is waiting.
  const tenant: ConnectedTenant = await tenantFromConfig(config, environment, {
    usualRetry: { maxAttempts: 2, totalMs: 30_000 },
  });
  const clock: Clock = config.clock;
  const calls = await tableCallsOf(tenant);
  return {
    profile: tenant.profile,
    reads: async () =>
      readsOf(calls.table).map((operation) => {
        const row = readOf(calls.table, operation);
        const names = [...row.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}*`);
        return { operation, summary: row.summary, parameters: [...names, ...Object.keys(row.query?.shape ?? {})].join(" ") };
      }),
    async call(operation, parameters, body, signal) {
      const row = readOf(calls.table, operation);
      const answer = await calls.send(operation, { ...inputOf(operation, row, parameters), body, signal });
      return { ...answer, reply: redacted(answer.reply) };
    },
    // Loaded on demand: other commands do not need them.
    probe: async (signal) => (await import("./tenant-probe.ts")).probeTenant(tenant, calls, { clock, signal }),
    smoke: async ({ writes, signal }) => (await import("./tenant-smoke.ts")).smokeTenant(calls, { writes, clock, signal }),
    [Symbol.asyncDispose]: () => tenant.close(),
  };
}
