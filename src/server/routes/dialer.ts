// Dialer settings: what is in force and how it came about; a change is previewed, confirmed by the hash of what was shown, and followed.

import { z } from "zod";
import {
  type ChangeReport,
  checkOverride,
  type DialerSettings,
  type FieldChange,
  type GuardPlan,
  type Judgement,
  type PreparedChange,
  parseSettingsFile,
  readSettings,
  type SettingsChanges,
  type SettingsFile,
} from "../../operations/index.ts";
import type { DialerChange } from "../../store/index.ts";
import { confirmation, pageOf } from "../api/schemas/common.ts";
import {
  type DialerChange as ChangeView,
  type DialerPreview,
  dialerChange,
  dialerMetricRow,
  dialerPreview,
  dialerProposal,
  dialerVersion,
  dialerView,
} from "../api/schemas/dialer.ts";
import { timeText } from "../api/texts.ts";
import { confirmOf, type Planned } from "../routing/plan.ts";
import { cursor, limit, list, numberCursor, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, dangerousRoute, route } from "../routing/route.ts";

/** What the routes act on. */
export interface DialerPort {
  readonly changes: Pick<
    SettingsChanges,
    "prepare" | "prepareRollback" | "begin" | "recordRefusal" | "decide" | "report" | "open" | "find"
  >;
  /** Newest first. @param before only versions before this one */
  history(limit: number, before?: number): Promise<DialerChange[]>;
  latestApplied(): Promise<DialerChange | undefined>;
  /** What is in force at the tenant: the vendor's document and the tag of its version. */
  inForce(): Promise<{ readonly value: unknown; readonly tag: string | undefined }>;
  /** What settings in force will come to, or why that is not known; undefined while it is being found out. */
  prediction(settings: DialerSettings): Promise<Judgement["prediction"] | undefined>;
  validate(file: SettingsFile): Promise<Judgement>;
  guardPlan(durationMs: number, campaigns: readonly string[]): Promise<GuardPlan>;
  /** Runs a change here, or goes on with it; returns at once. */
  start(version: number): void;
  running(version: number): boolean;
  metrics(query: { readonly campaignId: string | undefined; readonly metrics: readonly Metric[] }): AsyncIterable<object>;
  vendorAudit(entity: string): AsyncIterable<object>;
  /** Makes a paused campaign of a settings file at the tenant, never two of one file. */
  createCampaign(file: SettingsFile, by: string): Promise<{ readonly campaignId: string; readonly already: boolean }>;
}

const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;
type Metric = (typeof METRICS)[number];

const byVersion = z.strictObject({ version: z.coerce.number().int().min(1) });
const rollbackOf = z.strictObject({
  version: z.int().min(1).optional().describe("The version to go back to; without it, to before the latest change"),
  overrides: z.array(z.string()).optional(),
});

