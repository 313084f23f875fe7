// Any error as problem+json (RFC 9457): a stable code, the status that fits it, and no internal detail.

import { z } from "zod";
import { messageOf, OutdialError, type Problem } from "../../kernel/index.ts";
import type { Problem as ProblemView } from "../../operations/views/index.ts";

/** The status of a code; every other code of an expected error is 500. */
const STATUS: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_input: 400,
  invalid_pack: 400,
  invalid_facts: 400,
  invalid_scenario: 400,
  scenario_invalid: 400,
  unknown_zone: 400,
  too_long: 400,
  not_authenticated: 401,
  not_permitted: 403,
  cross_site: 403,
  not_found: 404,
  no_such_route: 404,
  job_not_found: 404,
  wrong_method: 405,
  request_too_slow: 408,
  conflict: 409,
  stale_lock: 409,
  invalid_state: 409,
  job_state: 409,
  no_company_list: 422,
  clock_off: 422,
  not_owner: 409,
  plan_changed: 409,
  other_version: 409,
  audit_set_back: 409,
  other_tenant: 409,
  key_busy: 409,
  answer_lost: 409,
  cannot_listen: 503,
  unsupported: 409,
  not_available: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  wrong_host: 421,
  plan_refused: 422,
  key_reused: 422,
  refused: 422,
  too_many_attempts: 429,
  too_many_at_once: 429,
  // An error of the tenant: the caller of this API is not at fault.
  unauthorized: 502,
  missing_scope: 502,
  invalid_reply: 502,
  unknown_outcome: 502,
  outcome_unknown: 502,
  paging_loop: 502,
  redirect_refused: 502,
  host_not_allowed: 502,
  body_too_large: 502,
  receiver_refuses: 502,
  receiver_unavailable: 503,
  rate_limited: 503,
  vendor_unavailable: 503,
  not_read_yet: 503,
  store_unavailable: 503,
  store_full: 503,
  store_locked: 503,
  simulation_stopped: 503,
  simulation_busy: 503,
  lake_files_missing: 503,
  lake_unavailable: 503,
  interrupted: 503,
  aborted: 503,
  deadline_exceeded: 504,
  simulation_too_long: 504,
};

const TITLES: Readonly<Record<number, string>> = {
  400: "The request is not as documented",
  401: "Not signed in",
  403: "Not permitted",
  404: "Not found",
  405: "Method not allowed",
  408: "The request took too long",
  409: "Not in this state",
  413: "The request is too large",
  415: "Media type not supported",
  421: "Wrong host",
  422: "Refused",
  429: "Too many attempts",
  500: "Something went wrong here",
  502: "The tenant refused or gave no usable reply",
  503: "Not reachable just now",
  504: "No answer in time",
};

/** Fields that were wrong, in the details of an error. */
export const PROBLEMS = "problems";

/** The problem for anything thrown. An unexpected error shows no detail; the log has it under the request's id. */
export function problemOf(thrown: unknown, requestId: string): ProblemView {
  if (!(thrown instanceof OutdialError)) {
    const detail = "An error that was not expected. The service's log has it under this request's id.";
    return { type: "about:blank", title: titleOf(500), status: 500, code: "internal", detail, requestId };
  }
  const status = STATUS[thrown.code] ?? 500;
  const { [PROBLEMS]: problems, ...rest } = thrown.details;
  // Problems without a path of their own are details: a caller must find fields of the request here, or nothing.
  const fields = fieldsIn(problems);
  const details = fields === undefined ? thrown.details : rest;
  return {
    type: `/api/v1/reference#${thrown.code}`,
    title: titleOf(status),
    status,
    code: thrown.code,
    detail: messageOf(thrown),
    ...(thrown.advice === undefined ? {} : { advice: thrown.advice }),
    requestId,
    ...("correlationId" in thrown && typeof thrown.correlationId === "string" ? { correlationId: thrown.correlationId } : {}),
    ...(fields === undefined ? {} : { problems: fields }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

const titleOf = (status: number): string => TITLES[status] ?? "Something went wrong here";

/** A field that is wrong. Readers of documents tell the way to it as a list. */
const field = z.object({
  path: z.union([z.string(), z.array(z.union([z.string(), z.number()])).transform((parts) => parts.join("."))]),
  message: z.string(),
});

/** The fields that are wrong; undefined for anything but a list of fields. */
function fieldsIn(problems: unknown): readonly Problem[] | undefined {
  const parsed = z.array(field).safeParse(problems);
  return parsed.success ? parsed.data : undefined;
}

/** Every code with its status, for the reference. */
export function problemCodes(): readonly { readonly code: string; readonly status: number; readonly title: string }[] {
  return Object.entries(STATUS).map(([code, status]) => ({ code, status, title: titleOf(status) }));
}

/** A problem as a response. */
export function problemResponse(problem: ProblemView): Response {
  const retryAfter = problem.details?.["retryAfterSeconds"];
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (typeof retryAfter === "number") headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfter))));
  // The rest of the body is still arriving: the connection cannot be used again.
  if (problem.status === 413 || problem.status === 408) headers.set("connection", "close");
  if (problem.status === 401) headers.set("www-authenticate", 'Bearer realm="outdial"');
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
