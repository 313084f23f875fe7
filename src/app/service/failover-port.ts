// Failover pairs as the service's routes act on them.

import { readPair } from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { failoverOf } from "../failover.ts";
import type { Workplace } from "../workplace.ts";

type FailoverPort = ReturnType<ServerPorts["work"]["failover"]>;

/** Looks that may be missing before a watch counts as dead. */
const MISSED_LOOKS = 3;

export function failoverPort(workplace: Workplace): FailoverPort {
  const { config, store } = workplace;
  const as = (by: string) => failoverOf({ ...workplace, config: { ...config, actor: by } });
  return {
    async pairs() {
      const now = config.clock.now();
      return Promise.all(
        (await store.failovers.list()).map(async (stored) => {
          const pair = readPair(stored);
          const { lookedAt } = stored;
          const watched = lookedAt !== null && now - lookedAt <= MISSED_LOOKS * pair.policy.everySeconds * 1000;
          return { ...pair, lookedAt, watched, held: await store.holds.count(pair.backup, now) };
        }),
      );
    },
    history: (primary, limit, before) => store.failovers.history(primary, limit, before),
    holds: store.holds,
    put: async (primary, policy, by) => (await as(by)).put(primary, policy),
    remove: async (primary, by) => (await as(by)).remove(primary),
    now: () => config.clock.now(),
  };
}
