// A route of the API as data, from which the server, the OpenAPI document and the security tests are derived.

import { z } from "zod";
import { problemsOf } from "../../kernel/index.ts";
import { type AwaitingApproval, confirmOf, type Previewed, type Role } from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";
import { PROBLEMS } from "../http/problem.ts";
import { end } from "./query.ts";
import type { ApiRoute, Asked, Mend, Method, RawRequest, TypedRoute, TypesOf } from "./route-types.ts";

/** Prefix of the API's paths. */
export const API = "/api/v1";

/** The path before ids stood behind a segment of their own (`/campaigns/{id}`), where an id could be a word of another path. Still served, not documented. */
export const formerPath = ({ path }: Pick<ApiRoute, "path">): string => path.replace(/\/(?:id|kind)\/\{/, "/{");

interface Spec<Id extends string, P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly id: Id;
  readonly method: Method;
  /** Under /api/v1. */
  readonly path: string;
  /** The path is the full one: for documented views outside of /api/v1. */
  readonly outside?: true;
  readonly summary: string;
  readonly description?: string;
  readonly role: Role | "public";
  readonly personal?: boolean | "revealed";
  readonly question?: boolean;
  readonly asItIs?: boolean;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly mend?: Mend;
  readonly storeless?: boolean;
  readonly upload?: readonly string[];
}

interface JsonSpec<Id extends string, P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, R extends z.ZodType>
  extends Spec<Id, P, Q, B> {
  readonly reply: R;
  readonly status?: 200 | 201 | 202;
  handle(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>): Promise<z.input<R>>;
}

/** A route that answers JSON. */
export function route<
  const Id extends string,
  R extends z.ZodType,
  P extends z.ZodObject = never,
  Q extends z.ZodObject = never,
  B extends z.ZodType = never,
>(spec: JsonSpec<Id, P, Q, B, R>): TypedRoute<Id, TypesOf<P, Q, B, z.output<R>>> {
  const status = spec.status ?? 200;
  return {
    ...shared(spec),
    reply: spec.reply,
    status,
    answer: async (raw) => ({ kind: "json", status, value: await spec.handle(parse(spec, raw)) }),
  };
}

/** Whether an answer of lines gets a last one that counts them: its reader then sees that it was not cut off. */
const ended = z.looseObject({ end });

/** A route that answers with a stream of text: NDJSON, CSV, a download. */
export function streamRoute<
  const Id extends string,
  P extends z.ZodObject = never,
  Q extends z.ZodObject = never,
  B extends z.ZodType = never,
  Line extends z.ZodType = never,
>(
  spec: Spec<Id, P, Q, B> & {
    /** Schema of a line of NDJSON. */
    readonly line?: Line;
    readonly contentType: string;
    /** Other media types that it answers on request. */
    readonly alsoTypes?: readonly string[];
    handle(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>): Promise<{
      readonly fileName?: string;
      /** When it differs from the route's. */
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly texts: AsyncIterable<string | Uint8Array>;
    }>;
  },
): TypedRoute<Id, TypesOf<P, Q, B, z.output<Line>>> {
  const { line } = spec;
  const query = line === undefined ? spec.query : (spec.query ?? z.strictObject({})).extend({ end });
  return {
    ...shared(spec),
    query,
    line,
    replyTypes: [spec.contentType, ...(spec.alsoTypes ?? [])],
    async answer(raw) {
      const { end: counts = "false", ...rest } = raw.query;
      const wants = line !== undefined && checked(ended, { end: counts }, "query").end;
      const asked = parse(spec, line === undefined ? raw : { ...raw, query: rest });
      const { fileName, headers, texts, contentType = spec.contentType } = await spec.handle(asked);
      const isEndAsked = line !== undefined && contentType === spec.contentType ? wants : undefined;
      return { kind: "stream", contentType, fileName, headers, texts, isEndAsked };
    },
  };
}

/** A route that makes its own response. */
export function rawRoute<
  const Id extends string,
  R extends z.ZodType,
  P extends z.ZodObject = never,
  Q extends z.ZodObject = never,
  B extends z.ZodType = never,
