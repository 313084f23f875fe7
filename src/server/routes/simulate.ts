// Simulations on worker threads: a scenario, two compared, variations, the best pacing; and scenarios fitted to calls. Equal input gives equal figures.

import { z } from "zod";
import { parseScenario, scenarioWarnings } from "../../dialing/index.ts";
import type { RefusedLine, SimulationQuestion, SimulationUseCases } from "../../operations/index.ts";
import { list } from "../routing/query.ts";
import { route } from "../routing/route.ts";
import { FILE_TYPES, mappingOf, sourceOf } from "./jobs.ts";

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
          mapping: column.length === 0 ? undefined : mappingOf(column),
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
