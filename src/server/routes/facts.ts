// What is known of people's numbers: imports, the company's do-not-call list, revocations. Lifting is dangerous: it makes calls possible.

import { z } from "zod";
import {
  attemptsFile,
  civilDate,
  consentFile,
  disconnectionsFile,
  type FactSource,
  type ImportReport,
  type ImportSink,
  importFacts,
  internalListFile,
  loadRegistry,
  OperationError,
  phone,
  phoneText,
  registryName,
  relationshipsFile,
} from "../../operations/index.ts";
import {
  type ApprovalPlan,
  confirmation,
  confirmOf,
  importView,
  liftPreview,
  masked,
  type Planned,
  type Previewed,
  pageOf,
  suppressionView,
  timeText,
} from "../../operations/views/index.ts";
import type { Principal } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { cursor, flag, limit, list, NO_NUL, pageOfItems, tellCursor, toldCursor } from "../routing/query.ts";
import { type ApiRoute, dangerousRoute, route } from "../routing/route.ts";
import { type CompliancePort, e164, momentOf } from "./compliance.ts";
import { FILE_TYPES, mappingOf, sourceOf } from "./jobs.ts";

/** Refused lines that an answer shows. */
const EXAMPLES = 20;
/** Attempts are no part of what is shown of a suppression. */
const NO_ATTEMPTS = Number.MAX_SAFE_INTEGER / 1000;

const number = z.string().max(40).describe("E.164, or as people write it");
const added = z.strictObject({ number: z.string(), added: z.boolean(), since: z.iso.datetime() });
/** The latest time that a Date can say, ms since the epoch. */
const MAX_TIME = 8_640_000_000_000_000;
const pendingOptOut = z.strictObject({ callId: z.string(), at: z.iso.datetime(), campaign: z.string(), code: z.string() });
/** Where a page of them ended. */
const place = z.strictObject({
  at: z.int().min(0).max(MAX_TIME),
  callId: z.string().regex(NO_NUL),
  code: z.string().regex(NO_NUL),
});

const lifting = {
  number,
  reason: z.string().min(3).max(2000),
  mistake: z.boolean().optional().describe("It never was an opt-out: consent that was revoked with it counts again"),
};

