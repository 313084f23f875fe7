// Opt-outs that come while campaigns dial: the service adds them to the tenant's do-not-call group.

import { messageOf } from "../../kernel/index.ts";
import { GroupKeeper } from "../../operations/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

/** New entries of the company's list are looked for so often. */
const LOOK_MS = 5_000;

/** Keeps the group up to the company's list until the signal; nothing where none is configured. */
export function keepGroup(
  { config, store, tenant }: Pick<Workplace, "config" | "store" | "tenant">,
  background: Background,
  { signal, warn }: { readonly signal: AbortSignal; readonly warn: (message: string) => void },
): void {
  const { capability, companyGroup } = tenant.capabilities.doNotCallGroups;
  if (!capability.supported || companyGroup === undefined) return;
  const keeper = new GroupKeeper({ store, tenant, clock: config.clock, actor: config.actor });
  background.start("opt-outs for the tenant's do-not-call group", async () => {
    let told = "";
    let toldUnheld = "";
    while (!signal.aborted) {
      try {
        const unheld = (await keeper.unheld({ signal }))?.join("; ");
        if (unheld !== undefined && unheld !== toldUnheld && unheld !== "") warn(unheld);
        toldUnheld = unheld ?? toldUnheld;
        await keeper.look({ signal });
        told = "";
      } catch (thrown) {
        const words = messageOf(thrown);
        if (!signal.aborted && words !== told)
          warn(
            `numbers of the company's do-not-call list are not in the tenant's group ${companyGroup} yet, and may be called: ${words}`,
          );
        told = words;
      }
      await config.clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  });
}
