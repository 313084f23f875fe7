// What the service itself refuses; what operations refuse keeps its own code.

import { OutdialError } from "../kernel/index.ts";

/**
 * - `invalid_request`: parameters, query or body are not as documented; nothing was done.
 * - `not_authenticated`: no token and no session, or one that has ended.
 * - `not_permitted`: the role does not allow it.
 * - `cross_site`: a request that a page of another origin may have caused.
 * - `wrong_host`: the Host header is none of this service's names.
 * - `too_many_attempts`: too many failed logins; `details.retryAfterSeconds`.
 * - `too_many_at_once`: the caller has as many such requests under way as one may have; `details.retryAfterSeconds`.
 * - `no_such_route`, `wrong_method`: the address or the method does not exist.
 * - `request_too_large`, `request_too_slow`, `unsupported_media_type`: the body is not taken.
 * - `plan_changed`: what the preview showed no longer holds, or was never shown: look at it again.
 * - `plan_refused`: the plan breaks a rule; `details.refusals`.
 * - `answer_lost`: the request with this Idempotency-Key wrote something, and its answer was lost; `details.wrote`.
 * - `key_reused`: the Idempotency-Key came with another request. `key_busy`: that request is at work.
 * - `cannot_listen`: the address to serve at is taken, not this machine's, or not permitted.
 * - `not_available`: this service is not set up for it. `not_found`: there is no such thing.
 */
export type ServerErrorCode =
  | "invalid_request"
  | "not_authenticated"
  | "not_permitted"
  | "cross_site"
  | "wrong_host"
  | "too_many_attempts"
  | "too_many_at_once"
  | "no_such_route"
  | "wrong_method"
  | "request_too_large"
  | "request_too_slow"
  | "unsupported_media_type"
  | "plan_changed"
  | "plan_refused"
  | "key_reused"
  | "key_busy"
  | "answer_lost"
  | "cannot_listen"
  | "not_available"
  | "not_found";

/** An expected refusal of the service; branch on `code`. */
export class ServerError extends OutdialError<ServerErrorCode> {}