>(
  spec: Spec<Id, P, Q, B> & {
    readonly replyType: string;
    /** Schema and status (when it is not 200) of the response: for the document. */
    readonly reply: R;
    readonly status?: 200 | 201;
    handle(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>): Promise<Response>;
  },
): TypedRoute<Id, TypesOf<P, Q, B, z.output<R>>> {
  return {
    ...shared(spec),
    reply: spec.reply,
    status: spec.status ?? 200,
    replyTypes: [spec.replyType],
    answer: async (raw) => ({ kind: "response", response: await spec.handle(parse(spec, raw)) }),
  };
}

/**
 * A dangerous route: its body contains the `confirm` of a preview. The plan is made again; the route acts only when it is the one
 * that was shown.
 */
export function dangerousRoute<
  const Id extends string,
  B extends z.ZodType<{ readonly confirm: string }>,
  R extends z.ZodType,
  Plan,
  P extends z.ZodObject = never,
  Q extends z.ZodObject = never,
>(
  spec: Omit<JsonSpec<Id, P, Q, B, R>, "handle"> & {
    readonly body: B;
    plan(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>): Promise<Previewed<Plan>>;
    act(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>, plan: Plan): Promise<z.input<R>>;
    /** Told of a plan that must not be carried out. */
    refused?(asked: Asked<z.output<P>, z.output<Q>, z.output<B>>, plan: Plan): Promise<void>;
  },
): TypedRoute<Id, TypesOf<P, Q, B, z.output<R> | AwaitingApproval>> {
  const status = spec.status ?? 200;
  return {
    ...shared(spec),
    dangerous: true,
    reply: spec.reply,
    status,
    async replan(raw) {
      const planned = await spec.plan(parse(spec, raw));
      return { confirm: confirmOf(planned), refusals: planned.refusals, plan: planned.shown };
    },
    async answer(raw, mayAct) {
      const asked = parse(spec, raw);
      const planned = await spec.plan(asked);
      const confirm = confirmOf(planned);
      if (checked<z.ZodType<{ readonly confirm: string }>>(spec.body, raw.body, "body").confirm !== confirm)
        throw new ServerError("plan_changed", "the plan has changed since it was confirmed: look at the preview again", {
          details: { confirm },
        });
      if (planned.refusals.length > 0) await spec.refused?.(asked, planned.plan);
      if (planned.refusals.length > 0)
        throw new ServerError("plan_refused", planned.refusals.join("; "), { details: { refusals: planned.refusals } });
      const instead = await mayAct({ summary: planned.summary, confirm, plan: planned.shown });
      return instead ?? { kind: "json", status, value: await spec.act(asked, planned.plan) };
    },
  };
}

function shared<Id extends string, P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  spec: Spec<Id, P, Q, B>,
): Omit<ApiRoute, "answer"> & { readonly id: Id } {
  return {
    id: spec.id,
    method: spec.method,
    path: spec.outside === true ? spec.path : `${API}${spec.path}`,
    summary: spec.summary,
    description: spec.description,
    role: spec.role,
    personal: spec.personal ?? false,
    question: spec.question ?? false,
    asItIs: spec.asItIs ?? false,
    dangerous: false,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    mend: spec.mend,
    storeless: spec.storeless ?? false,
    upload: spec.upload,
    replan: undefined,
    reply: undefined,
    line: undefined,
    replyTypes: ["application/json"],
    status: 200,
  };
}

function parse<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  spec: Spec<string, P, Q, B>,
  raw: RawRequest,
): Asked<z.output<P>, z.output<Q>, z.output<B>> {
  return {
    ...raw,
    params: checked(spec.params, raw.params, "path"),
    query: checked(spec.query, raw.query, "query"),
    body: checked(spec.body, raw.body, "body"),
  };
}

/** The value parsed by its schema; without a schema there is no value. */
function checked<S extends z.ZodType>(schema: S | undefined, value: unknown, where: string): z.output<S> {
  if (schema === undefined) return undefined as z.output<S>;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(schema, value, parsed.error).map(({ path, message }) => ({
    path: path === "" ? where : `${where}.${path}`,
    message,
  }));
  const text = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new ServerError("invalid_request", text, { details: { [PROBLEMS]: problems } });
}