export function factsRoutes(port: () => CompliancePort): ApiRoute[] {
  return [
    route({
      id: "facts.import",
      method: "post",
      path: "/facts/{kind}",
      summary: "Imports a file of facts; twice the same adds nothing",
      description:
        "The body is the file, CSV or NDJSON. A registry file needs `registry` and `asOf`, and is put in force whole or not at all.",
      role: "operator",
      params: z.strictObject({ kind: z.enum(["consent", "attempts", "relationships", "disconnections", "dnc", "registry"]) }),
      query: z.strictObject({
        name: z.string().max(200).default("upload"),
        format: z.enum(["csv", "ndjson"]).optional(),
        delimiter: z.string().length(1).optional(),
        column: list,
        registry: z.string().optional(),
        asOf: z.string().optional(),
        accept: flag,
      }),
      upload: FILE_TYPES,
      reply: importView,
      async handle({ params, query, upload, who }) {
        const { format, delimiter, column } = query;
        const mapping = column.length === 0 ? undefined : mappingOf(column);
        const source: FactSource = { ...sourceOf(upload, query.name), read: { format, delimiter, mapping } };
        const examples: { line: number; reason: string }[] = [];
        const sink: ImportSink = {
          refused: ({ line, reason }) => {
            if (examples.length < EXAMPLES) examples.push({ line, reason });
          },
        };
        const { imports } = port().as(who.name);
        if (params.kind === "registry") return registry(source, query, imports, sink, examples);
        const { kind, read, added: count, known, refused } = await importers[params.kind](source, imports, sink);
        return { kind, read, added: count, known, refused, examples };
      },
    }),
    route({
      id: "suppressions.lookup",
      method: "post",
      path: "/compliance/suppression",
      question: true,
      personal: true,
      summary: "Whether a number is on a do-not-call list, and its whole story",
      role: "viewer",
      body: z.strictObject({ number, reveal: z.boolean().optional() }),
      reply: suppressionView,
      handle: async ({ body, who }) => suppressionOf(port(), keyOf(body.number), mayReveal(body.reveal === true, who)),
    }),
    route({
      id: "suppressions.add",
      method: "post",
      path: "/suppressions",
      summary: "Puts a number on the company's do-not-call list",
      role: "operator",
      body: z.strictObject({
        number,
        reason: z.string().min(1).max(2000),
        reference: z.string().max(500).optional(),
        at: z.string().optional().describe("When the person said so; now by default"),
      }),
      reply: added,
      status: 201,
      async handle({ body, who }) {
        const revocation = { channel: "do-not-call request", code: body.reason };
        return revoke(port(), body, revocation, who, "manual");
      },
    }),
    route({
      id: "consents.revoke",
      method: "post",
      path: "/consents/revoke",
      summary: "Somebody took consent back: suppressed, and the clock for each system begins",
      role: "operator",
      body: z.strictObject({
        number,
        channel: z.string().min(1).max(200),
        reference: z.string().max(500).optional(),
        at: z.string().optional(),
      }),
      reply: added,
      status: 201,
      handle: ({ body, who }) => revoke(port(), body, { channel: body.channel }, who),
    }),
    route({
      id: "suppressions.previewLift",
      method: "post",
      path: "/suppressions/lift/preview",
      question: true,
      personal: true,
      summary: "What lifting would take back",
      role: "operator",
      body: z.strictObject({ ...lifting, reveal: z.boolean().optional() }),
      reply: liftPreview,
      async handle({ body, who }) {
        const { reveal = false, ...given } = body;
        const shown = mayReveal(reveal, who);
        const planned = await plannedLift(port(), given);
        const { preview } = planned.shown;
        return shown ? { ...preview, suppression: await suppressionOf(port(), planned.plan, shown) } : preview;
      },
    }),
    dangerousRoute({
      id: "suppressions.lift",
      method: "post",
      path: "/suppressions/lift",
      summary: "Takes a number off the company's do-not-call list",
      role: "operator",
      body: z.strictObject({ ...lifting, ...confirmation.shape }),
      reply: z.strictObject({ number: z.string(), lifted: z.int() }),
      plan: ({ body: { number: of, reason, mistake } }) => plannedLift(port(), { number: of, reason, mistake }),
      async act({ body, who }, key) {
        const { reason, mistake } = body;
        const lifted = await port().facts.lift({ number: key, reason, actor: who.name, mistake });
        return { number: masked(phoneText(key)), lifted };
      },
    }),
    route({
      id: "suppressions.pending",
      method: "get",
      path: "/suppressions/pending",
      summary: "Opt-outs of calls whose number is not known yet",
      role: "viewer",
      query: z.strictObject({ limit, cursor }),
      reply: pageOf(pendingOptOut).extend({ all: z.int() }),
      async handle({ query: { limit: size, cursor: last } }) {
        const { facts } = port();
        const after = toldCursor(place, last);
        const [waiting, all] = await Promise.all([facts.unresolvedOptOuts(size + 1, after), facts.countUnresolvedOptOuts()]);
        const page = pageOfItems(
          waiting,
          size,
          ({ at, callId, code }) => tellCursor({ at, callId, code }),
          ({ callId, at, campaign, code }) => ({ callId, at: timeText(at), campaign, code }),
        );
        return { all, ...page };
      },
    }),
  ];
}

type LiftPlan = Extract<ApprovalPlan, { kind: "lift" }>;
type Imports = ReturnType<CompliancePort["as"]>["imports"];

const importers: Readonly<
  Record<
    "consent" | "attempts" | "relationships" | "disconnections" | "dnc",
    (source: FactSource, imports: Imports, sink: ImportSink) => Promise<ImportReport>
  >
> = {
  consent: (source, imports, sink) => importFacts(consentFile, source, imports, sink),
  attempts: (source, imports, sink) => importFacts(attemptsFile, source, imports, sink),
  relationships: (source, imports, sink) => importFacts(relationshipsFile, source, imports, sink),
  disconnections: (source, imports, sink) => importFacts(disconnectionsFile, source, imports, sink),
  dnc: (source, imports, sink) => importFacts(internalListFile, source, imports, sink),
};

