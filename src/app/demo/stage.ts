// The demo's stage at an instant: whom the rules let it call then, the tenant with its campaigns, what the company knows, and how the story goes on,
// each step on the clock that it is given: the machine's for who looks at it, the tenant's own for who checks it.

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

/** So much is lived through before the start, if calls were allowed then. */
const LIVED_MS = 75 * 60_000;
/** How often it is asked whether the watch has looked. */
const LOOK_MS = 250;

export interface Stage extends AsyncDisposable {
  readonly world: DemoWorld;
  /** Stands still at the beginning of what is lived through. */
  readonly sandbox: Sandbox;
  readonly tenantUrl: string;
  /** Where its people are. */
  readonly zones: readonly string[];
  /** The beginning of what is lived through, ms since the epoch. */
  readonly begins: number;
  /** The start, ms since the epoch. */
  readonly now: number;
  /** `outdial.yaml` of whoever works with the tenant. */
  readonly configText: string;
  readonly pair: { readonly primary: string; readonly backup: string; readonly policy: FailoverPolicy };
  /** The tenant's time while it stands still: to sleep is to advance it. */
  readonly clock: Clock;
  /** Writes what the company knows, and lives through what lies before the present. @param present ms since the epoch; may go on meanwhile */
  liveUpTo(store: Store, present: () => number): Promise<void>;
  /** What reports to the store the calls that have ended since the last time, as a contact centre's own systems do. */
  callReports(deps: {
    readonly tenant: TenantLink;
    readonly store: Store;
    readonly clock: Clock;
  }): (signal: AbortSignal) => Promise<void>;
  /** Waits until the watch has looked at the pair since the start: what it says of the bad list begins with one that is well. */
  watchHasLooked(store: Store, clock: Clock, signal: AbortSignal): Promise<void>;
  /** From now on hardly anybody answers the first campaign's list. */
  turnListBad(): void;
}

interface StageOptions {
  /** At most so much is lived through before, ms; 75 minutes by default. */
  readonly livedMs?: number;
  /** What the tenant's time follows when it is let run. */
  readonly clock: Clock;
  /** By which of its interfaces outdial speaks to the tenant; `rest` by default. */
  readonly profile?: Profile | undefined;
  /** No limits on requests, for whoever stops the tenant's time: they would never be over. The documented ones by default. */
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
  // Whoever knows of calls calls their campaign as the tenant does.
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

/** @param group of the tenant's, which outdial keeps up to the company's do-not-call list */
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
