// A store is of one tenant: what is kept of campaigns, settings, figures and calls does not say whose it is. The first tenant that a store is used
// with is its own, and with another one it is refused.

import { type BoundTenant, type Store, StoreError, type TenantIdentity, tenantWords } from "../store/index.ts";
import type { Config } from "./config.ts";
import { tenantAddress } from "./standing.ts";

/** All sandboxes of this machine are one tenant: each start has another port. */
const THIS_MACHINE = "this machine";

/** The tenant of a configuration; undefined where it has no address. */
export function identityOf(config: Config): TenantIdentity | undefined {
  const address = tenantAddress(config);
  if (address === null) return undefined;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const loops = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  return { name: config.named?.name ?? null, address: loops ? THIS_MACHINE : (url?.origin ?? address) };
}

/** Whether a store may be used with a tenant. A store of a tenant without a name takes the name of one at the same address. Pure. */
const isOwn = (bound: TenantIdentity, asked: TenantIdentity): boolean =>
  bound.address === asked.address && (bound.name === null || bound.name === asked.name);

/** Throws StoreError `other_tenant` when the store is of another tenant than the configuration's. */
export async function holdTenant(store: Pick<Store, "tenantOf">, config: Config): Promise<void> {
  const asked = identityOf(config);
  if (asked === undefined) return;
  const bound = await store.tenantOf.read();
  if (bound !== undefined && !isOwn(bound, asked)) throw otherTenant(bound, asked);
}

/** Makes the store the tenant's own when it is of none. Throws StoreError `other_tenant`. */
export async function bindTenant(store: Pick<Store, "tenantOf">, config: Config): Promise<void> {
  const asked = identityOf(config);
  if (asked === undefined) return;
  const before = await store.tenantOf.read();
  const isNew = before === undefined || (before.name !== asked.name && isOwn(before, asked));
  const bound = isNew ? await store.tenantOf.bind(asked) : before;
  if (!isOwn(bound, asked)) throw otherTenant(bound, asked);
}

/**
 * Compares the store's tenant with the configuration's, again and again: the store may be bound to another one while it is open. What is new is held
 * back then, until it is bound back. @param told once each time it changes. @returns what looks; it resolves to whether the store is the tenant's own
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
      told(`${now.message}: nothing is sent any more but pauses and stops, and nothing new is begun`);
    if (now === undefined && was !== undefined) told("the store is of this process's tenant again: work goes on");
    return now === undefined;
  };
}

function otherTenant({ name, address, since }: BoundTenant, asked: TenantIdentity): StoreError {
  const [own, other] = [tenantWords(address, name), tenantWords(asked.address, asked.name)];
  return new StoreError(
    "other_tenant",
    `the store is of the tenant ${own}, since ${new Date(since).toISOString()}; ${other} needs a store of its own`,
    {
      advice:
        "Name another store (--dir, OUTDIAL_DIR, DATABASE_URL), or give both tenants names under tenants in outdial.yaml: then each has its own. If it is the same tenant at another address: outdial context rebind --reason TEXT.",
    },
  );
}