async function registry(
  source: FactSource,
  query: { readonly registry?: string | undefined; readonly asOf?: string | undefined; readonly accept: boolean },
  imports: Imports,
  sink: ImportSink,
  examples: { line: number; reason: string }[],
): Promise<z.input<typeof importView>> {
  if (query.registry === undefined || query.asOf === undefined)
    throw new ServerError(
      "invalid_request",
      "a registry file needs query.registry and query.asOf: its age is counted from there",
    );
  const asOf = civilDate(query.asOf, imports.clock.now());
  if (!("ok" in asOf)) throw new OperationError("invalid_input", `asOf: ${asOf.problem}`);
  const options = { registry: registryName(query.registry), asOf: asOf.ok, accept: query.accept };
  const report = await loadRegistry(source, options, imports, sink);
  if (report.result === "kept")
    throw new ServerError("plan_refused", `the file was not put in force: ${report.reason ?? ""}; the one before stays`, {
      advice: "accept=true overrides this.",
    });
  const { read, numbers, refused, result } = report;
  const isNew = result === "switched";
  return { kind: "registry", read, added: isNew ? numbers : 0, known: isNew ? 0 : numbers, refused, examples };
}

/** Throws OperationError `invalid_input`. */
function keyOf(text: string): number {
  const key = phone(e164(text));
  if ("ok" in key) return key.ok;
  throw new OperationError("invalid_input", `number: ${key.problem}`);
}

async function revoke(
  { facts, clock }: CompliancePort,
  given: { readonly number: string; readonly reference?: string | undefined; readonly at?: string | undefined },
  revocation: { readonly channel: string; readonly code?: string },
  who: Principal,
  origin?: "manual",
): Promise<z.input<typeof added>> {
  const now = clock.now();
  const revokedAt = given.at === undefined ? now : momentOf(given.at, now);
  const key = keyOf(given.number);
  const row = { number: key, revokedAt, reference: given.reference ?? "", ...revocation };
  const count = await facts.addRevocations([row], { actor: who.name }, origin);
  return { number: masked(phoneText(key)), added: count === 1, since: timeText(revokedAt) };
}

/** @returns a plan that holds while nothing about the number changes */
async function plannedLift(
  port: CompliancePort,
  given: { readonly number: string; readonly reason: string; readonly mistake?: boolean | undefined },
): Promise<Previewed<number> & { readonly shown: LiftPlan }> {
  const key = keyOf(given.number);
  const history = await port.facts.suppressionHistory(key);
  const inForce = history.filter(({ lift }) => lift === null);
  const mistake = given.mistake === true;
  const made: Planned<number> = {
    operation: "suppressions.lift",
    summary: `Lift ${inForce.length} ${inForce.length === 1 ? "entry" : "entries"} of ${masked(phoneText(key))}: ${given.reason}`,
    relies: { key, reason: given.reason, mistake, history },
    refusals: inForce.length === 0 ? ["the number is not on the company's do-not-call list"] : [],
    plan: key,
  };
  const preview = {
    confirm: confirmOf(made),
    suppression: await suppressionOf(port, key, false),
    refusals: [...made.refusals],
  };
  return { ...made, shown: { kind: "lift", preview, reason: given.reason, mistake } };
}

async function suppressionOf({ facts }: CompliancePort, key: number, reveal: boolean): Promise<z.input<typeof suppressionView>> {
  const files = await facts.registryFiles();
  const known = (await facts.of([key], { attemptsSince: NO_ATTEMPTS, files })).get(key);
  const history = await facts.suppressionHistory(key);
  const text = phoneText(key);
  return {
    number: reveal ? text : masked(text),
    suppressedSince: timeText(known?.suppressedSince ?? null),
    registries: [...(known?.registries ?? [])],
    history: history.map(({ origin, code, reference, saidAt, recordedAt, actor, lift }) => ({
      origin,
      code,
      reference,
      saidAt: timeText(saidAt),
      recordedAt: timeText(recordedAt),
      actor,
      lift: lift === null ? null : { at: timeText(lift.at), actor: lift.actor, reason: lift.reason },
    })),
  };
}
