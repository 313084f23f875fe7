// What a route of the API is made of.

import type { z } from "zod";
import type { ApprovalPlan, Role } from "../../operations/views/index.ts";
import type { Principal } from "../../store/index.ts";

export type Method = "get" | "post" | "put" | "delete";

/** A file that was the body; deleted after the request. */
export interface Upload {
  /** For people. */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  /** False for what can be read only once. */
  readonly rereadable?: boolean;
  readonly size?: number | undefined;
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
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** Bytes of what is no text. */
      readonly texts: AsyncIterable<string | Uint8Array>;
      /** Of answers in lines: whether their end was asked for. */
      readonly isEndAsked?: boolean | undefined;
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
  /**
   * Whether a viewer's answer is not masked: the company's own documents, in which caller numbers stand, and what proves something only as it is. In all
   * other answers to viewers everything that may be a telephone number is masked, whatever text it stands in.
   */
  readonly asItIs: boolean;
  readonly dangerous: boolean;
  readonly params: z.ZodObject | undefined;
  readonly query: z.ZodObject | undefined;
  readonly body: z.ZodType | undefined;
  readonly mend: Mend | undefined;
  /**
   * It is answered without the database too: by callers that were recognised within the last hours, and without its audit entry,
   * which its handler takes care of.
   */
  readonly storeless: boolean;
  /** Media types, when the body is a file. */
  readonly upload: readonly string[] | undefined;
  readonly reply: z.ZodType | undefined;
  /** A line of an answer of NDJSON. */
  readonly line: z.ZodType | undefined;
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
