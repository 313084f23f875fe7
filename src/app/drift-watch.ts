// The shapes of a tenant's replies, across processes: known shapes are stored, and a change is reported once.

import { type Clock, messageOf, type RandomStream } from "../kernel/index.ts";
import { recordDrift } from "../operations/index.ts";
import type { Store } from "../store/index.ts";
import type { DriftEvent, TenantHooks } from "../tenant/index.ts";
import type { TenantOverrides } from "./tenant-from-config.ts";

interface Setting {
  readonly store: Pick<Store, "replyShapes">;
  readonly profile: string;
  readonly by: string;
  readonly alarms: string | undefined;
  readonly clock: Clock;
  readonly random: RandomStream;
}

export class DriftWatch {
  readonly #warn: (message: string) => void;
  #setting: Setting | undefined;
  #known: Readonly<Record<string, string>> = {};
  /** Writes under way: a command that ends waits for them. */
  readonly #writing = new Set<Promise<unknown>>();

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** The overrides with which the tenant is created. */
  overrides(hooks: TenantHooks = {}): Pick<TenantOverrides, "hooks" | "shapes"> {
    return {
      shapes: () => this.#known,
      hooks: {
        ...hooks,
        onShape: ({ operationId, shape }) => this.#write(({ store }) => store.replyShapes.keep(operationId, shape)),
        onDrift: (event) => this.#write((setting) => this.#tell(setting, event)),
      },
    };
  }

  /** Called when the store is open; before that no request goes to the tenant. */
  async begin(setting: Setting): Promise<void> {
    this.#known = await setting.store.replyShapes.all();
    this.#setting = setting;
  }

  async settled(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #tell({ store, clock, ...teller }: Setting, { operationId: operation, before, after }: DriftEvent): Promise<void> {
    this.#warn(`the tenant answers ${operation} with another structure than before: ${before}; now ${after}`);
    await recordDrift(store.replyShapes, { ...teller, operation, before, after, now: clock.now() });
  }

  /** An error in observing must not affect the observed call. */
  #write(work: (setting: Setting) => Promise<unknown>): void {
    const setting = this.#setting;
    if (setting === undefined) return;
    const writing = work(setting).catch((thrown: unknown) =>
      this.#warn(`the structure of a reply could not be stored: ${messageOf(thrown)}`),
    );
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }
}
