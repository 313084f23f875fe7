// Rule packs that are sent: checked, compared with the one in force, converted from and to flat rule sets, and recorded decisions replayed.

import { z } from "zod";
import {
  type CompiledPack,
  convertFlatRuleSet,
  diffPacks,
  isFlatRuleSet,
  mergePacks,
  parseRulePack,
  type RulePack,
  replay,
  toFlatRuleSet,
  usCaUk2026,
} from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { ndjsonLines } from "../../operations/index.ts";
import { ServerError } from "../error.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { type ApiRoute, route, streamRoute } from "../routing/route.ts";
import type { CompliancePort } from "./compliance.ts";
import { FILE_TYPES, sourceOf } from "./jobs.ts";

/** What the routes act on. */
export interface RulePacksPort extends Pick<CompliancePort, "rules"> {
  /** Makes a pack ready to decide with. Throws ComplianceError `invalid_pack`. */
  compile(pack: RulePack): CompiledPack;
}

const NAMES = ["in-force", "shipped"] as const;
const document = z.record(z.string(), z.unknown());
const pack = z
  .union([z.enum(NAMES), document])
  .describe("A pack as in rule-pack.schema.json (over the shipped one when that is its base), a flat rule set, or one by name");

export function rulePackRoutes(port: () => RulePacksPort): ApiRoute[] {
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
      async handle({ body }) {
        const read = await packOf(port(), body.pack, "pack");
        port().compile(read);
        const { id, version, rules, jurisdictions, calendars } = read;
        return {
          valid: true,
          id,
          version,
          rules: rules.length,
          jurisdictions: jurisdictions.length,
          calendars: Object.keys(calendars).length,
        };
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
      async handle({ body }) {
        const [before, after] = [await packOf(port(), body.before, "before"), await packOf(port(), body.after, "after")];
        return { differences: diffPacks(before, after) };
      },
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
      async handle({ body }) {
        if (isFlatRuleSet(body.document))
          return { format: "pack" as const, document: { ...convertFlatRuleSet(body.document, "document") } };
        return { format: "flat" as const, document: { ...toFlatRuleSet(parseRulePack(body.document, "document")) } };
      },
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
        const compiled = port().compile(await packOf(port(), query.pack, "pack"));
        const lines = ndjsonLines(sourceOf(upload, "upload").bytes());
        const texts = await linesFrom(async (write) => {
          const counts = { decisions: 0, decision: 0, rules: 0, next: 0, unreadable: 0 };
          for await (const read of lines) {
            const { line } = read;
            try {
              if ("problem" in read) throw new OutdialError("invalid_facts", read.problem);
              const { id, change, before, after } = replay(Object.fromEntries(read.members), compiled);
              counts.decisions += 1;
              if (change === undefined) continue;
              counts[change] += 1;
              await write({ line, ...(id === undefined ? {} : { id }), change, before, after });
            } catch (thrown) {
              if (!(thrown instanceof OutdialError) || thrown.code !== "invalid_facts") throw thrown;
              counts.unreadable += 1;
              await write({ line, unreadable: thrown.message });
            }
          }
          await write({ pack: compiled.packVersion, counts });
        });
        return { texts };
      },
    }),
  ];
}

/** Throws ComplianceError `invalid_pack`; ServerError `invalid_request` for an overlay of a pack that is not here. */
async function packOf(port: RulePacksPort, given: z.output<typeof pack>, where: string): Promise<RulePack> {
  if (given === "in-force") return (await port.rules()).pack;
  if (given === "shipped") return usCaUk2026();
  const read = parseRulePack(given, where);
  if (read.base === undefined) return read;
  const shipped = usCaUk2026();
  if (read.base === shipped.id) return mergePacks(shipped, read);
  throw new ServerError("invalid_request", `${where}.base: ${read.base} is not here; allowed is ${shipped.id}`, {
    advice: "Send the pack with its base laid under it.",
  });
}
