// Calling rules: decisions with reasons, gates with manifests, the abandonment ledger, revocations.

import { z } from "zod";
import {
  CALL_TYPES,
  type CompiledPack,
  decide,
  formatInstant,
  parseQuestion,
  type RulePack,
  type SpreadTarget,
} from "../../compliance/index.ts";
import { type Clock, nearest, OutdialError } from "../../kernel/index.ts";
import {
  deadlineRule,
  endOfDay,
  factsOfNumber,
  type Gate,
  type GateContact,
  type ImportDeps,
  OperationError,
  phone,
  readCampaignAbandonment,
  readContacts,
  instant as readInstant,
  readRevocations,
  verifyManifest,
} from "../../operations/index.ts";
import {
  abandonmentOf,
  abandonmentView,
  checkAnswer,
  complianceExplain,
  explainOf,
  manifestOf,
  manifestView,
  masked,
  pageOf,
  revocationOf,
  revocationView,
  timeText,
} from "../../operations/views/index.ts";
import type { Facts } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, instant, limit, list, numberCursor, pageOfItems } from "../routing/query.ts";
import { type ApiRoute, route, streamRoute } from "../routing/route.ts";
import { FILE_TYPES, mappingOf, sourceOf } from "./jobs.ts";

/** What the routes about rules and people's numbers act on. */
export interface CompliancePort {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly settings: {
    readonly targets: readonly SpreadTarget[];
    readonly countEarlyHangups: boolean;
    /** IANA zone in which the operator's day ends. */
    readonly timeZone: string;
  };
  /** The rule pack of the configuration. */
  rules(): Promise<{ readonly pack: RulePack; readonly compiled: CompiledPack }>;
  /** What acts in a person's name. */
  as(actor: string): { readonly imports: ImportDeps; readonly gate: Gate };
  /** The audit's verifier key. */
  readonly vkey: string;
}

