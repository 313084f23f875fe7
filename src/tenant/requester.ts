// The one thing that resources and capabilities need of a client: sending an operation of the contract. Types come from the operation table.

import type { OPERATIONS, OperationId, PathParameters, Query, Reply, RequestBody } from "../contract/index.ts";
import type { CallReport } from "./errors.ts";
import type { Lock, Locked } from "./lock.ts";
import type { Lane } from "./rate-limiter.ts";

/** What any call can be told besides its content. */
export interface CallOptions {
  /** Ends the call, wherever it is. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the call unless a request of it is on the wire: its waits end at once, a request that was sent is waited for, nothing is repeated. */
  readonly halt?: AbortSignal | undefined;
  /**
   * Asked immediately before each request leaves, after every wait for a token or the budget. Undefined lets it leave; a promise is waited for,
   * then the call waits for the budget again and asks again.
   */
  readonly confirmed?: (() => Promise<void> | undefined) | undefined;
  /** Precedence among the calls that wait for the same budget. Default: tagging for outbound writes, extraction for lists, else pacing. */
  readonly lane?: Lane | undefined;
  /** Milliseconds from now, all waiting included, after which the call ends with `deadline_exceeded`. Default: none (see `retry.totalMs`). */
  readonly deadlineMs?: number | undefined;
  /** The lock of the version that a write builds upon. */
  readonly lock?: Lock | undefined;
  /** The same as text, sent as `If-Match`. */
  readonly ifMatch?: string | undefined;
  /** Makes a repetition of the same write harmless, where the operation takes one (1 to 200 printable characters). */
  readonly idempotencyKey?: string | undefined;
}

/** Path, query and body of one operation. */
type CallContent<Id extends OperationId> = ([PathParameters<Id>] extends [never]
  ? { readonly path?: undefined }
  : { readonly path: Readonly<Record<PathParameters<Id>, string>> }) &
  (RequestBody<Id> extends undefined ? { readonly body?: undefined } : { readonly body: RequestBody<Id> }) &
  (Query<Id> extends undefined ? { readonly query?: undefined } : { readonly query?: Query<Id> | undefined });

export type RequestInput<Id extends OperationId> = CallContent<Id> & CallOptions;

type Row<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** The parsed reply; undefined where the contract lets it be missing: bodies that are optional, and "already in the asked state". */
export type ReplyOf<Id extends OperationId> =
  | Reply<Id>
  | (Row<Id> extends { success: { body: "optional" } } | { alreadyStatus: number } ? undefined : never);

/** A call that succeeded. */
export interface RequestResult<T> extends CallReport {
  readonly reply: T;
  readonly status: number;
  /** True when the tenant says that the asked state was there already. */
  readonly already: boolean;
  /** The `ETag` header, as received. */
  readonly etag: string | undefined;
  readonly correlationId: string;
}

/** Sends operations. Rejects with TenantError only. */
export interface Requester {
  request<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<RequestResult<ReplyOf<Id>>>;
  /** Reads a value with its lock. Operations without a lock style, and replies without a required tag, are errors. */
  readLocked<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<Locked<ReplyOf<Id>>>;
}

/**
 * Reads the body of a reply of success in the client's place, on another thread for example.
 * @returns the JSON to be judged by the operation's schema, maybe without what is large in it; undefined when the body is no JSON
 */
export type BodyOpener = (body: Uint8Array<ArrayBuffer>) => Promise<unknown>;

/** The same with the types rubbed out, for code that treats all operations alike. */
export interface AnyInput extends CallOptions {
  readonly open?: BodyOpener | undefined;
  /** Why a reply that has the promised form is none all the same; such a reply counts as one of another form, and a read is sent again. */
  readonly flaw?: ((reply: unknown) => string | undefined) | undefined;
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
}
