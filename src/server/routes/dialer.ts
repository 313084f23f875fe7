// Dialer settings: the settings in force and their history; a change is previewed, confirmed by the hash of what was shown, and
// followed.

import { z } from "zod";
import { parseScenario, scenarioWarnings } from "../../dialing/index.ts";
import { MINUTE_MS } from "../../kernel/index.ts";
import {
  columnMapping,
  type DialerPlan,
  type DialerUseCases,
  dialerPreviewOf,
  proposedFile,
  REGULATORY_CHECKS,
  type RefusedLine,
  type SimulationQuestion,
  type SimulationUseCases,
} from "../../operations/index.ts";
import {
  confirmation,
  type DialerProposal,
  type DialerRollback,
  dialerChange,
  dialerMetricRow,
  dialerPreview,
  dialerProposal,
  dialerRollback,
  dialerVersion,
  dialerView,
  MAX_VERSION,
  pageOf,
  previewed,
  simulatorComparison,
} from "../../operations/views/index.ts";
import type { Principal } from "../../store/index.ts";
import { cursor, flag, limit, list, numberCursor, pageOfItems } from "../routing/query.ts";
import { dangerousRoute, route } from "../routing/route.ts";
import { FILE_TYPES, sourceOf } from "./jobs.ts";

const MOST_ROWS = 10_000;
const rowLimit = z.coerce.number().int().min(1).max(MOST_ROWS).default(50);
/** For what is read of the tenant while a person waits: each page of it, with all waiting. */
const WAITED_FOR = { lane: "pacing", deadlineMs: 10_000 } as const;

const byVersion = z.strictObject({ version: z.coerce.number().int().min(1).max(MAX_VERSION) });

