// Sending operations of the ACD table: types come from the table.

import type { ACD_OPERATIONS, AcdBody, AcdOperationId, AcdPath, AcdQuery, AcdReply } from "../../contract/acd/index.ts";
import type { CallOptions } from "../call-options.ts";
import type { RequestResult } from "../report.ts";
import type { AnyInput } from "../requester.ts";
import type { FailedItem } from "./envelope.ts";

type Row<Id extends AcdOperationId> = (typeof ACD_OPERATIONS)[Id];

/** The options that apply to this profile: there are no locks and no idempotency keys. */
export type AcdCallOptions = Omit<CallOptions, "lock" | "ifMatch" | "idempotencyKey">;

type AcdContent<Id extends AcdOperationId> = ([AcdPath<Id>] extends [never]
  ? { readonly path?: undefined }
  : { readonly path: Readonly<Record<AcdPath<Id>, string>> }) &
  (AcdBody<Id> extends undefined ? { readonly body?: undefined } : { readonly body: AcdBody<Id> }) &
  (AcdQuery<Id> extends undefined ? { readonly query?: undefined } : { readonly query?: AcdQuery<Id> | undefined });

/** Path, query and body of an operation, with the options of the call. */
export type AcdInput<Id extends AcdOperationId> = AcdContent<Id> & AcdCallOptions;

/** The parsed reply. A list is present (empty) even when the tenant answers without a body; a single object is undefined then. */
export type AcdReplyOf<Id extends AcdOperationId> =
  | AcdReply<Id>
  | (Row<Id> extends { success: { body: "optional" } } ? (Row<Id> extends { paging: object } ? never : undefined) : never);

/** A parsed reply with its status and attempts. */
export interface AcdResult<T> extends Omit<RequestResult<T>, "etag" | "already"> {
  /**
   * Items of a write that failed although the status is a success, in order. When all items failed, the call is refused instead.
   */
  readonly failed: readonly FailedItem[];
  /** The version that was used; 0 for resources without versions. */
  readonly version: number;
}

/** The same without types. */
export interface AnyAcdInput extends AcdCallOptions {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: unknown;
  readonly body?: unknown;
  /** See `AnyInput`. */
  readonly flaw?: AnyInput["flaw"];
}

/** Sends operations. Rejects with TenantError only. */
export interface AcdRequester {
  request<Id extends AcdOperationId>(operationId: Id, input: AcdInput<Id>): Promise<AcdResult<AcdReplyOf<Id>>>;
}
