// Opening what use cases work on: the configuration, and of its tenant and its store what is asked for.

import type { Store } from "../store/index.ts";
import { type Config, type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import type { storeOf } from "./store-of-config.ts";
import type { ConnectedTenant, TenantOverrides } from "./tenant-from-config.ts";

/** What can be opened. */
interface Parts {
  readonly config: Config;
  readonly environment: Environment;
  /** Disposed of after what is opened later. */
  readonly stack: AsyncDisposableStack;
  /** Throws ConfigError. */
  readonly tenant: (overrides?: TenantOverrides) => Promise<ConnectedTenant>;
  /** Throws StoreError. */
  readonly store: (use?: Parameters<typeof storeOf>[2]) => Promise<Store>;
  /** Undefined when there is none. */
  readonly storeIfAny: () => Promise<Store | undefined>;
}

/** Opens what `make` makes. Disposing of it closes what was opened for it, in reverse order. */
export const opening =
  <Asked extends readonly unknown[], Made extends object>(make: (parts: Parts, ...asked: Asked) => Promise<Made>) =>
  async (flags: Flags, environment: Environment, ...asked: Asked): Promise<Made & AsyncDisposable> => {
    const config = await loadConfig(flags, environment);
    await using stack = new AsyncDisposableStack();
    // What is opened when it is first needed belongs to whoever has the rest.
    let owner: AsyncDisposableStack = stack;
    const closing = <Part extends { close(): unknown }>(part: Part): Part => {
      owner.defer(async () => void (await part.close()));
      return part;
    };
    const stores = () => import("./store-of-config.ts");
    const parts: Parts = {
      config,
      environment,
      stack,
      tenant: async (overrides) =>
        closing(await (await import("./tenant-from-config.ts")).tenantFromConfig(config, environment, overrides)),
      store: async (use) => closing(await (await stores()).storeOf(config, environment, use)),
      async storeIfAny() {
        const store = await (await stores()).storeIfAny(config, environment);
        return store && closing(store);
      },
    };
    const made = await make(parts, ...asked);
    const owned = stack.move();
    owner = owned;
    return Object.assign(made, { [Symbol.asyncDispose]: () => owned.disposeAsync() });
  };