export function dialerRoutes(dialer: () => DialerUseCases) {
  const planApply = async (body: DialerProposal, store = true) =>
    dialer().planApply(await proposedFile(dialer(), body), {
      ...body,
      store,
      guardMs: body.guardMinutes === undefined ? undefined : body.guardMinutes * MINUTE_MS,
    });
  const planRollback = (body: DialerRollback, store = true) => dialer().planRollback({ ...body, store });
  /** A change that a rule forbids is in the audit log, whoever asked for it. */
  const refused = async ({ who }: { readonly who: Principal }, { verdict, prepared }: DialerPlan) => {
    if (verdict === "refused") await dialer().changes.recordRefusal(prepared, who.name);
  };
  const shown = (made: Parameters<typeof dialerPreviewOf>[0]) => ({ kind: "dialer" as const, preview: dialerPreviewOf(made) });
  return [
    route({
      id: "dialer.show",
      method: "get",
      path: "/dialer",
      summary: "Settings in force at the tenant, and the change under way",
      description:
        "Answers at once with the settings as they were last read, with the time; when that is too long ago they are read in the background, and a live update says when others are in force.",
      role: "viewer",
      query: z.strictObject({
        fresh: flag.describe("true reads the tenant first and waits for it"),
        campaign: z
          .string()
          .optional()
          .describe("Whose settings, where each campaign has settings of its own; without it the view names the campaigns"),
      }),
      reply: dialerView,
      handle: ({ query }) => dialer().show(query),
    }),
    route({
      id: "dialer.history",
      method: "get",
      path: "/dialer/versions",
      summary: "Versions of the settings with what they changed, newest first",
      role: "viewer",
      query: z.strictObject({
        limit,
        cursor,
        campaign: z.string().optional().describe("Only versions of this campaign's settings"),
      }),
      reply: pageOf(dialerVersion),
      async handle({ query }) {
        const after = numberCursor(query.cursor, MAX_VERSION);
        return pageOfItems(query.limit, (most) => dialer().history(most, after, query.campaign), "version");
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
      handle: ({ params }) => dialer().change(params.version),
    }),
    route({
      id: "dialer.validate",
      method: "post",
      path: "/dialer/validate",
      question: true,
      summary: "Our checks, the tenant's validation and the prediction for a settings file",
      role: "viewer",
      body: dialerProposal.pick({ file: true, campaign: true, sourceName: true }).extend({
        checks: z
          .array(z.enum(REGULATORY_CHECKS))
          .min(1)
          .optional()
          .describe("Regulatory checks that the tenant is asked for; those of the configuration by default"),
        making: z
          .boolean()
          .default(false)
          .describe("To make a campaign of the file: refused where the tenant makes none of settings"),
      }),
      reply: dialerPreview.pick({ findings: true, checks: true, prediction: true, refusals: true, overridden: true }),
      async handle({ body: { checks, campaign, making, ...proposal } }) {
        if (making) dialer().requireMaking();
        return dialer().validate(await proposedFile(dialer(), proposal), { checks, campaign });
      },
    }),
    route({
      id: "dialer.simulateVendor",
      method: "post",
      path: "/dialer/simulate",
      question: true,
      summary: "The tenant's own simulator and ours on the same settings, and where they differ; changes nothing",
      role: "viewer",
      body: dialerProposal.pick({ file: true, sourceName: true }).extend({
        minutes: z.int().min(1).max(1440).default(60),
        volume: z.int().min(1).max(100_000_000).optional().describe("Calls there are to place; without end by default"),
      }),
      reply: simulatorComparison,
      handle: async ({ body: { minutes, volume, ...proposal } }) =>
        dialer().simulateVendor(await proposedFile(dialer(), proposal), { minutes, volume }),
    }),
    route({
      id: "dialer.preview",
      method: "post",
      path: "/dialer/preview",
      question: true,
      summary: "What applying a settings file would change; its confirm is what apply wants; nothing is stored",
      role: "viewer",
      body: dialerProposal,
      reply: dialerPreview,
      handle: async ({ body }) => dialerPreviewOf(await planApply(body, false)),
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
      plan: ({ body }) => previewed(planApply(body), shown),
      refused,
      act: ({ who }, plan) => dialer().begin(plan, who.name),
    }),
    route({
      id: "dialer.previewRollback",
      method: "post",
      path: "/dialer/rollback/preview",
      question: true,
      summary: "What going back would change; nothing is stored",
      role: "viewer",
      body: dialerRollback,
      reply: dialerPreview,
      handle: async ({ body }) => dialerPreviewOf(await planRollback(body, false)),
    }),
    dangerousRoute({
      id: "dialer.rollback",
      method: "post",
      path: "/dialer/rollback",
      summary: "Go back to an earlier version",
      role: "operator",
      body: z.strictObject({ ...dialerRollback.shape, ...confirmation.shape }),
      reply: dialerChange,
      status: 202,
      plan: ({ body }) => previewed(planRollback(body), shown),
      refused,
      act: ({ who }, plan) => dialer().begin(plan, who.name),
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
      handle: ({ params, body, who }) => dialer().resume(params.version, body?.decision, who.name),
    }),
    route({
      id: "dialer.metrics",
      method: "get",
      path: "/dialer/metrics",
      summary: "What the tenant measured, hour by hour",
      role: "viewer",
      query: z.strictObject({ campaign: z.string().optional(), metric: list }),
      reply: z.strictObject({ rows: z.array(dialerMetricRow) }),
      handle: async ({ query }) => ({
        rows: await gathered(dialer().metrics(query.campaign, query.metric, WAITED_FOR), MOST_ROWS),
      }),
    }),
    route({
      id: "dialer.vendorAudit",
      method: "get",
      path: "/dialer/vendor-audit",
      summary: "The tenant's own audit log",
      role: "viewer",
      query: z.strictObject({ entity: z.string().default("campaign"), limit: rowLimit }),
      reply: z.strictObject({ rows: z.array(dialerMetricRow) }),
      handle: async ({ query }) => ({ rows: await gathered(dialer().vendorAudit(query.entity, WAITED_FOR), query.limit) }),
    }),
    route({
      id: "dialer.createCampaign",
      method: "post",
      path: "/dialer/campaigns",
      summary: "Make a dialer campaign of a settings file, never two of one file; it is not started",
      role: "operator",
      body: dialerProposal.pick({ file: true, sourceName: true }).extend({
        again: z
          .boolean()
          .default(false)
          .describe("Sends it although an earlier request may have been carried out: after a person has looked"),
      }),
      reply: z.strictObject({ campaignId: z.string(), already: z.boolean() }),
      status: 201,
      handle: async ({ body: { again, ...proposal }, who }) =>
        dialer().createCampaign(await proposedFile(dialer(), proposal), { by: who.name, again }),
    }),
  ];
}

async function gathered(rows: AsyncIterable<object>, most: number): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for await (const row of rows) {
    found.push({ ...row });
    if (found.length >= most) break;
  }
  return found;
}

// Simulations on worker threads: a scenario, two compared, variations, the best pacing; and scenarios fitted to calls. Equal input gives equal figures.

/** More would occupy the service's processors for too long; the command line has no such limit. */
const MOST_REPLICATIONS = 200;
/** Limit for each of many scenarios. */
const MOST_OF_MANY = 50;

type Asked = Pick<SimulationQuestion, "replications" | "seed">;

/** Refused lines that an answer shows. */
const EXAMPLES = 20;
const scenarioBody = z.record(z.string(), z.unknown()).describe("As in simulation.schema.json");
const seed = z.union([z.int(), z.string().max(100)]).default(1);

const jurisdictions = z
  .array(z.string().min(1).max(20))
  .max(50)
  .optional()
  .describe(
    "Where the campaign calls, such as US and GB: the rule pack's strictest limit of abandonment and shortest window, instead of the scenario's",
  );

