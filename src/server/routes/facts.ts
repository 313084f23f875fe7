// Facts about people's numbers: imports, the company's do-not-call list, revocations. Lifting is dangerous: it makes calls
// possible.

import { z } from "zod";
import {
  columnMapping,
  type FactKind,
  type FactSource,
  type FactsUseCases,
  type ImportSink,
  liftPreviewOf,
} from "../../operations/index.ts";
import {
  companyListView,
  confirmation,
  importLine,
  importState,
  importView,
  liftPreview,
  liftView,
  maskedText,
  pageOf,
  pendingOptOut,
  previewed,
  registryView,
  revocationAdded,
  suppressionView,
} from "../../operations/views/index.ts";
import type { Principal } from "../../store/index.ts";
import { mayReveal } from "../access/reveal.ts";
import { ServerError } from "../error.ts";
import { linesFrom } from "../routing/ndjson.ts";
import { cursor, flag, limit, list, NO_NUL, pageOfItems, phoneText, tellCursor, toldCursor, words } from "../routing/query.ts";
import { dangerousRoute, route, streamRoute } from "../routing/route.ts";
import type { Asked } from "../routing/route-types.ts";
import { FILE_TYPES, sourceOf } from "./jobs.ts";

const number = phoneText;
/** The latest time that a Date can hold, ms since the epoch. */
const MAX_TIME = 8_640_000_000_000_000;
/** The end of a page of pending opt-outs. */
const place = z.strictObject({
  at: z.int().min(0).max(MAX_TIME),
  callId: z.string().regex(NO_NUL),
  code: z.string().regex(NO_NUL),
});

const reveal = z.boolean().optional();
/** Answers to verbs contain masked numbers, unless somebody who may see them asks. */
const shownTo = (asked: boolean | undefined, who: Principal) => ({ reveal: mayReveal(asked === true, who) });

const lifting = {
  number,
  reason: words.min(3),
  mistake: z.boolean().optional().describe("It never was an opt-out: consent that was revoked with it counts again"),
};
const lifted = z.strictObject(lifting);

const ofKind = z.strictObject({
  kind: z.enum(["consent", "attempts", "relationships", "disconnections", "lines", "dnc", "registry"]),
});
const fileQuery = {
  name: z.string().max(200).default("upload"),
  format: z.enum(["csv", "ndjson"]).optional(),
  delimiter: z.string().length(1).optional(),
  column: list,
  registry: z.string().optional(),
  asOf: z.string().optional(),
  covers: z.string().max(10_000).optional(),
  changesSince: z.string().optional(),
  accept: flag,
};
type FileAsked = Pick<
  Asked<{ kind: FactKind | "registry" }, z.output<z.ZodObject<typeof fileQuery>>, undefined>,
  "params" | "query" | "upload" | "who"
>;

/** Imports a file, whatever it is of. */
function imported(facts: FactsUseCases, { params: { kind }, query, upload, who }: FileAsked, sink: ImportSink = {}) {
  const { format, delimiter, column, registry, asOf, covers, changesSince, accept } = query;
  const mapping = column.length === 0 ? undefined : columnMapping(column);
  const source: FactSource = { ...sourceOf(upload, query.name), read: { format, delimiter, mapping } };
  if (kind !== "registry") return facts.import(kind, source, sink, who.name, { accept });
  if (registry === undefined || asOf === undefined)
    throw new ServerError(
      "invalid_request",
      "a registry file needs query.registry and query.asOf, from which its age is counted",
    );
  return facts.importRegistry({ registry, asOf, covers, changesSince, accept }, source, sink, who.name);
}

