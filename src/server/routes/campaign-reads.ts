// Campaigns as they are known: health, and figures with what happened on their time axis. Nobody waits for the tenant unless fresh=true asks for it.

import { z } from "zod";
import { ABANDONMENT_LIMIT } from "../../kernel/index.ts";
import type { CampaignReading, KnownHealth, PairReport } from "../../operations/index.ts";
import {
  type AxisEvent,
  campaignDetail,
  campaignList,
  campaignSummaryOf,
  failureOf,
  healthView,
  healthViewOf,
  pointOf,
  timeText,
} from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";
import { flag } from "../routing/query.ts";
import { type ApiRoute, route } from "../routing/route.ts";

/** The campaigns of the last list. */
export interface KnownCampaigns {
  readonly campaigns: readonly KnownHealth[];
  /** When the list was read, ms since the epoch; null: never. */
  readonly readAt: number | null;
  readonly failed: KnownHealth["failed"];
}

/** What the routes read. */
export interface CampaignReadsPort {
  /** All campaigns as they are known; what is too old is read in the background. @param fresh reads the list first. Throws TenantError then */
  list(fresh: boolean): Promise<KnownCampaigns>;
  /**
   * One campaign as it is known; what is too old is read in the background. Throws ServerError `not_found` when the list does not name it.
   * @param fresh reads the campaign first. Throws TenantError (`not_found` …) then
   */
  health(id: string, fresh: boolean): Promise<KnownHealth>;
  series(id: string, from: number, to: number): Promise<readonly CampaignReading[]>;
  /** What happened to it and to what it is dialed with, oldest first. */
  happened(id: string, from: number): Promise<AxisEvent[]>;
  /** The pair that it is in. */
  pair(id: string): Promise<PairReport | undefined>;
  now(): number;
}

const HOUR_MS = 3_600_000;
/** Figures shown without being asked for others, hours. */
const DEFAULT_HOURS = 6;
/** More points than this are thinned: no screen shows them. */
const POINTS = 720;

const byId = z.strictObject({ id: z.string().min(1).max(200) });
const fresh = flag.describe(
  "true reads the tenant first and waits for it; otherwise the answer is what was last read, with its time",
);
const KNOWN =
  "Answers at once with what was last read of the tenant, each part with its time; what is too old is read in the background and told by the live updates.";

export function campaignReads(port: () => CampaignReadsPort): ApiRoute[] {
  return [
    route({
      id: "campaigns.list",
      method: "get",
      path: "/campaigns",
      summary: "All campaigns with their state, figures, budget, windows, and why they do not dial",
      description: `${KNOWN} fresh=true reads the list, with names and states; the figures of one campaign are read by fresh=true on that campaign.`,
      role: "viewer",
      query: z.strictObject({ fresh }),
      reply: campaignList,
      async handle({ query }) {
        const { campaigns, readAt, failed } = await port().list(query.fresh);
        return { items: campaigns.map(campaignSummaryOf), next: null, asOf: timeText(readAt), failed: failureOf(failed) };
      },
    }),
    route({
      id: "campaigns.show",
      method: "get",
      path: "/campaigns/{id}",
      summary: "One campaign: figures over time, what happened meanwhile, its configuration",
      description: KNOWN,
      role: "viewer",
      params: byId,
      query: z.strictObject({ hours: z.coerce.number().positive().max(744).default(DEFAULT_HOURS), fresh }),
      reply: campaignDetail,
      async handle({ params: { id }, query }) {
        const now = port().now();
        const from = now - query.hours * HOUR_MS;
        const health = await port().health(id, query.fresh);
        const [readings, events, pair] = await Promise.all([
          port().series(id, from, port().now()),
          port().happened(id, from),
          port().pair(id),
        ]);
        const summary = campaignSummaryOf(health);
        return {
          ...summary,
          threshold: pair?.primary === id ? pair.policy.threshold : null,
          abandonmentLimit: summary.abandonment?.limit ?? ABANDONMENT_LIMIT,
          series: thinned(ofOneWindow(readings, pair?.policy.windowMinutes)).map(pointOf),
          events,
          configuration: health.document === null ? null : { ...health.document },
          configurationAsOf: timeText(health.readAt.document),
        };
      },
    }),
    route({
      id: "campaigns.health",
      method: "get",
      path: "/campaigns/{id}/health",
      summary: "The documented health view of one campaign",
      description: KNOWN,
      role: "viewer",
      params: byId,
      query: z.strictObject({ fresh }),
      reply: healthView,
      handle: async ({ params, query }) => healthViewOf(await port().health(params.id, query.fresh)),
    }),
    route({
      id: "health.dashboard",
      method: "get",
      path: "/dashboard/health",
      outside: true,
      summary: "The documented health view of one campaign, at its documented address",
      description: KNOWN,
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200), fresh }),
      reply: healthView,
      handle: async ({ query }) => healthViewOf(await port().health(query.campaign_id, query.fresh)),
    }),
    route({
      id: "health.show",
      method: "get",
      path: "/health",
      outside: true,
      summary: "The same; without a campaign, of the one that matters most: the primary of a failover pair, else one that dials",
      description: KNOWN,
      role: "viewer",
      query: z.strictObject({ campaign_id: z.string().min(1).max(200).optional(), fresh }),
      reply: healthView,
      handle: async ({ query }) =>
        healthViewOf(await port().health(query.campaign_id ?? (await foremost(port(), query.fresh)), query.fresh)),
    }),
  ];
}

/** Throws ServerError `not_available` when the tenant has no campaign, `not_read_yet` when that is not known. */
async function foremost(port: CampaignReadsPort, fresh: boolean): Promise<string> {
  const { campaigns, readAt, failed } = await port.list(fresh);
  const primary = campaigns.find(({ failover }) => failover?.role === "primary");
  const one = primary ?? campaigns.find(({ status }) => status === "active") ?? campaigns[0];
  if (one !== undefined) return one.id;
  if (readAt !== null) throw new ServerError("not_available", "the tenant has no campaign");
  const why = failed === null ? "" : `: ${failed.message}`;
  throw new ServerError("not_read_yet", `the tenant's list of campaigns has not been read yet${why}`, {
    advice: "Ask again in a few seconds, or with fresh=true.",
  });
}

/** Readings over windows of one length, for figures of different ones make no curve: the watch's when it has any, else the most usual one. */
function ofOneWindow(readings: readonly CampaignReading[], watched: number | undefined): readonly CampaignReading[] {
  const counts = new Map<number | null, number>();
  for (const { windowMinutes } of readings) counts.set(windowMinutes, (counts.get(windowMinutes) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a);
  const wanted = watched !== undefined && counts.has(watched) ? watched : usual?.[0];
  return readings.filter(({ windowMinutes }) => windowMinutes === wanted);
}

function thinned<T>(readings: readonly T[]): readonly T[] {
  const every = Math.ceil(readings.length / POINTS);
  return every <= 1 ? readings : readings.filter((_, i) => (readings.length - 1 - i) % every === 0);
}