export function simulateRoutes(simulations: () => SimulationUseCases) {
  return [
    route({
      id: "simulate.run",
      method: "post",
      path: "/simulate",
      question: true,
      summary: "Simulates a scenario, or compares two under common random numbers",
      role: "viewer",
      body: z.strictObject({
        scenario: scenarioBody,
        compareWith: scenarioBody.optional(),
        replications: z.int().min(2).max(MOST_REPLICATIONS).default(20),
        seed,
        jurisdictions,
      }),
      reply: z.looseObject({}),
      async handle({ body, signal }) {
        const scenario = parseScenario(body.scenario, "scenario");
        const other = body.compareWith === undefined ? undefined : parseScenario(body.compareWith, "compareWith");
        const warnings = [...new Set([scenario, ...(other === undefined ? [] : [other])].flatMap(scenarioWarnings))];
        return { ...(await simulations().run([scenario, other], questionOf(body, signal))), warnings };
      },
    }),
    route({
      id: "simulate.whatIf",
      method: "post",
      path: "/simulate/what-if",
      question: true,
      summary: "Simulates every combination of the values that fields of a scenario are given",
      role: "viewer",
      body: z.strictObject({
        scenario: scenarioBody,
        axes: z
          .array(z.strictObject({ path: z.string().min(1).max(200), values: z.array(z.unknown()).min(1).max(100) }))
          .min(1)
          .max(10)
          .describe("Fields such as agents or pacing.ratio, with the values to try; the last one changes fastest"),
        replications: z.int().min(2).max(MOST_OF_MANY).default(10),
        seed,
        jurisdictions,
      }),
      reply: z.looseObject({}),
      handle: async ({ body, signal }) => ({
        ...(await simulations().whatIf(parseScenario(body.scenario, "scenario"), body.axes, questionOf(body, signal))),
      }),
    }),
    route({
      id: "simulate.calibrate",
      method: "post",
      path: "/simulate/calibrate",
      question: true,
      summary: "Fits answers, times and attempts to a file of calls, and makes the scenario of them",
      description: "The body is the file, CSV or NDJSON. The scenario lacks agents, leads, lines and pacing.",
      role: "viewer",
      query: z.strictObject({
        name: z.string().min(1).max(100).default("calibrated"),
        zone: z.string().max(100).optional().describe("IANA zone of times without one"),
        format: z.enum(["csv", "ndjson"]).optional(),
        delimiter: z.string().length(1).optional(),
        column: list,
      }),
      upload: FILE_TYPES,
      reply: z.strictObject({
        records: z.int(),
        refused: z.int(),
        examples: z.array(z.strictObject({ line: z.int(), field: z.string().nullable(), reason: z.string() })).readonly(),
        calibration: z.looseObject({}),
        scenario: z.looseObject({}).describe("As in simulation.schema.json"),
      }),
      async handle({ query, upload }) {
        const { name, zone, format, delimiter, column } = query;
        const examples: { line: number; field: string | null; reason: string }[] = [];
        const options = {
          name,
          zone,
          format,
          delimiter,
          mapping: columnMapping(column),
          done: "Nothing was fitted.",
          onRefused({ line, field, reason }: RefusedLine) {
            if (examples.length < EXAMPLES) examples.push({ line, field: field ?? null, reason });
          },
        };
        const { records, refused, calibration, scenario } = await simulations().calibrate(
          sourceOf(upload, name).bytes(),
          options,
        );
        return { records, refused, examples, calibration: { ...calibration }, scenario: { ...scenario } };
      },
    }),
    route({
      id: "simulate.optimise",
      method: "post",
      path: "/simulate/optimise",
      question: true,
      summary: "The pacing that keeps agents busiest within the limit of abandonment, and the frontier that it was found on",
      role: "viewer",
      body: z.strictObject({
        scenario: scenarioBody,
        limit: z.number().gt(0).lt(1).optional().describe("Largest share of abandoned calls; the scenario's by default"),
        probability: z.number().gt(0).lt(1).default(0.99).describe("With which a period keeps the limit"),
        replications: z.int().min(2).max(MOST_OF_MANY).default(20),
        seed,
        jurisdictions,
      }),
      reply: z.looseObject({}),
      async handle({ body, signal }) {
        const { limit, probability } = body;
        const goal = { probability, ...(limit === undefined ? {} : { limit }) };
        return { ...(await simulations().optimise(parseScenario(body.scenario, "scenario"), goal, questionOf(body, signal))) };
      },
    }),
  ];
}

function questionOf(
  { replications, seed: from, jurisdictions: of }: Asked & { readonly jurisdictions?: readonly string[] | undefined },
  signal: AbortSignal,
): SimulationQuestion {
  return { replications, seed: from, signal, ...(of === undefined ? {} : { jurisdictions: of }) };
}
