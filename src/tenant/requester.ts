// What resources and capabilities need of a client: sending an operation of the contract. Types come from the operation table.

import type { OPERATIONS, OperationId, PathParameters, Query, Reply, RequestBody } from "../contract/index.ts";
import type { CallOptions } from "./call-options.ts";
import type { Locked } from "./locked.ts";
import type { RequestResult } from "./report.ts";

/** Path, query and body of one operation. */
type CallContent<Id extends OperationId> = ([PathParameters<Id>] extends [never]
  ? { readonly path?: undefined }
  : { readonly path: Readonly<Record<PathParameters<Id>, string>> }) &
  (RequestBody<Id> extends undefined ? { readonly body?: undefined } : { readonly body: RequestBody<Id> }) &
  (Query<Id> extends undefined ? { readonly query?: undefined } : { readonly query?: Query<Id> | undefined });

/** Path, query and body of an operation, with the options of the call. */
export type RequestInput<Id extends OperationId> = CallContent<Id> & CallOptions;

type Row<Id extends OperationId> = (typeof OPERATIONS)[Id];

/** The parsed reply; undefined where the contract allows no body, and for "already in the requested state". */
export type ReplyOf<Id extends OperationId> =
  | Reply<Id>
  | (Row<Id> extends { success: { body: "optional" } } | { alreadyStatus: number } ? undefined : never);

/** Sends operations. Rejects with TenantError only. */
export interface Requester {
  request<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<RequestResult<ReplyOf<Id>>>;
  /** Reads a value with its lock. Throws for operations without a lock style, and for replies without a required tag. */
  readLocked<Id extends OperationId>(operationId: Id, input: RequestInput<Id>): Promise<Locked<ReplyOf<Id>>>;
}

/**
 * Reads the body of a successful reply instead of the client, for example on another thread.
 * @returns the JSON for the operation's schema, possibly without its large parts; undefined when the body is not JSON
 */
export type BodyOpener = (body: Uint8Array<ArrayBuffer>) => Promise<unknown>;

/** The same without types, for code that treats all operations alike. */
export interface AnyInput extends CallOptions {
  readonly open?: BodyOpener | undefined;
  /**
   * Returns why a reply of the expected form cannot be used; such a reply counts as one of another form, and a read is repeated.
   */
  readonly flaw?: ((reply: unknown) => string | undefined) | undefined;
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
}
