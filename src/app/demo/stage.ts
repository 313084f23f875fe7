// The demo's stage at an instant: the people who may be called then, the tenant with its campaigns, the company's facts, and the
// course of events. Each step runs on the given clock: the machine's for people who watch, the tenant's own for tests.

import type { Clock } from "../../kernel/index.ts";
import { CampaignMetrics, type FailoverPolicy, failoverPolicySchema } from "../../operations/index.ts";
import { createSandbox, type Sandbox } from "../../sandbox/index.ts";
import type { Store } from "../../store/index.ts";
import type { Profile, TenantLink } from "../../tenant/index.ts";
import { writeFacts } from "./facts.ts";
import { callReports } from "./feed.ts";
import { hostTimeOf, liveThrough, makeDoNotCallGroup, sandboxClock } from "./lived.ts";
import { clockRules, placesAwake } from "./places.ts";
import { BACKUP, type DemoWorld, demoWorld, FALLEN, IDS, PEOPLE, PRIMARY, PRIMARY_LIST, policyOf } from "./scenario.ts";

/** Length of the simulated time before the start, if calls were allowed then. */
const LIVED_MS = 75 * 60_000;
/** How often to check whether the watch has looked, ms. */
const LOOK_MS = 250;

export interface Stage extends AsyncDisposable {
  readonly world: DemoWorld;
  /** Frozen at the beginning of the simulated time. */
  readonly sandbox: Sandbox;
  readonly tenantUrl: string;
  /** Zones of its people. */
  readonly zones: readonly string[];
  /** The beginning of the simulated time, ms since the epoch. */
  readonly begins: number;
  /** The start, ms since the epoch. */
  readonly now: number;
  /** The `outdial.yaml` for working with the tenant. */
  readonly configText: string;
  readonly pair: { readonly primary: string; readonly backup: string; readonly policy: FailoverPolicy };
  /** The tenant's time while it is frozen: sleeping advances it. */
  readonly clock: Clock;
  /**
   * Writes the company's facts, and simulates the time up to the present. @param present ms since the epoch; may advance
   * meanwhile
   */
  liveUpTo(store: Store, present: () => number): Promise<void>;
  /** Reports to the store the calls that have ended since the last time, like a contact centre's own systems. */
  callReports(deps: {
    readonly tenant: TenantLink;
    readonly store: Store;
    readonly clock: Clock;
  }): (signal: AbortSignal) => Promise<void>;
  /** Waits until the watch has looked at the pair since the start, so that its record of the bad list begins with a good one. */
  watchHasLooked(store: Store, clock: Clock, signal: AbortSignal): Promise<void>;
  /** From now on hardly anybody on the first campaign's list answers. */
  turnListBad(): void;
}

interface StageOptions {
  /** Longest simulated time before the start, ms; 75 minutes by default. */
  readonly livedMs?: number;
  /** The clock that the tenant's time follows when it runs. */
  readonly clock: Clock;
  /** The interface through which outdial talks to the tenant; `rest` by default. */
  readonly profile?: Profile | undefined;
  /**
   * No limits on requests, for callers that freeze the tenant's time: waiting for a limit would never end. The documented limits
   * by default.
   */
  readonly limits?: "off" | undefined;
}

/** Sets the stage. @param now the start, ms since the epoch */
export async function openStage(
  now: number,
  { livedMs = LIVED_MS, clock, profile = "rest", limits }: StageOptions,
): Promise<Stage> {
  const { places, openMs } = placesAwake(await clockRules(), { now, livedMs, people: PEOPLE });
  const begins = now - openMs;
  const { history, ...rest } = demoWorld(places, { now, begins });
  const ids = IDS[profile];
  const named: Readonly<Record<string, string>> = { [PRIMARY]: ids.primary, [BACKUP]: ids.backup };
  // Modules that know about calls use the tenant's names of their campaigns.
  const world = {
    ...rest,
    history: history.map((call) => ({ ...call, campaignId: named[call.campaignId] ?? call.campaignId })),
  };
  const scenario = limits === undefined ? world.scenario : { ...world.scenario, limits };
  const sandbox = createSandbox({ scenario, clock: "frozen", now: begins, host: hostTimeOf(clock) });
  const { url } = await sandbox.listen();
  const group = profile === "acd" ? await makeDoNotCallGroup(sandbox) : undefined;
  return {
    world,
    sandbox,
    tenantUrl: url,
    zones: [...new Set(places.map(({ zone }) => zone))],
    begins,
    now,
    configText: configText(world.zone, profile, group),
    pair: { ...ids, policy: failoverPolicySchema.parse(policyOf(profile)) },
    clock: sandboxClock(sandbox),
    async liveUpTo(store, present) {
      await Promise.all([writeFacts(store.facts, { ...world, now }), liveThrough(sandbox, profile, store, present)]);
    },
    callReports({ tenant, store, clock }) {
      const { metricsSource, outcomeSource: source } = tenant.capabilities;
      const metrics = new CampaignMetrics({ log: store.metrics, source: metricsSource, clock, freshMs: 0 });
      return callReports({ source, facts: store.facts, metrics, campaigns: [ids.primary, ids.backup], clock }, begins);
    },
    async watchHasLooked({ failovers }, clock, signal) {
      while (((await failovers.find(ids.primary))?.lookedAt ?? 0) < now) await clock.sleep(LOOK_MS, signal);
    },
    turnListBad: () => void sandbox.control.simulateList({ id: PRIMARY_LIST, answerRate: FALLEN }),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** @param group the tenant's group that outdial keeps up to date with the company's do-not-call list */
function configText(zone: string, profile: Profile, group: string | undefined): string {
  return [
    "# The demo's configuration.",
    ...(profile === "acd"
      ? ["tenant:", "  profile: acd", `  acd: { consentField: consent.call, doNotCallGroup: "${group}" }`]
      : []),
    "outcomes:",
    `  zone: ${zone}`,
    "compliance:",
    `  timeZone: ${zone}`,
    "",
  ].join("\n");
}
