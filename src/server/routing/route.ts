// A route of the API as data, from which the server, the OpenAPI document and the security tests are derived.

import type { z } from "zod";
import { problemsOf } from "../../kernel/index.ts";
import { type ApprovalPlan, type AwaitingApproval, confirmOf, type Previewed, type Role } from "../../operations/views/index.ts";
import type { Principal } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { PROBLEMS } from "../http/problem.ts";

/** Prefix of the API's paths. */
export const API = "/api/v1";

export type Method = "get" | "post" | "put" | "delete";

/** A file that was the body; deleted after the request. */
export interface Upload {
  /** For people. */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  readonly contentType: string;
}

/** A request before its values are checked. */
export interface RawRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
  /** Which parts of the request were ignored, and why: only a route with `mend` ignores anything. */
  readonly ignored: readonly string[];
  readonly upload: Upload | undefined;
  readonly headers: Headers;
  readonly who: Principal;
  readonly requestId: string;
  readonly address: string;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
}

/** A request whose parts were checked against the schemas. */
export interface Asked<Params, Query, Body> extends Omit<RawRequest, "params" | "query" | "body"> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** The answer of a route. */
export type Answer =
  | {
      readonly kind: "json";
      readonly status: number;
      readonly value: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "stream";
      readonly contentType: string;
      readonly fileName: string | undefined;
      readonly texts: AsyncIterable<string>;
    }
  | { readonly kind: "response"; readonly response: Response };

/** A request that waits for a second person. */
export interface Waiting {
  readonly summary: string;
  readonly confirm: string;
  /** What the person who made it was shown. */
  readonly plan: ApprovalPlan;
}

/** The present plan of a dangerous request. */
export interface Replanned {
  readonly confirm: string;
  readonly refusals: readonly string[];
  readonly plan: ApprovalPlan;
}

/**
 * Turns any body into one that the route's schema accepts, and says what it ignores. A route with this refuses no request for its
 * content, neither for its body nor for its Idempotency-Key, but only for who makes it.
 */
export type Mend = (body: unknown) => { readonly body: unknown; readonly ignored: readonly string[] };

/** A route with everything that is derived from it. */
export interface ApiRoute {
  /** For example `jobs.list`: the operation id, and with the prefix `api.` the action in the audit log. */
  readonly id: string;
  readonly method: Method;
  /** The full path, parameters in braces. */
  readonly path: string;
  readonly summary: string;
  readonly description: string | undefined;
  /** Who may use it: this role and those above; `public` for requests before a login. */
  readonly role: Role | "public";
  /**
   * Whether answers contain personal data: then each of them is in the audit log. `revealed`: only those requested with
   * reveal=true do.
   */
  readonly personal: boolean | "revealed";
  /** Whether it changes nothing although it is not a GET: a question that is too long or too private for a URL. */
  readonly question: boolean;
  readonly dangerous: boolean;
  readonly params: z.ZodObject | undefined;
  readonly query: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  readonly mend: Mend | undefined;
  /** What a person does when the store cannot be used: becomes the advice in the answer. */
  readonly withoutStore: string | undefined;
  /** Media types, when the body is a file. */
  readonly upload: readonly string[] | undefined;
  readonly reply: z.ZodType | undefined;
  /** Media types of the answer, the default one first. */
  readonly replyTypes: readonly string[];
  readonly status: number;
  /**
   * Answers a request. A dangerous route calls `mayAct` with its plan before it acts; when that returns an answer, it is sent
   * instead.
   * @throws OutdialError
   */
  answer(raw: RawRequest, mayAct: (plan: Waiting) => Promise<Answer | undefined>): Promise<Answer>;
  /** Makes the plan of a dangerous request again and does not carry it out; undefined for other routes. Throws OutdialError. */
  readonly replan: ((raw: RawRequest) => Promise<Replanned>) | undefined;
}

/**
 * The types that TypeScript clients see of a route; nothing of it exists at run time. What a route does not take is `undefined`.
 */
export interface RouteTypes {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly reply: unknown;
}

/** A route with the types of its request and answer. */
export type TypedRoute<Id extends string, Types extends RouteTypes> = ApiRoute & { readonly id: Id; readonly types?: Types };

/** A missing schema is inferred as `never`. */
export type InputOf<S extends z.ZodType> = [S] extends [never] ? undefined : z.input<S>;

/** The types of a route, made from its schemas. */
export interface TypesOf<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, Reply> extends RouteTypes {
  readonly params: InputOf<P>;
  readonly query: InputOf<Q>;
  readonly body: InputOf<B>;
  readonly reply: Reply;
}

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
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly mend?: Mend;
  readonly withoutStore?: string;
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
      readonly texts: AsyncIterable<string>;
    }>;
  },
): TypedRoute<Id, TypesOf<P, Q, B, z.output<Line>>> {
  return {
    ...shared(spec),
    replyTypes: [spec.contentType, ...(spec.alsoTypes ?? [])],
    async answer(raw) {
      const { fileName, texts, contentType = spec.contentType } = await spec.handle(parse(spec, raw));
      return { kind: "stream", contentType, fileName, texts };
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
    dangerous: false,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    mend: spec.mend,
    withoutStore: spec.withoutStore,
    upload: spec.upload,
    replan: undefined,
    reply: undefined,
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
