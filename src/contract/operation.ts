// The form of one row of an operation table, and of a table: each profile of the vendor's API has one.

import type { z } from "zod";

/** HTTP method of an operation. */
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Which configured host serves the operation (contract §1). One origin may serve all of them. */
export type HostFamily = "outbound" | "interactions" | "omnichannel" | "dialer" | "outcomes";

/** A documented limit. */
export interface RateLimit {
  /** Requests in a window. */
  readonly requests: number;
  /** Length of the window in seconds. */
  readonly seconds: number;
  /** Whose requests are counted together. */
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
 * How concurrent writers are kept apart: where the tag comes from, whether it must be sent, and which status says that it was stale.
 */
export interface LockStyle {
  readonly tagIn: "etag-header" | "version-tag-field";
  readonly required: boolean;
  readonly staleStatus: 409 | 412;
}

/** How a list is read to its end. */
export type PagingStyle = RestPaging | SkipPaging;

/** By `skip` and `top`; the end is no next link, a short page, 204, or `skip` at the total. `pageSize` is the largest page. */
export interface SkipPaging {
  readonly kind: "skip";
  readonly items: string;
  readonly pageSize: number;
}

/** By numbered pages, or by a token of the page before. */
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
 * What is known of an operation's existence and form, as the first of these that holds: the vendor's reference and a public client show it;
 * the reference alone; a public client alone; reference and clients differ (all forms are read); nobody shows it, it follows from the rest.
 */
export type Evidence = "published and seen" | "published" | "seen" | "sources differ" | "inferred";

/** The versions of an API whose resources are versioned one by one: the one asked for, then those to fall back to. */
export interface Versions {
  readonly pin: number;
  readonly fallbacks?: readonly number[];
}

/** Where the content of a reply hangs. What is not there is looked for at the top level. */
export interface Envelope {
  /** Keys that may hold the content, in the order of trying. */
  readonly within?: readonly string[];
  /** Names of the list in it; the first is the one in the schema of the reply. */
  readonly items?: readonly string[];
  /** The content may be an array of one. */
  readonly one?: boolean;
}

/** Where a reply of success tells what became of each item. */
export interface ItemResults {
  /** Names of the array of results, in the order of trying; none: the reply itself is the one result. */
  readonly array: readonly string[];
  /** The field that is true, or "True", when the item was done. */
  readonly success: string;
  /** The field with the reason when it was not. */
  readonly error: string;
}

/** What the rows of all profiles share. */
export interface AnyOperation {
  readonly summary: string;
  /** Section of the vendor contract, or the area of the API. */
  readonly section: string;
  readonly method: Method;
  /** Path template; each `{name}` is one encoded segment. With `versions` it comes after the profile's versioned prefix. */
  readonly path: `/${string}`;
  /** Any one of these scopes suffices; none where rights do not come from scopes. */
  readonly scopes: readonly string[];
  readonly host: string;
  readonly rate: string;
  readonly retry: RetryClass;
  readonly lock?: LockStyle;
  readonly paging?: PagingStyle;
  /** True when the operation takes an `X-Idempotency-Key`. */
  readonly idempotencyKey?: boolean;
  /** `status` is what the tenant answers; `accepts` the statuses a client takes as done; `body` whether JSON must come with it. */
  readonly success: { readonly status: number; readonly accepts: "2xx" | readonly number[]; readonly body: "json" | "optional" };
  /** A status that means "already in the asked state": success without an effect. */
  readonly alreadyStatus?: number;
  /** Statuses that may mean "already in the asked state"; only a read tells. */
  readonly maybeAlready?: readonly number[];
  /** The documented refusals with their meaning, beside 401, 403, 429 and 5xx which every operation knows. */
  readonly refusals: Readonly<Record<number, string>>;
  readonly query?: z.ZodObject;
  /** Query parameters that hold lists: repeated (`a=1&a=2`), joined by commas, or by bars. */
  readonly lists?: Readonly<Record<string, "repeated" | "joined" | "piped">>;
  /** The body as a client sends it: exact, without `wrapper`. */
  readonly request?: z.ZodType;
  /** The body as the tenant takes it: unknown fields and documented oddities pass. Defaults to `request`. */
  readonly accepts?: z.ZodType;
  /** The reply: unknown fields pass. Where `envelope` or `aliases` are given, the reply after they were applied. */
  readonly reply?: z.ZodType;
  readonly versions?: Versions;
  /** The path of older versions, up to and with one. */
  readonly olderPath?: { readonly upTo: number; readonly path: `/${string}` };
  /** The body for older versions, up to and with one. */
  readonly olderBody?: { readonly upTo: number; readonly of: (body: never) => unknown };
  /** What the tenant's administration calls the right that the operation needs. */
  readonly permission?: string;
  readonly envelope?: Envelope;
  /** Fields of records under names of other versions: from those to the ones in the schema of the reply. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The key under which the body goes. */
  readonly wrapper?: string;
  readonly itemResults?: ItemResults;
  /** A field whose text says that a reply of success is none. */
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

/** The name of a profile: which of the vendor's APIs is spoken. */
export type ProfileName = "rest" | "acd";

/** The operations of one profile, with the budgets that they draw on. Client, limiter, sandbox and documents take one as a parameter. */
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

/** The query a client sends, before it is written out. */
export type RowQuery<Row extends AnyOperation> = Row extends { query: infer S extends z.ZodType } ? z.input<S> : undefined;

/** The reply after parsing. */
export type RowReply<Row extends AnyOperation> = Row extends { reply: infer S extends z.ZodType } ? z.output<S> : undefined;
