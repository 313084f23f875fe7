// Dialer settings: what is in force and how it came about; a change is previewed, confirmed by the hash of what was shown, and followed.

import { z } from "zod";
import {
  type DialerSettings,
  type GuardPlan,
  type Judgement,
  type KnownHealth,
  type PreparedChange,
  readSettings,
  type SettingsChanges,
  type SettingsFile,
} from "../../operations/index.ts";
import {
  basisOf,
  type DialerChange as ChangeView,
  changeOf,
  confirmation,
  dialerChange,
  dialerMetricRow,
  dialerPreview,
  dialerProposal,
  dialerVersion,
  dialerView,
  failureOf,
  judgementOf,
  pageOf,
  predictionOf,
  type Standing,
  timeText,
  versionOf,
} from "../../operations/views/index.ts";
import type { DialerChange } from "../../store/index.ts";
import { cursor, flag, limit, list, numberCursor, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, dangerousRoute, route } from "../routing/route.ts";
import { fileOf, MAX_VERSION, plannedApply, plannedRollback, previewOf, rollbackOf } from "./dialer-plans.ts";

/** What the routes act on. */
export interface DialerPort {
  readonly changes: Pick<
    SettingsChanges,
    "prepare" | "prepareRollback" | "begin" | "recordRefusal" | "decide" | "report" | "open" | "find"
  >;
  /** Newest first. @param before only versions before this one */
  history(limit: number, before?: number): Promise<DialerChange[]>;
  latestApplied(): Promise<DialerChange | undefined>;
  /**
   * What was in force at the tenant when it was last read: the vendor's document and the tag of its version; what is too old is read in the
   * background. @param fresh reads it first. Throws TenantError then
   */
  inForce(fresh: boolean): Promise<{
    /** Null: never read. */
    readonly value: unknown;
    readonly tag: string | null;
    /** ms since the epoch; null: never. */
    readonly readAt: number | null;
    readonly failed: KnownHealth["failed"];
  }>;
  /** Lines of the carrier and what is expected of the calls, as the change said that put these settings in force; undefined when none did. */
  basis(settings: DialerSettings): Promise<Pick<SettingsFile, "carrier" | "expected"> | undefined>;
  /** What settings in force will come to, or why that is not known; undefined while it is being found out. */
  prediction(settings: DialerSettings): Promise<Judgement["prediction"] | undefined>;
  validate(file: SettingsFile): Promise<Judgement>;
  guardPlan(durationMs: number, campaigns: readonly string[]): Promise<GuardPlan>;
  /** Runs a change here, or goes on with it; returns at once. */
  start(version: number): Promise<void>;
  standing(change: DialerChange): Promise<{ readonly standing: Standing; readonly running: boolean }>;
  metrics(query: { readonly campaignId: string | undefined; readonly metrics: readonly Metric[] }): AsyncIterable<object>;
  vendorAudit(entity: string): AsyncIterable<object>;
  /** Makes a paused campaign of a settings file at the tenant, never two of one file. */
  createCampaign(file: SettingsFile, by: string): Promise<{ readonly campaignId: string; readonly already: boolean }>;
}

const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;
type Metric = (typeof METRICS)[number];

const byVersion = z.strictObject({ version: z.coerce.number().int().min(1).max(MAX_VERSION) });

