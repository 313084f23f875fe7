// The tenant of a store. Stored data does not say which tenant it belongs to, so a store has only one.

import type { Instant } from "../../kernel/index.ts";
import { Ledger } from "../commit.ts";
import type { StoreError } from "../error.ts";

/** A tenant from the configuration. */
export interface TenantIdentity {
  /** Null for a configuration with one tenant without a name. */
  readonly name: string | null;
  /** The origin of its address. */
  readonly address: string;
}

/** A tenant for people: its name and address. */
export const tenantWords = (address: string | null, name: string | null | undefined): string =>
  name === null || name === undefined ? (address ?? "none configured") : `${name} (${address ?? "without an address"})`;

/** The tenant of a store. */
export interface BoundTenant extends TenantIdentity {
  /** When the store was first used with it. */
  readonly since: Instant;
}

/** The tenant that this store is of. */
export class TenantOfStore extends Ledger {
  /** Undefined before the store was used with a tenant. */
  async read(): Promise<BoundTenant | undefined> {
    const [row] = await this.store.query<BoundTenant>("select name, address, since from outdial.tenant_of_store");
    return row;
  }

  /** Why this process does nothing for its tenant: the store is another tenant's now. Undefined otherwise. */
  get displaced(): StoreError | undefined {
    return this.store.hold.displaced?.error;
  }

  /** Holds new work in this process, or ends that. */
  displace(error: StoreError | undefined): void {
    const { hold } = this.store;
    hold.displaced = error === undefined ? undefined : { error, foundAt: hold.displaced?.foundAt ?? this.store.now() };
  }

  /** Binds a store that has no tenant yet, or whose tenant has no name yet. @returns the tenant of the store */
  async bind({ name, address }: TenantIdentity): Promise<BoundTenant> {
    await this.store.query(
      `insert into outdial.tenant_of_store (name, address, since) values ($1, $2, $3)
        on conflict (single) do update set name = excluded.name
        where tenant_of_store.name is null and excluded.name is not null and tenant_of_store.address = excluded.address`,
      [name, address, new Date(this.store.now())],
    );
    return (await this.read()) ?? { name, address, since: this.store.now() };
  }

  /** Binds the store to this tenant from now on; the audit log records who did it and why. */
  async rebind(to: TenantIdentity, by: string, reason: string): Promise<void> {
    const before = await this.read();
    await this.store.commit(async (tx) => {
      await tx.change(
        `insert into outdial.tenant_of_store (name, address, since) values ($1, $2, $3)
          on conflict (single) do update set name = excluded.name, address = excluded.address, since = excluded.since`,
        [to.name, to.address, new Date(this.store.now())],
      );
      const from = before === undefined ? {} : { from: { name: before.name, address: before.address } };
      tx.audit([{ actor: by, action: "store.rebind", subject: to.name ?? to.address, details: { reason, ...from, ...to } }]);
    });
  }
}
