// How the effects of a fault (contract §3) change one exchange: whether the request is handled, the reply, and the connection.

import type { FaultEffect } from "./fault-schema.ts";
import { NO_TWISTS, type Twists } from "./paging.ts";
import { errorBody, type SandboxResponse } from "./wire.ts";

/**
 * Whether the request reaches its handler. An effect that replaces the reply or breaks the connection prevents it, unless the
 * fault asks for the work to be done.
 */
export function letsThrough({ status, body, reset, acceptThenFail }: FaultEffect): boolean {
  return acceptThenFail === true || (status === undefined && body === undefined && reset !== true);
}

export function twistsOf(effect: FaultEffect | undefined): Twists {
  if (effect === undefined) return NO_TWISTS;
  const { staleRead = false, duplicatePage = false, loopPage = false } = effect;
  return { staleRead, duplicatePage, loopPage };
}

const GARBAGE = '<<%{"dispositions":[\u0000 \ufffd not JSON';

/**
 * The reply as the client is to see it.
 * @param reply the handler's, undefined when the request was kept from it
 */
export function damage(effect: FaultEffect, reply: SandboxResponse | undefined, correlationId: string): SandboxResponse {
  const { status, headers, body, reset, truncate, garbage, acceptThenFail } = effect;
  const invented = status !== undefined || body !== undefined;
  let result = reply ?? { status: status ?? 200, headers: { "x-correlation-id": correlationId }, body: "" };
  if (reset === true || (acceptThenFail === true && !invented)) return { ...result, damage: "reset" };
  if (invented) result = inventedReply(status ?? 200, body, correlationId);
  if (garbage === true) result = { ...result, body: GARBAGE };
  if (headers !== undefined) result = { ...result, headers: overlay(result.headers, headers) };
  if (truncate === undefined || truncate === false) return result;
  const whole = typeof result.body === "string" ? Buffer.from(result.body) : result.body;
  const kept = truncate === true ? Math.floor(whole.length / 2) : Math.min(truncate, whole.length);
  return { ...result, body: whole.subarray(0, kept), declaredLength: whole.length, damage: "truncate" };
}

function inventedReply(status: number, body: unknown, correlationId: string): SandboxResponse {
  const headers: Record<string, string> = { "x-correlation-id": correlationId };
  if (status === 429 || status === 503) headers["retry-after"] = "1";
  if (typeof body === "string") return { status, headers: { ...headers, "content-type": "text/plain; charset=utf-8" }, body };
  headers["content-type"] = "application/json";
  if (body !== undefined) return { status, headers, body: JSON.stringify(body) };
  if (status === 204 || status === 304) return { status, headers: { "x-correlation-id": correlationId }, body: "" };
  return { status, headers, body: errorBody("fault", `A fault of the sandbox answers ${status}.`, [], correlationId) };
}

/** Headers with others laid over them, names without regard to case; null removes one. */
function overlay(base: Readonly<Record<string, string>>, over: Readonly<Record<string, string | null>>): Record<string, string> {
  const result = { ...base };
  for (const [name, value] of Object.entries(over)) {
    if (value === null) delete result[name.toLowerCase()];
    else result[name.toLowerCase()] = value;
  }
  return result;
}
