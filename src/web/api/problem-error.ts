// The only error with which a request ends: no network, a refusal, a failure of the service.

import { OutdialError } from "../../kernel/index.ts";
import type { ApiTypes } from "../../server/index.ts";

/** unreachable: no answer; not_signed_in: 401; no_permission: 403; not_found: 404; refused: another 4xx; failed: 5xx. */
export type RequestErrorCode = "unreachable" | "not_signed_in" | "no_permission" | "not_found" | "refused" | "failed";

export class RequestError extends OutdialError<RequestErrorCode> {
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  /** The service's answer (RFC 9457); undefined when it was not a problem document. */
  readonly problem: ApiTypes.Problem | undefined;

  constructor(status: number, message: string, problem: ApiTypes.Problem | undefined, cause?: unknown) {
    super(codeOf(status), message, {
      ...(problem?.advice === undefined ? {} : { advice: problem.advice }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = status;
    this.problem = problem;
  }
}

function codeOf(status: number): RequestErrorCode {
  if (status === 0) return "unreachable";
  if (status === 401) return "not_signed_in";
  if (status === 403) return "no_permission";
  if (status === 404) return "not_found";
  return status < 500 ? "refused" : "failed";
}
