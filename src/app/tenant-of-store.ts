// A store belongs to one tenant: stored campaigns, settings, figures and calls do not name their tenant. The first tenant that a
// store is used with is its tenant, and any other one is refused.

import { type BoundTenant, type Store, StoreError, type TenantIdentity, tenantWords } from "../store/index.ts";
import type { Config } from "./config.ts";
import { tenantAddress } from "./standing.ts";

/** All sandboxes of this machine count as one tenant, because each start has another port. */
const THIS_MACHINE = "this machine";

/** The tenant of a configuration; undefined when it has no address. */
export function identityOf(config: Config): TenantIdentity | undefined {
  const address = tenantAddress(config);
  if (address === null) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const loops = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return { name: config.named?.name ?? null, address: loops ? THIS_MACHINE : (url?.origin ?? address) };
}

/**
 * Whether a store may be used with a tenant. A store of a tenant without a name accepts a named tenant with the same address.
 * Pure.
 */
const isOwn = (bound: TenantIdentity, asked: TenantIdentity): boolean =>
  bound.address === asked.address && (bound.name === null || bound.name === asked.name);

/** Throws StoreError `other_tenant` when the store belongs to another tenant than the configuration's. */
export async function holdTenant(store: Pick<Store, "tenantOf">, config: Config): Promise<void> {
  const asked = identityOf(config);
  if (asked === undefined) return;
  const bound = await store.tenantOf.read();
  if (bound !== undefined && !isOwn(bound, asked)) throw otherTenant(bound, asked);
}

/** Binds the store to the tenant when it has none. Throws StoreError `other_tenant`. */
export async function bindTenant(store: Pick<Store, "tenantOf">, config: Config): Promise<void> {
  const asked = identityOf(config);
  if (asked === undefined) return;
  const before = await store.tenantOf.read();
  const isNew = before === undefined || (before.name !== asked.name && isOwn(before, asked));
  const bound = isNew ? await store.tenantOf.bind(asked) : before;
  if (!isOwn(bound, asked)) throw otherTenant(bound, asked);
}

/**
 * Compares the store's tenant with the configuration's, again and again: the store may be bound to another one while it is open.
 * Then nothing new is begun until it is bound back. @param told called once each time it changes. @returns the check; it resolves
 * to whether the store belongs to the tenant
 */
export function tenantLook(
  { tenantOf }: Pick<Store, "tenantOf">,
  config: Config,
  told: (message: string) => void,
): () => Promise<boolean> {
  const asked = identityOf(config);
  return async () => {
    if (asked === undefined) return true;
    const bound = await tenantOf.read();
    const was = tenantOf.displaced;
    const now = bound === undefined || isOwn(bound, asked) ? undefined : otherTenant(bound, asked);
    tenantOf.displace(now);
    if (now !== undefined && now.message !== was?.message)
      told(`${now.message}: only pauses and stops are sent, and nothing new is started`);
    if (now === undefined && was !== undefined) told("the store belongs to this process's tenant again: work continues");
    return now === undefined;
  };
}

function otherTenant({ name, address, since }: BoundTenant, asked: TenantIdentity): StoreError {
  const [own, other] = [tenantWords(address, name), tenantWords(asked.address, asked.name)];
  return new StoreError(
    "other_tenant",
    `the store belongs to the tenant ${own}, since ${new Date(since).toISOString()}; ${other} needs a store of its own`,
    {
      advice:
        "Name another store (--dir, OUTDIAL_DIR, DATABASE_URL), or give both tenants names under tenants in outdial.yaml: then each has its own. If it is the same tenant at another address: outdial context rebind --reason TEXT.",
    },
  );
}
