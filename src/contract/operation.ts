// The form of one row of the operation table.

import type { z } from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Which configured host serves the operation (contract §1). One origin may serve all of them. */
export type HostFamily = "outbound" | "interactions" | "omnichannel" | "dialer" | "outcomes";

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
export type PagingStyle =
  | { readonly kind: "page"; readonly items: string; readonly pageSize: number }
  | {
      readonly kind: "token";
      readonly items: string;
      readonly pageSize: number;
      readonly sizeParameter: string;
      readonly tokenParameter: string;
    };

export interface Operation {
  readonly summary: string;
  /** Section of the vendor contract. */
  readonly section: string;
  readonly method: Method;
  /** Path template; each `{name}` is one encoded segment. */
  readonly path: `/${string}`;
  /** Any one of these scopes suffices. */
  readonly scopes: readonly [string, ...string[]];
  readonly host: HostFamily;
  readonly rate: RateFamily;
  readonly retry: RetryClass;
  readonly lock?: LockStyle;
  readonly paging?: PagingStyle;
  /** True when the operation takes an `X-Idempotency-Key`. */
  readonly idempotencyKey?: boolean;
  /** `status` is what the tenant answers; `accepts` the statuses a client takes as done; `body` whether JSON must come with it. */
  readonly success: { readonly status: number; readonly accepts: "2xx" | readonly number[]; readonly body: "json" | "optional" };
  /** A status that means "already in the asked state": success without an effect. */
  readonly alreadyStatus?: number;
  /** The documented refusals with their meaning, beside 401, 403, 429 and 5xx which every operation knows. */
  readonly refusals: Readonly<Record<number, string>>;
  readonly query?: z.ZodObject;
  /** Query parameters that hold lists: repeated (`a=1&a=2`) or joined by commas. */
  readonly lists?: Readonly<Record<string, "repeated" | "joined">>;
  /** The body as a client sends it: exact. */
  readonly request?: z.ZodType;
  /** The body as the tenant takes it: unknown fields and documented oddities pass. Defaults to `request`. */
  readonly accepts?: z.ZodType;
  /** The reply: unknown fields pass. */
  readonly reply?: z.ZodType;
}