export function complianceRoutes(port: () => CompliancePort): ApiRoute[] {
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
        number: z.string().max(40),
        callType: z.enum(CALL_TYPES),
        at: instant.optional(),
        postal: z.string().max(20).optional(),
        subject: z.string().max(200).optional(),
        facts: z
          .record(z.string(), z.unknown())
          .optional()
          .describe("Facts instead of those of the store, as compliance check reads them"),
        reveal: z.boolean().optional(),
      }),
      reply: complianceExplain,
      async handle({ body, who }) {
        const { facts: given, reveal = false, number, at, ...rest } = body;
        const shown = mayReveal(reveal, who);
        const { compiled } = await port().rules();
        const now = at === undefined ? formatInstant(port().clock.now()) : timeText(at);
        const asked = parseQuestion({ ...given, ...rest, number: e164(number), at: now });
        const key = phone(asked.call.number);
        const known = given === undefined && "ok" in key;
        const facts = known
          ? await factsOfNumber(port().facts, key.ok, { pack: compiled, at: asked.at, postal: body.postal })
          : asked.facts;
        const from = known ? "store" : given === undefined ? "none" : "given";
        return explainOf({ ...asked, facts }, compiled, { reveal: shown, from });
      },
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
      reply: z.strictObject({ answers: z.array(checkAnswer) }),
      async handle({ body }) {
        const { compiled } = await port().rules();
        return { answers: body.questions.map((question) => answerTo(question, compiled, body.at)) };
      },
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
      async handle() {
        const { pack, compiled } = await port().rules();
        const { packVersion, timeZoneData, geographyVersion } = compiled;
        return { version: packVersion, timeZoneData, geography: geographyVersion, pack: { ...pack } };
      },
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
        reveal: flag,
      }),
      upload: FILE_TYPES,
      contentType: "application/x-ndjson",
      async handle({ query, upload, who }) {
        const shown = mayReveal(query.reveal, who);
        const { format, delimiter, column } = query;
        const mapping = column.length === 0 ? undefined : mappingOf(column);
        const source = { ...sourceOf(upload, query.name), read: { format, delimiter, mapping } };
        const { compiled } = await port().rules();
        const { campaign, callType, subject, at, reasons } = query;
        const contacts: AsyncIterable<GateContact> | ReturnType<typeof readContacts> = readContacts(source);
        const texts = await linesFrom(async (write) => {
          const { manifest } = await port()
            .as(who.name)
            .gate(
              { campaign, callType, subject, at, pack: compiled, contacts, reasons },
              {
                ...(query.verdicts
                  ? {
                      verdict: (verdict) => write({ ...verdict, number: shown ? verdict.number : masked(verdict.number) }),
                    }
                  : {}),
                refused: ({ line, reason }) => write({ line, refused: reason }),
              },
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
      async handle({ query }) {
        const { campaign, cursor: after } = query;
        const found = await port().facts.listManifests({ campaign, after, limit: query.limit + 1 });
        return pageOfItems(
          found,
          query.limit,
          ({ id }) => id,
          ({ manifest }) => manifestOf(manifest),
        );
      },
    }),
    route({
      id: "compliance.manifest",
      method: "get",
      path: "/compliance/manifests/{id}",
      summary: "One manifest as it was signed; outdial compliance verify-manifest checks it offline",
      role: "viewer",
      params: z.strictObject({ id: z.string() }),
      reply: z.looseObject({ id: z.string(), signature: z.string() }),
      async handle({ params }) {
        const found = await port().facts.findManifest(params.id);
        if (found === undefined) throw new ServerError("no_such_route", `there is no manifest ${params.id}`);
        return signed.parse(JSON.parse(found.manifest));
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
      async handle({ body }) {
        const verdict = verifyManifest(JSON.stringify(body.manifest), port().vkey);
        return { ok: verdict.ok, reason: verdict.ok ? null : verdict.reason };
      },
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
      reply: z.strictObject({ items: z.array(abandonmentView) }),
      async handle({ query }) {
        const { facts, clock, settings } = port();
        const now = query.at ?? clock.now();
        const { pack } = await port().rules();
        const readings = await readCampaignAbandonment(facts, query.campaign, pack, {
          now,
          dayEnds: endOfDay(now, settings.timeZone),
          countEarlyHangups: settings.countEarlyHangups,
          country: query.country?.toUpperCase(),
        });
        return { items: readings.map((one) => abandonmentOf(query.campaign, one)) };
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
        const { facts, clock, settings } = port();
        const read = await readRevocations(facts, {
          targets: settings.targets,
          rule: deadlineRule((await port().rules()).pack),
          now: clock.now(),
          open: query.open,
          limit: query.limit + 1,
          after: numberCursor(query.cursor),
        });
        // Pages go by age; what is overdue comes first on its page.
        const ages = read.map(({ revocation }) => revocation).sort((a, b) => a.revokedAt - b.revokedAt || a.id - b.id);
        const { items: aged, next } = pageOfItems(
          ages,
          query.limit,
          ({ id }) => String(id),
          ({ id }) => id,
        );
        const onPage = new Set(aged);
        return { items: read.filter(({ revocation }) => onPage.has(revocation.id)).map((one) => revocationOf(one, shown)), next };
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
      reply: z.strictObject({ recorded: z.boolean() }),
      async handle({ params, body, who }) {
        const { facts, clock, settings } = port();
        const systems = settings.targets.map(({ system }) => system);
        if (!systems.includes(body.system)) {
          const near = nearest(body.system, systems);
          const hint = near === undefined ? "" : `; did you mean ${near}?`;
          throw new OperationError(
            "invalid_input",
            `${body.system} is none of the systems that carry revocations out: ${systems.join(", ")}${hint}`,
          );
        }
        const now = clock.now();
        const at = body.at === undefined ? now : momentOf(body.at, now);
        const ack = { revocationId: params.id, system: body.system, at, evidence: body.evidence ?? "" };
        return { recorded: await facts.acknowledge(ack, who.name) };
      },
    }),
  ];
}

const signed = z.looseObject({ id: z.string(), signature: z.string() });

/** People write numbers with blanks and brackets; the digits are what counts. */
export function e164(text: string): string {
  const plain = text.replaceAll(/[\s().-]/g, "");
  return plain.startsWith("00") ? `+${plain.slice(2)}` : plain;
}

/** An instant not after `latest`. Throws OperationError `invalid_input`. */
export function momentOf(text: string, latest: number): number {
  const read = readInstant(text, latest);
  if ("ok" in read) return read.ok;
  throw new OperationError("invalid_input", `at: ${read.problem}`);
}

function answerTo(value: object, pack: CompiledPack, at: number | undefined) {
  try {
    const { id, call, facts, at: asked } = parseQuestion(value, at);
    const { decision, rules, reasons, next, zones, packVersion, timeZoneData } = decide(call, facts, pack, asked);
    return {
      ...(id === undefined ? {} : { id }),
      decision,
      rules,
      reasons: reasons.map(({ text }) => text),
      next: next === null ? null : formatInstant(next),
      zones,
      packVersion,
      timeZoneData,
    };
  } catch (thrown) {
    if (thrown instanceof OutdialError && thrown.code === "invalid_facts")
      return { error: { code: "invalid_input", message: thrown.message } };
    throw thrown;
  }
}
