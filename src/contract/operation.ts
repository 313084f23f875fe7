// The types of an operation table and of its rows. Each profile of the vendor's API has one table.

import type { z } from "zod";

/** HTTP method of an operation. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Which configured host serves the operation (contract §1). One origin may serve all of them. */
export type HostFamily = "outbound" | "interactions" | "omnichannel" | "dialer" | "outcomes";

/** A documented limit on requests. */
export interface RateLimit {
  /** Requests allowed in a window. */
  readonly requests: number;
  /** Length of the window in seconds. */
  readonly seconds: number;
  /** Whose requests are counted together: those of one client, or those of the whole tenant. */
  readonly per: "client" | "tenant";
}

/** Which budget a request draws on (contract §2). `other` stands for the operations without a documented limit. */
export type RateFamily = "outbound-write" | "outbound-read" | "campaigns" | "dialer-write" | "other";

/**
 * What may be repeated when the outcome of an attempt is unknown (no reply, 5xx):
 * - `safe`: reads; always.
 * - `idempotent`: the same request again changes nothing; always.
 * - `keyed`: only when an `X-Idempotency-Key` was sent.
 * - `once`: never; the caller settles it by reading back.
 */
export type RetryClass = "safe" | "idempotent" | "keyed" | "once";

/**
 * Optimistic locking of an operation: where the version tag comes from, whether it must be sent, and the status of a stale tag.
 */
export interface LockStyle {
  readonly tagIn: "etag-header" | "version-tag-field";
  readonly required: boolean;
  readonly staleStatus: 409 | 412;
}

/** How a list is read to its end. */
export type PagingStyle = RestPaging | SkipPaging;

/**
 * By `skip` and `top`. The list ends when there is no next link, at a short page, at a 204, or when `skip` reaches the total.
 * `pageSize` is the largest page.
 */
export interface SkipPaging {
  readonly kind: "skip";
  readonly items: string;
  readonly pageSize: number;
}

/** By numbered pages, or by a token from the page before. */
export type RestPaging =
  | { readonly kind: "page"; readonly items: string; readonly pageSize: number }
  | {
      readonly kind: "token";
      readonly items: string;
      readonly pageSize: number;
      readonly sizeParameter: string;
      readonly tokenParameter: string;
    };

/**
 * What is known about the existence and form of an operation. The first that applies: `published and seen`: in the vendor's
 * reference and in a public client; `published`: only in the reference; `seen`: only in a public client; `sources differ`:
 * reference and clients differ, all forms are read; `inferred`: in neither, it follows from the rest.
 */
export type Evidence = "published and seen" | "published" | "seen" | "sources differ" | "inferred";

/** The versions of a resource that is versioned by itself: the one that is asked for, then the ones to fall back to. */
export interface Versions {
  readonly pin: number;
  readonly fallbacks?: readonly number[];
}

/** Where the content of a reply is nested. When it is not there, it is looked for at the top level. */
export interface Envelope {
  /** Keys that may hold the content, in the order of trying. */
  readonly within?: readonly string[];
  /** Possible names of the list in it; the first is the name in the schema of the reply. */
  readonly items?: readonly string[];
  /** The content may be an array with one element. */
  readonly one?: boolean;
  /** The reply may be the list itself. */
  readonly bare?: boolean;
}

/** Where a successful reply says how each item fared. */
export interface ItemResults {
  /** Possible names of the array of results, in the order of trying. Empty: the reply itself is the only result. */
  readonly array: readonly string[];
  /** The field that is true, or "True", when the item succeeded. */
  readonly success: string;
  /** The field with the reason when it did not. */
  readonly error: string;
}

