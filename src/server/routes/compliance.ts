// Calling rules: decisions with reasons, gates with manifests, the abandonment ledger, revocations.

import { z } from "zod";
import { CALL_TYPES } from "../../compliance/index.ts";
import { type ComplianceUseCases, columnMapping, convertedPack, numberOf, readContacts } from "../../operations/index.ts";
import {
  abandonmentOf,
  abandonmentView,
  acknowledgement,
  checkAnswer,
  comparisonOf,
  complianceExplain,
  gateLine,
  manifestView,
  masked,
  packComparison,
  packFreshness,
  pageOf,
  replayLine,
  revocationView,
} from "../../operations/views/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, instant, limit, list, numberCursor, pageOfItems, phoneText } from "../routing/query.ts";
import { route, streamRoute } from "../routing/route.ts";
import { FILE_TYPES, sourceOf } from "./jobs.ts";

export function complianceRoutes(compliance: () => ComplianceUseCases) {
  return [
    route({
      id: "compliance.explain",
      method: "post",
      path: "/compliance/explain",
      question: true,
      personal: true,
      summary: "Whether a number may be called, every reason, and the 48 hours ahead",
      role: "viewer",
      body: z.strictObject({
        number: phoneText,
        callType: z.enum(CALL_TYPES).optional().describe("That of the facts, else telemarketing"),
        at: instant.optional(),
        postal: z.string().max(20).optional(),
        subject: z.string().max(200).optional(),
        facts: z
          .record(z.string(), z.unknown())
          .optional()
          .describe(
            "Facts instead of those of the store, as compliance check reads them; what they say of the call must agree with the other members",
          ),
        reveal: z.boolean().optional(),
      }),
      reply: complianceExplain,
      handle: ({ body: { reveal = false, ...asked }, who }) => compliance().explain(asked, { reveal: mayReveal(reveal, who) }),
    }),
    route({
      id: "compliance.check",
      method: "post",
      path: "/compliance/check",
      question: true,
      summary: "Decides questions on the facts that each brings along, one answer each; those of the store are not looked at",
      role: "viewer",
      body: z.strictObject({
        at: instant.optional(),
        questions: z.array(z.record(z.string(), z.unknown())).min(1).max(1000),
      }),
      reply: z.strictObject({
        answers: z.array(checkAnswer),
        facts: z.literal("given").describe("Decided on the facts of each question alone: no list of the store was looked at"),
      }),
      handle: async ({ body }) => ({ answers: await compliance().check(body.questions, body.at), facts: "given" as const }),
    }),
    route({
      id: "compliance.pack",
      method: "get",
      path: "/compliance/pack",
      summary: "The rules in force here",
      role: "viewer",
      reply: z.strictObject({
        version: z.string(),
        timeZoneData: z.string(),
        geography: z.string(),
        pack: z.record(z.string(), z.unknown()).describe("As in rule-pack.schema.json"),
      }),
      handle: () => compliance().inForce(),
    }),
    streamRoute({
      id: "compliance.gate",
      method: "post",
      path: "/compliance/gate",
      personal: true,
      summary: "Judges a list of contacts: a verdict a line as NDJSON, the signed manifest in the last one",
      description:
        "The body is the list, CSV or NDJSON. Without a manifest line nothing of it may be dialed. Numbers are masked unless revealed.",
      role: "operator",
      query: z.strictObject({
        campaign: z.string().trim().min(1),
        callType: z.enum(CALL_TYPES),
        subject: z.string().optional(),
        at: instant.optional(),
        name: z.string().max(200).default("upload"),
        format: z.enum(["csv", "ndjson"]).optional(),
        delimiter: z.string().length(1).optional(),
        column: list,
        reasons: flag,
        verdicts: flag.describe("true sends every verdict; otherwise only refused lines and the manifest come"),
        records: flag.describe("true also sends `{record}`: each decision with its facts, as a replay reads it; needs reveal"),
        progress: flag.describe("true also sends `{decided}` as it goes on"),
        reveal: flag,
      }),
      upload: FILE_TYPES,
      line: gateLine,
      contentType: "application/x-ndjson",
      async handle({ query, upload, who }) {
        const shown = mayReveal(query.reveal, who);
        if (query.records && !shown)
          throw new ServerError("invalid_request", "query.records: the facts hold numbers: ask with reveal=true");
        const { format, delimiter, column } = query;
        const mapping = columnMapping(column);
        const source = { ...sourceOf(upload, query.name), read: { format, delimiter, mapping } };
        const { campaign, callType, subject, at, reasons } = query;
        const contacts = readContacts(source);
        const texts = await linesFrom(async (write) => {
          const { manifest } = await compliance().gate(
            { campaign, callType, subject, at, contacts, reasons },
            {
              ...(query.verdicts
                ? { verdict: (verdict) => write({ ...verdict, number: shown ? verdict.number : masked(verdict.number) }) }
                : {}),
              ...(query.records ? { record: (json) => write({ record: JSON.parse(json) }) } : {}),
              refused: ({ line, field, reason }) => write({ line, field, refused: reason }),
              async progress(decided) {
                if (query.progress) await write({ decided });
              },
            },
            who.name,
          );
          await write({ manifest });
        });
        return { texts };
      },
    }),
    route({
      id: "compliance.manifests",
      method: "get",
      path: "/compliance/manifests",
      summary: "Manifests of gates, newest first",
      role: "viewer",
      query: z.strictObject({ limit, cursor, campaign: z.string().optional() }),
      reply: pageOf(manifestView),
      handle: ({ query: { campaign, cursor: after, limit: size } }) =>
        pageOfItems(size, (limit) => compliance().manifests({ campaign, after, limit }), "id"),
    }),
    route({
      id: "compliance.manifest",
      method: "get",
      path: "/compliance/manifests/id/{id}",
      summary: "One manifest as it was signed; outdial compliance verify-manifest checks it offline",
      role: "viewer",
      params: z.strictObject({ id: z.string() }),
      reply: z.looseObject({ id: z.string(), signature: z.string() }),
      async handle({ params }) {
        const found = await compliance().manifest(params.id);
        if (found === undefined) throw new ServerError("no_such_route", `there is no manifest ${params.id}`);
        return signed.parse(JSON.parse(found));
      },
    }),
    route({
      id: "compliance.verifyManifest",
      method: "post",
      path: "/compliance/manifests/verify",
      question: true,
      summary: "Checks a manifest: whole, unchanged, signed by this store's key",
      role: "viewer",
      body: z.strictObject({ manifest: z.record(z.string(), z.unknown()) }),
      reply: z.strictObject({ ok: z.boolean(), reason: z.string().nullable() }),
      handle: async ({ body }) => compliance().verifyManifest(body.manifest),
    }),
    route({
      id: "compliance.abandonment",
      method: "get",
      path: "/compliance/abandonment",
      summary: "The abandonment ledger of a campaign under every limit of the rule pack",
      role: "viewer",
      query: z.strictObject({
        campaign: z.string().min(1),
        country: z.string().length(2).optional(),
        at: instant.optional(),
      }),
      reply: z.strictObject({ items: z.array(abandonmentView), pack: z.string().describe("Version of the rules in force") }),
      async handle({ query }) {
        const readings = await compliance().abandonment(query);
        const { version: pack } = await compliance().inForce();
        return { items: readings.map((one) => abandonmentOf(query.campaign, one)), pack };
      },
    }),
    route({
      id: "compliance.revocations",
      method: "get",
      path: "/compliance/revocations",
      summary: "Revocations of consent with their clock: the oldest on the first page, the overdue first on each",
      role: "viewer",
      personal: "revealed",
      query: z.strictObject({ limit, cursor, open: flag, reveal: flag }),
      reply: pageOf(revocationView),
      async handle({ query, who }) {
        const shown = mayReveal(query.reveal, who);
        const after = numberCursor(query.cursor);
        const page = await compliance().revocations({ open: query.open, limit: query.limit, after }, { reveal: shown });
        return { ...page, next: page.next === null ? null : String(page.next) };
      },
    }),
    route({
      id: "compliance.revocationsOf",
      method: "post",
      path: "/compliance/revocations/of-number",
      question: true,
      personal: true,
      summary: "The revocations of one number with their clock, the overdue first",
      role: "operator",
      body: z.strictObject({
        number: phoneText,
        open: z.boolean().default(false),
        limit: z.int().min(1).max(1000).default(1000),
      }),
      reply: z.strictObject({ items: z.array(revocationView).readonly() }),
      async handle({ body: { number, ...asked } }) {
        const { items } = await compliance().revocations({ ...asked, number: numberOf(number) }, { reveal: true });
        return { items };
      },
    }),
    route({
      id: "compliance.acknowledge",
      method: "post",
      path: "/compliance/revocations/{id}/acknowledge",
      summary: "A system has carried a revocation out",
      role: "operator",
      params: z.strictObject({ id: z.coerce.number().int().min(1) }),
      body: z.strictObject({
        system: z.string(),
        at: z.string().optional(),
        evidence: z.string().max(2000).optional(),
      }),
      reply: acknowledgement,
      handle: ({ params, body, who }) => compliance().acknowledge({ revocation: params.id, ...body }, who.name),
    }),
  ];
}

const signed = z.looseObject({ id: z.string(), signature: z.string() });

// Uploaded rule packs: checked, compared with the one in force, converted from and to flat rule sets; and recorded decisions
// replayed.

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
        reveal: z.boolean().optional(),
      }),
      personal: "revealed",
      reply: packComparison,
      async handle({ body: { before, after, since, callType, reveal = false }, who }) {
        return comparisonOf(await compliance().comparePacks(before, after, { since, callType }), {
          reveal: mayReveal(reveal, who),
        });
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
      description:
        "The body is NDJSON as `compliance check --record` and `gate --record` write it; a first line `{pack}` has a rule pack instead of one by name. Answers hold no numbers.",
      role: "viewer",
      query: z.strictObject({
        pack: z.enum(NAMES).default("in-force"),
        since: instant.optional().describe("Only later decisions"),
      }),
      upload: FILE_TYPES,
      line: replayLine,
      contentType: "application/x-ndjson",
      async handle({ query, upload }) {
        const bytes = sourceOf(upload, "upload").bytes();
        const { pack: name, since } = query;
        const texts = await linesFrom(async (write) => write(await compliance().replay(bytes, name, { write, since })));
        return { texts };
      },
    }),
  ];
}
