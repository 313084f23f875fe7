// The processes on this store, seen by a service: whom the tenant refuses, and what they should have alike and have not.

import type { Instant } from "../../kernel/index.ts";
import { differencesOf, differenceWords } from "../../operations/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import type { Replica, StoreCondition } from "../../store/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";
import { conditionsFound } from "./waits.ts";

const LOOK_MS = 2000;

/** Looks at them until the signal; what it finds is a condition that everybody sees. Whether this one's token is taken is asked at once. */
export function watchReplicas(
  { config: { clock }, store, tenant, replica }: Pick<Workplace, "config" | "store" | "tenant" | "replica">,
  background: Background,
  { signal, log }: { readonly signal: AbortSignal; readonly log: ServiceLog },
): void {
  // Where another process reads the tenant for all, this one would not learn that it is refused before it takes work. No answer says nothing.
  void tenant.authenticate(signal).catch(() => undefined);
  const tell = conditionsFound("replicas", store, log);
  let since: Instant | undefined;
  background.repeat("the processes on this store", { clock, everyMs: LOOK_MS, signal }, async () => {
    const found = conditionsOf(await replica.live());
    since = found.differ === undefined ? undefined : (since ?? clock.now());
    tell([...found.refused, ...(found.differ === undefined ? [] : [{ ...found.differ, since: since ?? clock.now() }])]);
  });
}

/** What is wrong with the live processes of a store. Pure. */
export function conditionsOf(live: readonly Pick<Replica, "id" | "scopes" | "refused" | "alike">[]): {
  readonly refused: readonly StoreCondition[];
  readonly differ: Omit<StoreCondition, "since"> | undefined;
} {
  const refused = live.filter((one) => one.refused !== null);
  const fit = live.filter((one) => one.scopes.length > 0 && one.refused === null).map(({ id }) => id);
  const differences = differencesOf(live).map(differenceWords);
  return {
    refused:
      refused.length === 0
        ? []
        : [
            {
              name: "token_refused",
              message: `the tenant refuses the token of ${refused.map(({ id }) => id).join(", ")}; ${
                fit.length === 0
                  ? "no service is left whose token it takes"
                  : `jobs, stops and orders are left to ${fit.join(", ")}`
              }`,
              advice:
                "Correct the credentials of that process and start it again; outdial doctor beside it says what the tenant answers.",
              since: Math.min(...refused.map((one) => one.refused?.since ?? Number.POSITIVE_INFINITY)),
            },
          ],
    differ:
      differences.length === 0
        ? undefined
        : {
            name: "replicas_differ",
            message: `the processes on this store are not set up alike: ${differences.join("; ")}`,
            advice: "Give all of them the same outdial.yaml and environment, and start those again that were changed.",
          },
  };
}
