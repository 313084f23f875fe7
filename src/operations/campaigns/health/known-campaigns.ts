// Campaigns from stored data: everything that was last read from the tenant, in a handful of statements however many campaigns
// there are.

import type { Clock, Instant } from "../../../kernel/index.ts";
import type { KnownCampaign, Store, TenantReading } from "../../../store/index.ts";
import { timesOf } from "../../readings.ts";
import { Together } from "../../together.ts";
import { standingsOf } from "../states.ts";
import { type KnownHealth, knownHealth, SHOWN_WINDOW_MINUTES } from "./known.ts";

/** The kinds of readings of a campaign. */
const PARTS = ["campaign", "figures", "gate", "workload", "dialer", "do-not-call"] as const;

/** The known campaigns, and when their list was read. */
export interface KnownList {
  readonly campaigns: readonly KnownHealth[];
  /** When the list was read; null: never. */
  readonly readAt: Instant | null;
  /** Why the latest reading of the list failed. */
  readonly failed: KnownHealth["failed"];
}

const lists = new WeakMap<Store, Together<KnownList>>();

/** All campaigns of the last list; those who ask at once share what is read of the store. Throws StoreError. */
export function knownList(store: Store, clock: Clock): Promise<KnownList> {
  const together = lists.get(store) ?? new Together<KnownList>();
  lists.set(store, together);
  return together.get(() => readList(store, clock.now()));
}

async function readList(store: Store, now: Instant): Promise<KnownList> {
  const [listed, readings] = await Promise.all([store.knownCampaigns.list(), store.tenantReadings.list(["campaigns", ...PARTS])]);
  const ids = listed.map(({ id }) => id);
  const list = readings.find(({ what }) => what === "campaigns");
  return { campaigns: await healths(store, ids, { listed, readings }, now), ...timesOf(list) };
}

/**
 * One campaign, also one that was in no list: then nothing is known of it. Throws StoreError.
 * @param windowMinutes what figures are wanted over; by default the window of the watch over it, else 30
 */
export async function knownCampaign(store: Store, id: string, now: Instant, windowMinutes?: number): Promise<KnownHealth> {
  const [listed, own, tenants] = await Promise.all([
    store.knownCampaigns.find(id),
    store.tenantReadings.list(PARTS, id),
    store.tenantReadings.list(["dialer", "do-not-call"], ""),
  ]);
  const readings = [...own, ...tenants];
  const [health] = await healths(store, [id], { listed: listed === undefined ? [] : [listed], readings, windowMinutes }, now);
  if (health === undefined) throw new TypeError("a campaign that was asked for and not answered");
  return health;
}

async function healths(
  store: Store,
  ids: readonly string[],
  {
    listed,
    readings,
    windowMinutes,
  }: {
    readonly listed: readonly KnownCampaign[];
    readonly readings: readonly TenantReading[];
    readonly windowMinutes?: number | undefined;
  },
  now: Instant,
): Promise<KnownHealth[]> {
  const standings = await standingsOf(store);
  // Of watched campaigns also over the watch's own window.
  const watched = Map.groupBy(
    ids.filter((id) => standings.has(id)),
    (id) => standings.get(id)?.windowMinutes ?? SHOWN_WINDOW_MINUTES,
  );
  if (windowMinutes !== undefined) watched.set(windowMinutes, [...ids]);
  watched.delete(SHOWN_WINDOW_MINUTES);
  const [changes, ...figureSets] = await Promise.all([
    store.stateIntents.latestOfEach(ids),
    store.metrics.latestOfEach(ids, SHOWN_WINDOW_MINUTES),
    ...[...watched].map(([minutes, some]) => store.metrics.latestOfEach(some, minutes)),
  ]);
  const figures = figureSets.flat();
  const rows = new Map(listed.map((one) => [one.id, one]));
  const read = new Map(readings.map((one) => [`${one.what} ${one.subject}`, one]));
  const series = Map.groupBy(figures, ({ campaignId }) => campaignId);
  const change = new Map(changes.map((one) => [one.campaignId, one]));
  return ids.map((id) =>
    knownHealth(
      {
        id,
        listed: rows.get(id),
        document: read.get(`campaign ${id}`),
        figures: read.get(`figures ${id}`),
        gate: read.get(`gate ${id}`),
        workload: read.get(`workload ${id}`),
        doNotCall: read.get(`do-not-call ${id}`),
        doNotCallCheck: read.get("do-not-call "),
        dialer: read.get(`dialer ${id}`) ?? read.get("dialer "),
        readings: series.get(id) ?? [],
        failover: standings.get(id) ?? null,
        lastChange: change.get(id) ?? null,
        windowMinutes,
      },
      now,
    ),
  );
}
