// Uploaded rule packs: checked, compared with the one in force, converted from and to flat rule sets; and recorded decisions
// replayed.

import { z } from "zod";
import { CALL_TYPES } from "../../compliance/index.ts";
import { type ComplianceUseCases, convertedPack } from "../../operations/index.ts";
import { comparisonOf, packComparison, packFreshness } from "../../operations/views/index.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { instant } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";
import { FILE_TYPES, sourceOf } from "./jobs.ts";

const NAMES = ["in-force", "shipped"] as const;
const document = z.record(z.string(), z.unknown());
const pack = z
  .union([z.enum(NAMES), document])
  .describe("A pack as in rule-pack.schema.json (over the shipped one when that is its base), a flat rule set, or one by name");

export function rulePackRoutes(compliance: () => ComplianceUseCases) {
  return [
    route({
      id: "packs.validate",
      method: "post",
      path: "/compliance/pack/validate",
      question: true,
      summary: "Checks a rule pack as it would be used; a faulty one is answered with every fault",
      role: "viewer",
      body: z.strictObject({ pack: document }),
      reply: z.strictObject({
        valid: z.boolean(),
        id: z.string(),
        version: z.string(),
        rules: z.int(),
        jurisdictions: z.int(),
        calendars: z.int(),
      }),
      handle: async ({ body }) => compliance().validatePack(body.pack),
    }),
    route({
      id: "packs.freshness",
      method: "get",
      path: "/compliance/pack/freshness",
      summary: "Which rules in force were last looked up too long ago, and which calendars end",
      role: "viewer",
      query: z.strictObject({ days: z.coerce.number().int().min(0).max(36_500).default(180) }),
      reply: packFreshness,
      handle: ({ query }) => compliance().freshness(query.days),
    }),
    route({
      id: "packs.compare",
      method: "post",
      path: "/compliance/pack/compare",
      question: true,
      summary: "What a rule pack would change: in sentences, and of the calls placed in the last 30 days",
      role: "operator",
      body: z.strictObject({
        before: pack.default("in-force"),
        after: pack,
        since: instant.optional().describe("Calls since then instead of the last 30 days"),
        callType: z.enum(CALL_TYPES).optional().describe("Of campaigns of which no gate says it; telemarketing by default"),
      }),
      reply: packComparison,
      async handle({ body: { before, after, since, callType } }) {
        return comparisonOf(await compliance().comparePacks(before, after, { since, callType }), { reveal: false });
      },
    }),
    route({
      id: "packs.diff",
      method: "post",
      path: "/compliance/pack/diff",
      question: true,
      summary: "What differs from one rule pack to another",
      role: "viewer",
      body: z.strictObject({ before: pack.default("in-force"), after: pack }),
      reply: z.strictObject({
        differences: z
          .array(
            z.strictObject({
              section: z.string(),
              id: z.string(),
              field: z.string(),
              before: z.unknown().optional(),
              after: z.unknown().optional(),
            }),
          )
          .readonly(),
      }),
      handle: async ({ body }) => ({ differences: await compliance().diffPacks(body.before, body.after) }),
    }),
    route({
      id: "packs.convert",
      method: "post",
      path: "/compliance/pack/convert",
      question: true,
      summary: "A flat rule set as a rule pack, or a rule pack that says no more as a flat rule set",
      role: "viewer",
      body: z.strictObject({ document }),
      reply: z.strictObject({ format: z.enum(["pack", "flat"]).describe("Of the answer"), document }),
      handle: async ({ body }) => convertedPack(body.document),
    }),
    streamRoute({
      id: "packs.replay",
      method: "post",
      path: "/compliance/pack/replay",
      question: true,
      personal: true,
      summary: "Decides recorded decisions again: a line for each that changes as NDJSON, counts in the last one",
      description: "The body is NDJSON as `compliance check --record` and `gate --record` write it. Answers hold no numbers.",
      role: "viewer",
      query: z.strictObject({ pack: z.enum(NAMES).default("in-force") }),
      upload: FILE_TYPES,
      contentType: "application/x-ndjson",
      async handle({ query, upload }) {
        const bytes = sourceOf(upload, "upload").bytes();
        const texts = await linesFrom(async (write) => write(await compliance().replay(bytes, query.pack, { write })));
        return { texts };
      },
    }),
  ];
}
