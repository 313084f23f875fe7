// Opt-outs that arrive while campaigns dial: the service adds them to the tenant's do-not-call group, and checks whether each
// campaign obeys it.

import { messageOf } from "../../kernel/index.ts";
import { GroupKeeper } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

/** How often new entries of the company's list are searched for, ms. */
const LOOK_MS = 5_000;

/** Keeps the group up to date with the company's list until the signal; does nothing when no group is configured. */
export function keepGroup(
  { config, store, tenant }: Pick<Workplace, "config" | "store" | "tenant">,
  background: Background,
  { signal, warn }: { readonly signal: AbortSignal; readonly warn: (message: string) => void },
): void {
  const { capability, companyGroup } = tenant.capabilities.doNotCallGroups;
  if (!capability.supported || companyGroup === undefined) return;
  const keeper = new GroupKeeper({ store, tenant, clock: config.clock, actor: config.actor });
  /** Looks until the signal; problems are reported when they change. */
  const loop = (name: string, failed: string, look: () => Promise<string>) =>
    background.start(name, async () => {
      for (let told = ""; !signal.aborted; await config.clock.sleep(LOOK_MS, signal).catch(() => undefined)) {
        const words = await look().catch((thrown: unknown) => (signal.aborted ? told : `${failed}: ${messageOf(thrown)}`));
        if (words !== "" && words !== told) warn(words);
        told = words;
      }
    });
  loop(
    "opt-outs for the tenant's do-not-call group",
    `numbers of the company's do-not-call list are not in the tenant's group ${companyGroup} yet, and may be called`,
    async () => {
      await keeper.look({ signal });
      return "";
    },
  );
  // In a separate loop: reading what each campaign obeys may take some time, and a new opt-out must not wait for it.
  let last = "";
  loop(
    "campaigns that obey the tenant's do-not-call group",
    "it could not be checked whether each campaign that dials obeys the company's do-not-call list, so numbers on it may be called",
    async () => {
      last = (await keeper.unheld({ signal }))?.join("; ") ?? last;
      return last;
    },
  );
}