export function dialerRoutes(port: () => DialerPort): ApiRoute[] {
  const planApply = (body: z.output<typeof dialerProposal>) => plannedApply(port(), body);
  const planRollback = (body: z.output<typeof rollbackOf>) => plannedRollback(port(), body);
  return [
    route({
      id: "dialer.show",
      method: "get",
      path: "/dialer",
      summary: "Settings in force at the tenant, and the change under way",
      description:
        "Answers at once with the settings as they were last read, with the time; when that is too long ago they are read in the background, and a live update says when others are in force.",
      role: "viewer",
      query: z.strictObject({ fresh: flag.describe("true reads the tenant first and waits for it") }),
      reply: dialerView,
      async handle({ query }) {
        const { value, tag, readAt, failed } = await port().inForce(query.fresh);
        const read = readAt === null ? undefined : readSettings(value);
        const [open, prediction, basis] = await Promise.all([
          port().changes.open(),
          read === undefined || "problem" in read ? undefined : port().prediction(read.settings),
          read === undefined || "problem" in read ? undefined : port().basis(read.settings),
        ]);
        return {
          settings: value,
          asOf: timeText(readAt),
          failed: failureOf(failed),
          tag,
          problem: read !== undefined && "problem" in read ? read.problem : null,
          basis: basis === undefined ? null : basisOf(basis),
          prediction: prediction === undefined || typeof prediction === "string" ? null : predictionOf(prediction),
          open: open === undefined ? null : await shown(port(), open.version),
        };
      },
    }),
    route({
      id: "dialer.history",
      method: "get",
      path: "/dialer/versions",
      summary: "Versions of the settings with what they changed, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(dialerVersion),
      async handle({ query }) {
        const versions = await port().history(query.limit + 1, numberCursor(query.cursor, MAX_VERSION));
        const before = new Map(versions.map((one, i) => [one, versions[i + 1]]));
        return pageOfItems(
          versions,
          query.limit,
          ({ version }) => String(version),
          (one) => versionOf(one, before.get(one)),
        );
      },
    }),
    route({
      id: "dialer.change",
      method: "get",
      path: "/dialer/versions/{version}",
      summary: "How far a change is, or how it ended",
      role: "viewer",
      params: byVersion,
      reply: dialerChange,
      handle: async ({ params }) => shown(port(), params.version),
    }),
    route({
      id: "dialer.validate",
      method: "post",
      path: "/dialer/validate",
      question: true,
      summary: "Our checks, the tenant's validation and the prediction for a settings file",
      role: "viewer",
      body: dialerProposal.pick({ file: true, sourceName: true }),
      reply: dialerPreview.pick({ findings: true, prediction: true, refusals: true, overridden: true }),
      handle: async ({ body }) => judgementOf(await port().validate(await fileOf(body))),
    }),
    route({
      id: "dialer.preview",
      method: "post",
      path: "/dialer/preview",
      question: true,
      summary: "What applying a settings file would change; its confirm is what apply wants",
      role: "operator",
      body: dialerProposal,
      reply: dialerPreview,
      handle: async ({ body }) => previewOf(await planApply(body)),
    }),
    dangerousRoute({
      id: "dialer.apply",
      method: "post",
      path: "/dialer/apply",
      summary: "Apply a settings file: send, activate, read back, watch, roll back on failure",
      role: "operator",
      body: z.strictObject({ ...dialerProposal.shape, ...confirmation.shape }),
      reply: dialerChange,
      status: 202,
      plan: ({ body }) => planApply(body),
      act: ({ who }, { prepared, guard }) => begin(port(), prepared, guard, who.name),
    }),
    route({
      id: "dialer.previewRollback",
      method: "post",
      path: "/dialer/rollback/preview",
      question: true,
      summary: "What going back would change",
      role: "operator",
      body: rollbackOf,
      reply: dialerPreview,
      handle: async ({ body }) => previewOf(await planRollback(body)),
    }),
    dangerousRoute({
      id: "dialer.rollback",
      method: "post",
      path: "/dialer/rollback",
      summary: "Go back to an earlier version",
      role: "operator",
      body: z.strictObject({ ...rollbackOf.shape, ...confirmation.shape }),
      reply: dialerChange,
      status: 202,
      plan: ({ body }) => planRollback(body),
      act: ({ who }, { prepared, guard }) => begin(port(), prepared, guard, who.name),
    }),
    route({
      id: "dialer.resume",
      method: "post",
      path: "/dialer/versions/{version}/resume",
      summary: "Go on with a change that stands still; a person's word on one that waits for it",
      role: "operator",
      params: byVersion,
      body: z.strictObject({ decision: z.enum(["keep", "rollBack"]).optional() }).optional(),
      reply: dialerChange,
      status: 202,
      async handle({ params, body, who }) {
        if (body?.decision !== undefined) await port().changes.decide(params.version, body.decision === "keep", who.name);
        await port().changes.find(params.version);
        await port().start(params.version);
        return shown(port(), params.version);
      },
    }),
    route({
      id: "dialer.metrics",
      method: "get",
      path: "/dialer/metrics",
      summary: "What the tenant measured, hour by hour",
      role: "viewer",
      query: z.strictObject({ campaign: z.string().optional(), metric: list }),
      reply: z.strictObject({ rows: z.array(dialerMetricRow) }),
      async handle({ query }) {
        const named = METRICS.filter((name) => query.metric.length === 0 || query.metric.includes(name));
        return { rows: await gathered(port().metrics({ campaignId: query.campaign, metrics: named }), 10_000) };
      },
    }),
    route({
      id: "dialer.vendorAudit",
      method: "get",
      path: "/dialer/vendor-audit",
      summary: "The tenant's own audit log",
      role: "viewer",
      query: z.strictObject({ entity: z.string().default("campaign"), limit }),
      reply: z.strictObject({ rows: z.array(dialerMetricRow) }),
      handle: async ({ query }) => ({ rows: await gathered(port().vendorAudit(query.entity), query.limit) }),
    }),
    route({
      id: "dialer.createCampaign",
      method: "post",
      path: "/dialer/campaigns",
      summary: "Make a dialer campaign of a settings file, never two of one file; it is not started",
      role: "operator",
      body: dialerProposal.pick({ file: true, sourceName: true }),
      reply: z.strictObject({ campaignId: z.string(), already: z.boolean() }),
      status: 201,
      handle: async ({ body, who }) => ({ ...(await port().createCampaign(await fileOf(body), who.name)) }),
    }),
  ];
}

async function begin(port: DialerPort, prepared: PreparedChange, guard: GuardPlan | null, by: string): Promise<ChangeView> {
  const { version } = await port.changes.begin(prepared, guard, by);
  await port.start(version);
  return shown(port, version);
}

async function shown(port: DialerPort, version: number): Promise<ChangeView> {
  const report = await port.changes.report(version);
  return changeOf(report, await port.standing(report.change));
}

async function gathered(rows: AsyncIterable<object>, most: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const row of rows) {
    found.push({ ...row });
    if (found.length >= most) break;
  }
  return found;
}