export function factsRoutes(facts: () => FactsUseCases) {
  const planLift = (body: z.output<typeof lifted>) => facts().planLift(body);
  return [
    route({
      id: "facts.imports",
      method: "get",
      path: "/facts/imports",
      summary: "Imports of facts as they stand, the newest first: done, under way, broken off with what of them is in force",
      role: "viewer",
      query: z.strictObject({
        limit,
        cursor,
        brokenOff: flag.describe("Only those that broke off and of which no other import has brought the rest"),
      }),
      reply: pageOf(importState),
      handle: ({ query: { limit: size, cursor: after, brokenOff } }) =>
        pageOfItems(size, (limit) => facts().imports({ brokenOff, limit, after }), "id"),
    }),
    route({
      id: "facts.import",
      method: "post",
      path: "/facts/kind/{kind}",
      summary: "Imports a file of facts; twice the same adds nothing",
      description:
        "The body is the file, CSV or NDJSON. A registry file needs `registry` and `asOf`, and is put in force whole or not at all, for the area codes that it covers: `covers` is `all`, or area codes and states such as `212,NY`; by default the area codes of its numbers. With `changesSince` the file is a list of changes to the version of that date.",
      role: "operator",
      params: ofKind,
      query: z.strictObject(fileQuery),
      upload: FILE_TYPES,
      reply: importView,
      async handle(asked) {
        const done = await imported(facts(), asked);
        if (done.registry?.result !== "kept") return done;
        throw new ServerError(
          "plan_refused",
          `the file was not put in force: ${done.registry.reason ?? ""}; what was in force before it stays`,
          { advice: "Where only lines were refused, or the file is only smaller, accept=true overrides this." },
        );
      },
    }),
    streamRoute({
      id: "facts.importLines",
      method: "post",
      path: "/facts/kind/{kind}/lines",
      summary:
        "Imports a file of facts like facts.import, and says of every line that is refused or doubtful why, as NDJSON; the result in the last line",
      description:
        "Lines are `{read}` as it goes on, `{refused}` and `{doubted}`, the last one is `{imported}`. A registry file that is not put in force has `registry.result` `kept`. Whoever goes away ends the import: what was read until then is in force.",
      role: "operator",
      params: ofKind,
      query: z.strictObject(fileQuery),
      upload: FILE_TYPES,
      line: importLine,
      contentType: "application/x-ndjson",
      async handle(asked) {
        const texts = await linesFrom(async (write) => {
          const sink: ImportSink = {
            progress: (read) => write({ read }, true),
            refused: (refused) => write({ refused }, true),
            doubted: (doubted) => write({ doubted }, true),
          };
          await write({ imported: await imported(facts(), asked, sink) });
        });
        return { texts };
      },
    }),
    route({
      id: "facts.registries",
      method: "get",
      path: "/facts/registries",
      summary: "The do-not-call registries that are loaded: which area codes, as of which date",
      role: "viewer",
      reply: z.strictObject({ items: z.array(registryView).readonly() }),
      handle: async () => ({ items: await facts().registries() }),
    }),
    route({
      id: "suppressions.lookup",
      method: "post",
      path: "/compliance/suppression",
      question: true,
      personal: true,
      summary: "Whether a number is on a do-not-call list, and its whole story",
      role: "viewer",
      body: z.strictObject({ number, reveal }),
      reply: suppressionView,
      handle: ({ body, who }) => facts().suppression(body.number, { reveal: mayReveal(body.reveal === true, who) }),
    }),
    route({
      id: "suppressions.add",
      method: "post",
      path: "/suppressions",
      summary: "Puts a number on the company's do-not-call list",
      role: "operator",
      body: z.strictObject({
        number,
        reason: words,
        reference: z.string().max(500).optional(),
        at: z.string().optional().describe("When the person said so; now by default"),
        reveal,
      }),
      reply: revocationAdded,
      status: 201,
      handle: ({ body, who }) => facts().suppress(body, who.name, shownTo(body.reveal, who)),
    }),
    route({
      id: "suppressions.list",
      method: "get",
      path: "/suppressions/list",
      summary: "How the company's do-not-call list came here: gates let nobody be dialed before it was loaded or declared empty",
      role: "viewer",
      reply: z.strictObject({ companyList: companyListView.nullable() }),
      handle: async () => ({ companyList: await facts().companyList() }),
    }),
    route({
      id: "suppressions.declareEmpty",
      method: "post",
      path: "/suppressions/declare-empty",
      summary: "A person declares that the company has no do-not-call list besides what is here",
      role: "operator",
      body: z.strictObject({
        name: z.string().min(1).max(200).describe("Who declares it"),
        reason: words.min(3).describe("Why there is none"),
      }),
      reply: companyListView,
      status: 201,
      handle: ({ body, who }) => facts().declareNoCompanyList(body, who.name),
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
        reveal,
      }),
      reply: revocationAdded,
      status: 201,
      handle: ({ body, who }) => facts().revokeConsent(body, who.name, shownTo(body.reveal, who)),
    }),
    route({
      id: "suppressions.previewLift",
      method: "post",
      path: "/suppressions/lift/preview",
      question: true,
      personal: true,
      summary: "What lifting would take back",
      role: "operator",
      body: z.strictObject({ ...lifting, reveal }),
      reply: liftPreview,
      async handle({ body, who }) {
        const { reveal: asked = false, ...given } = body;
        const shown = mayReveal(asked, who);
        const made = await planLift(given);
        const preview = liftPreviewOf(made);
        return shown ? { ...preview, suppression: await facts().suppression(made.plan.number, { reveal: shown }) } : preview;
      },
    }),
    dangerousRoute({
      id: "suppressions.lift",
      method: "post",
      path: "/suppressions/lift",
      summary: "Takes a number off the company's do-not-call list",
      role: "operator",
      body: z.strictObject({ ...lifting, reveal, ...confirmation.shape }),
      reply: liftView,
      plan: ({ body: { number: of, reason, mistake } }) =>
        previewed(planLift({ number: of, reason, mistake }), (made) => ({
          kind: "lift",
          preview: liftPreviewOf(made),
          reason: maskedText(made.plan.reason),
          mistake: made.plan.mistake,
        })),
      act: ({ body, who }, plan) => facts().lift(plan, who.name, shownTo(body.reveal, who)),
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
        const { items, all } = await facts().pending(size + 1, toldCursor(place, last));
        const cursorOf = ({ at, callId, code }: (typeof items)[number]) => tellCursor({ at: Date.parse(at), callId, code });
        return { all, ...(await pageOfItems(size, () => Promise.resolve(items), cursorOf)) };
      },
    }),
  ];
}