/** The columns that the rows of all profiles share. */
export interface AnyOperation {
  readonly summary: string;
  /** Section of the vendor's contract, or area of the API. */
  readonly section: string;
  readonly method: Method;
  /** Path template; each `{name}` is one encoded segment. With `versions` it comes after the profile's versioned prefix. */
  readonly path: `/${string}`;
  /** Any one of these scopes suffices; empty where rights do not come from scopes. */
  readonly scopes: readonly string[];
  readonly host: string;
  readonly rate: string;
  readonly retry: RetryClass;
  readonly lock?: LockStyle;
  readonly paging?: PagingStyle;
  /** True when the operation takes an `X-Idempotency-Key`. */
  readonly idempotencyKey?: boolean;
  /**
   * `status` is what the tenant answers; `accepts` the statuses that a client takes as success; `body` whether JSON must come
   * with it.
   */
  readonly success: { readonly status: number; readonly accepts: "2xx" | readonly number[]; readonly body: "json" | "optional" };
  /** A status that means "already in the requested state": success without an effect. */
  readonly alreadyStatus?: number;
  /** Statuses that may mean "already in the requested state"; only a read can tell. */
  readonly maybeAlready?: readonly number[];
  /** The documented refusals with their meaning. 401, 403, 429 and 5xx are not listed: every operation knows them. */
  readonly refusals: Readonly<Record<number, string>>;
  readonly query?: z.ZodObject;
  /** Query parameters that hold lists: repeated (`a=1&a=2`), joined by commas, or joined by bars. */
  readonly lists?: Readonly<Record<string, "repeated" | "joined" | "piped">>;
  /** The body as a client sends it: exact, before it is put under `wrapper`. */
  readonly request?: z.ZodType;
  /** The body as the tenant takes it: unknown fields and documented oddities pass. Defaults to `request`. */
  readonly accepts?: z.ZodType;
  /** The reply: unknown fields pass. With `envelope` or `aliases`, the reply after these were applied. */
  readonly reply?: z.ZodType;
  readonly versions?: Versions;
  /** Another path for old versions: for `upTo` and all before it. */
  readonly olderPath?: { readonly upTo: number; readonly path: `/${string}` };
  /** Another body for old versions: for `upTo` and all before it. */
  readonly olderBody?: { readonly upTo: number; readonly of: (body: never) => unknown };
  /** The name of the required permission in the tenant's administration. */
  readonly permission?: string;
  readonly envelope?: Envelope;
  /** Names of fields in other versions, each with its name in the schema of the reply. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The key under which the body is sent. */
  readonly wrapper?: string;
  readonly itemResults?: ItemResults;
  /** A field whose text says that a reply with a success status is a failure. */
  readonly failureField?: string;
  /** A status without a body that means: no rows. */
  readonly emptyStatus?: 204;
  /** True for a DELETE with a body. */
  readonly bodyOnDelete?: boolean;
  readonly evidence?: Evidence;
}

/** A row of the REST profile. */
export interface Operation extends AnyOperation {
  readonly scopes: readonly [string, ...string[]];
  readonly host: HostFamily;
  readonly rate: RateFamily;
  readonly paging?: RestPaging;
  readonly lists?: Readonly<Record<string, "repeated" | "joined">>;
}

/** The name of a profile: which of the vendor's APIs outdial speaks. */
export type ProfileName = "rest" | "acd";

/** The operations of one profile, with their rate limits. Client, limiter, sandbox and documents take a table as parameter. */
export interface OperationTable<Rows extends Readonly<Record<string, AnyOperation>> = Readonly<Record<string, AnyOperation>>> {
  readonly profile: ProfileName;
  readonly operations: Rows;
  readonly rates: Readonly<Record<string, RateLimit>>;
}

/** Names of the path parameters of a row: `{callId}` and so on. */
export type RowPath<Row extends AnyOperation> = Names<Row["path"]>;
type Names<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** The body a client sends. */
export type RowBody<Row extends AnyOperation> = Row extends { request: infer S extends z.ZodType } ? z.input<S> : undefined;

/** The query a client sends, as values before they are encoded. */
export type RowQuery<Row extends AnyOperation> = Row extends { query: infer S extends z.ZodType } ? z.input<S> : undefined;

/** The reply after parsing. */
export type RowReply<Row extends AnyOperation> = Row extends { reply: infer S extends z.ZodType } ? z.output<S> : undefined;