export function dialerRoutes(port: () => DialerPort): ApiRoute[] {
  const planApply = (body: z.output<typeof dialerProposal>) => plannedApply(port(), body);
  const planRollback = (body: z.output<typeof rollbackOf>) => plannedRollback(port(), body);
  return [
    route({
      id: "dialer.show",
      method: "get",
      path: "/dialer",
      summary: "Settings in force at the tenant, and the change under way",
      role: "viewer",
      reply: dialerView,
      async handle() {
        const { value, tag } = await port().inForce();
        const read = readSettings(value);
        const [open, prediction] = await Promise.all([
          port().changes.open(),
          "problem" in read ? undefined : port().prediction(read.settings),
        ]);
        return {
          settings: value,
          tag: tag ?? null,
          problem: "problem" in read ? read.problem : null,
          prediction: prediction === undefined || typeof prediction === "string" ? null : predictionOf(prediction),
          open: open === undefined ? null : changeOf(await port().changes.report(open.version), port()),
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
        const versions = await port().history(query.limit + 1, numberCursor(query.cursor));
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
      handle: async ({ params }) => changeOf(await port().changes.report(params.version), port()),
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
        port().start(params.version);
        return changeOf(await port().changes.report(params.version), port());
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

interface DialerPlan {
  readonly prepared: PreparedChange;
  readonly guard: GuardPlan | null;
}

async function plannedApply(port: DialerPort, body: z.output<typeof dialerProposal>): Promise<Planned<DialerPlan>> {
  const overrides = body.overrides ?? [];
  for (const name of overrides) checkOverride(name);
  const prepared = await port.changes.prepare("apply", await fileOf(body), { overrides, store: true });
  const guard =
    body.guardMinutes === undefined ? null : await port.guardPlan(body.guardMinutes * 60_000, body.guardCampaigns ?? []);
  return planned("dialer.apply", prepared, guard, body.retryRejected === true);
}

async function plannedRollback(port: DialerPort, body: z.output<typeof rollbackOf>): Promise<Planned<DialerPlan>> {
  const overrides = body.overrides ?? [];
  for (const name of overrides) checkOverride(name);
  // Going back to settings that once did not hold is a person's own decision.
  return planned("dialer.rollback", await port.changes.prepareRollback(body.version, { overrides }), null, true);
}

function planned(operation: string, prepared: PreparedChange, guard: GuardPlan | null, retry: boolean): Planned<DialerPlan> {
  const { snapshot, wanted, diff, judgement, rejection, sourceName } = prepared;
  const refusals = [...judgement.refusals];
  if (diff.length === 0) refusals.push("these settings are in force already");
  if (rejection !== undefined && !retry)
    refusals.push(`version ${rejection.version} had the same settings and did not hold: retryRejected applies them again`);
  const fields = diff.length === 1 ? "1 field" : `${diff.length} fields`;
  return {
    operation,
    summary: `${operation === "dialer.rollback" ? "Go back to" : "Apply"} dialer settings ${sourceName}: ${fields}${judgement.overridden.length > 0 ? ", a gate overridden" : ""}`,
    relies: {
      snapshot,
      wanted,
      guard,
      refusals,
      overridden: judgement.overridden,
      retry,
    },
    refusals,
    plan: { prepared, guard },
  };
}

async function begin(port: DialerPort, prepared: PreparedChange, guard: GuardPlan | null, by: string): Promise<ChangeView> {
  const { version } = await port.changes.begin(prepared, guard, by);
  port.start(version);
  return changeOf(await port.changes.report(version), port);
}

/** JSON is YAML: one reader finds every mistake. */
function fileOf({
  file,
  sourceName,
}: {
  readonly file: object;
  readonly sourceName?: string | undefined;
}): Promise<SettingsFile> {
  return parseSettingsFile(JSON.stringify(file, undefined, 1), sourceName ?? "dashboard");
}

function previewOf(made: Planned<DialerPlan>): DialerPreview {
  const { kind, sourceName, diff, judgement, rejection } = made.plan.prepared;
  return {
    kind,
    confirm: confirmOf(made),
    sourceName,
    changes: changesOf(diff),
    ...judgementOf(judgement),
    refusals: [...made.refusals],
    rejectedBefore: rejection === undefined ? null : { version: rejection.version, message: rejection.message },
  };
}

function judgementOf(judgement: Judgement): Pick<DialerPreview, "findings" | "prediction" | "refusals" | "overridden"> {
  const { findings, prediction, refusals, overridden } = judgement;
  return {
    findings: findings.map((one) => ({ ...one })),
    prediction: typeof prediction === "string" ? prediction : predictionOf(prediction),
    refusals: [...refusals],
    overridden: [...overridden],
  };
}

function predictionOf(prediction: Exclude<Judgement["prediction"], string>) {
  const { abandonment, occupancy, attemptsPerHour, chanceAboveLimit, assumed } = prediction;
  const band = ({ low, median, high }: { low: number; median: number; high: number }) => ({ low, median, high });
  return {
    abandonment: band(abandonment),
    occupancy: band(occupancy),
    attemptsPerHour: band(attemptsPerHour),
    chanceAboveLimit,
    assumed: [...assumed],
  };
}

const changesOf = (diff: readonly FieldChange[]) =>
  diff.map(({ path, before, after }) => ({ path, before: before ?? null, after: after ?? null }));

function versionOf(one: DialerChange, before: DialerChange | undefined): z.input<typeof dialerVersion> {
  return {
    version: one.version,
    kind: one.kind,
    sourceName: one.sourceName,
    actor: one.actor,
    settings: one.settings,
    phase: one.phase,
    outcome: one.outcome,
    message: one.message,
    rejected: one.rejected,
    changes: differing(before?.settings, one.settings),
    createdAt: timeText(one.createdAt),
    endedAt: timeText(one.endedAt),
  };
}

type Leaf = string | number | boolean | null;

/** Fields that differ between two documents, whatever their form. */
function differing(before: unknown, after: unknown): { path: string; before: Leaf; after: Leaf }[] {
  if (before === undefined) return [];
  const [old, now] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }));
}

function leavesOf(value: unknown, path = "", found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value === "object" && value !== null)
    for (const [name, member] of Object.entries(value)) leavesOf(member, path === "" ? name : `${path}.${name}`, found);
  else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") found.set(path, value);
  return found;
}

function changeOf({ change, state }: ChangeReport, port: DialerPort): ChangeView {
  return {
    version: change.version,
    phase: state.phase,
    purpose: state.purpose,
    outcome: change.outcome,
    message: change.message,
    failure: state.failure === null ? null : { ...state.failure },
    stop: state.stop === null ? null : { ...state.stop },
    looks: state.looks,
    guard: state.guard,
    conflicts: state.conflicts.map(({ path, base, ours, theirs }) => ({
      path,
      base: base ?? null,
      ours: ours ?? null,
      theirs: theirs ?? null,
    })),
    running: port.running(change.version),
  };
}

async function gathered(rows: AsyncIterable<object>, most: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const row of rows) {
    found.push({ ...row });
    if (found.length >= most) break;
  }
  return found;
}
