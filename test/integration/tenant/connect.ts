// The SDK and a sandbox of its own, in process or over a socket, on one frozen clock that the SDK's waits move forward.

import type { Clock } from "../../../src/kernel/index.ts";
import { createSandbox, type Sandbox, type SandboxOptions } from "../../../src/sandbox/index.ts";
import {
  createTenant,
  fetchTransport,
  type Tenant,
  type TenantConfig,
  TenantError,
  type TenantHooks,
} from "../../../src/tenant/index.ts";

export const TRANSPORTS = ["in process", "socket"] as const;
export type TransportName = (typeof TRANSPORTS)[number];

export interface Connection extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly tenant: Tenant;
  /** Another client of the SDK on the same sandbox. */
  readonly another: (config?: Partial<TenantConfig>, hooks?: TenantHooks) => Tenant;
}

export interface ConnectOptions {
  readonly sandbox?: SandboxOptions;
  readonly config?: Partial<TenantConfig>;
  readonly hooks?: TenantHooks;
}

export async function connect(transport: TransportName, options: ConnectOptions = {}): Promise<Connection> {
  const sandbox = createSandbox({ clock: "frozen", now: "2026-01-07T15:00:00Z", ...options.sandbox });
  const url = transport === "socket" ? (await sandbox.listen()).url : "http://localhost";
  const clock: Clock = {
    now: () => Date.parse(sandbox.control.clock().now),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      await sandbox.control.advance(ms / 1000);
      signal?.throwIfAborted();
    },
  };
  const tenants: Tenant[] = [];
  const another = (config: Partial<TenantConfig> = {}, hooks: TenantHooks = {}): Tenant => {
    const { clientId, clientSecret } = sandbox.ready;
    const tenant = createTenant(
      { hosts: url, token: { auth: "basic" }, credentials: { clientId, clientSecret }, ...options.config, ...config },
      { clock, hooks, transport: transport === "socket" ? undefined : fetchTransport(sandbox.fetch) },
    );
    tenants.push(tenant);
    return tenant;
  };
  const tenant = another({}, options.hooks);
  return {
    sandbox,
    tenant,
    another,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(tenants.map((each) => each.close()));
      await sandbox.close();
    },
  };
}

/** The TenantError that `work` ends in. */
export async function errorOf(work: Promise<unknown>): Promise<TenantError> {
  try {
    await work;
  } catch (thrown) {
    if (thrown instanceof TenantError) return thrown;
    throw thrown;
  }
  throw new Error("it succeeded");
}
