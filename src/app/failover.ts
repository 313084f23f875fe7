// Wiring of failover: pairs over a store and a tenant, with the pre-dial gate and the figures for the watch.

import type { Clock } from "../kernel/index.ts";
import {
  type CampaignGate,
  type FailoverProgress,
  FailoverRecords,
  FailoverUseCases,
  HandOvers,
  isSettled,
} from "../operations/index.ts";
import { factsOf, rulesOf } from "./compliance.ts";
import type { Flags } from "./config.ts";
import type { Environment } from "./environment.ts";
import { opening } from "./opening.ts";
import { livesHere } from "./records.ts";
import { campaignGateOf } from "./segments.ts";
import { latestStop } from "./stop-notes.ts";
import { openWorkplace, type Workplace, type WorkplaceOptions } from "./workplace.ts";

/** Time for what is under way to end, ms. */
const SETTLE_MS = 10_000;

interface FailoverOptions extends WorkplaceOptions {
  /** Clock of the watch; the system's by default. */
  readonly clock?: Clock;
  /** Pairs that are followed are watched, until their figures settle with `once`; by default an order is seen through. */
  readonly watches?: boolean | undefined;
  readonly once?: true | undefined;
  /** See FailoverRules. */
  readonly pause?: (point: string) => Promise<void>;
}

/** Opens the records of pairs; needs no tenant. */
export const openFailoverRecords = opening(async ({ config, store: opened }) => {
  const store = await opened();
  return new FailoverRecords({ store, clock: config.clock, replica: livesHere(store) });
});

/** Failover for an open workplace whose engine is not launched yet. */
export function failoverOn(workplace: Workplace, options: Pick<FailoverOptions, "clock" | "pause"> = {}): FailoverUseCases {
  const { config, tenant, store } = workplace;
  // The tenant's replies have the real time: only this machine's clock can be compared with it.
  const skewMs = options.clock === undefined ? () => tenant.skewMs() : () => null;
  const gate: CampaignGate = async (...asked) =>
    (await campaignGateOf(tenant, factsOf(config, store, options.clock), { skewMs }))(...asked);
  const pack = async () => (await rulesOf(config, {})()).pack;
  const rules = {
    ...options,
    skewMs,
    gate,
    pack,
    latestStop: () => latestStop(config.dir, (options.clock ?? config.clock).now()),
  };
  const failover = new FailoverUseCases(workplace, rules);
  workplace.runs.add(failover.kind());
  return failover;
}

/** Whether one look of the watch, and the hand-over that it led to, is over. */
const isLooked: NonNullable<Parameters<FailoverUseCases["watch"]>[1]["until"]> = (state, { type }) =>
  type !== "taken" && isSettled(state);

/** Opens what the watch needs. Disposing closes it in reverse order. */
export async function openFailover(flags: Flags, environment: Environment, options: FailoverOptions) {
  await using stack = new AsyncDisposableStack();
  const workplace = await openWorkplace(stack, flags, environment, options);
  const failover = failoverOn(workplace, options);
  // Most commands run no pair: the engine is launched when the first one begins here.
  const { runs } = workplace;
  const engine = stack.use(new AsyncDisposableStack());
  runs.attachLater(() => workplace.launch(undefined, engine));
  stack.defer(async () => {
    runs.interrupt();
    await runs.settled(SETTLE_MS);
  });
  workplace.startDelivery();
  const owned = stack.move();
  return {
    failover,
    campaigns: new HandOvers(workplace, failover),
    actor: workplace.actor,
    /** Orders and watches, as runs of their pairs. */
    runs: {
      run(primary: string, _onLook: unknown, onProgress?: FailoverProgress) {
        const told = { signal: runs.interrupted, onProgress };
        if (options.watches !== true) return failover.seeThrough(primary, told);
        return failover.watch(primary, options.once ? { ...told, until: isLooked, leaveToOthers: true } : told);
      },
      interrupt: () => runs.interrupt(),
    },
    deliverEvents: () => workplace.deliverEvents(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The same for pairs that are watched until they are interrupted, or looked at once. */
export const openWatch: typeof openFailover = (flags, environment, options) =>
  openFailover(flags, environment, { ...options, watches: true });

export type FailoverRuntime = Awaited<ReturnType<typeof openFailover>>;
