// What to do about a page that could not be fetched. Pure.

import { TenantError } from "../../tenant/port.ts";
import { reasonOf, type StopReason } from "../run/reason.ts";

/**
 * - `again`: ask for the same page once more; `smaller` when its size may be to blame.
 * - `restart`: the page token is no good; the window is read again from its first page.
 * - `stop`: asking again does not help.
 */
export type Remedy =
  | { readonly kind: "again"; readonly smaller: boolean }
  | { readonly kind: "restart" }
  | { readonly kind: "stop"; readonly reason: StopReason };

/** How often in a row one page may fail before the run ends; each failure includes several attempts of the client. */
const MAX_FAILURES = 8;
/** How often in a row a listing may return pages that it has given before, until its window is read again. */
const MAX_LOOPS = 3;
/** How often a window is started again. */
const MAX_RESTARTS = 3;

const TRANSIENT: ReadonlySet<string> = new Set(["vendor_unavailable", "deadline_exceeded", "body_too_large", "invalid_reply"]);

const NO_FILES: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE"]);

/** How things stand with the page. */
export interface FailureFacts {
  readonly thrown: unknown;
  /** True when the page was asked for by a token. */
  readonly hasToken: boolean;
  /** Failures in a row on this page, this one included, loops aside. */
  readonly failures: number;
  readonly loops: number;
  readonly restarts: number;
}

/** Too many files open, among the causes of a failure: then nothing was sent, and the tenant is not to blame. */
function wantOfFiles(thrown: unknown): Error | undefined {
  let cause = thrown;
  while (cause instanceof Error && !("code" in cause && NO_FILES.has(cause.code))) cause = cause.cause;
  return cause instanceof Error ? cause : undefined;
}

/** The remedy for a failure. Rethrows what is no failure of the vendor's. */
export function remedyFor({ thrown, hasToken, failures, loops, restarts }: FailureFacts): Remedy {
  if (!(thrown instanceof TenantError)) throw thrown;
  const stop = (): Remedy => {
    const files = wantOfFiles(thrown);
    if (files !== undefined) throw files;
    return { kind: "stop", reason: reasonOf(thrown) };
  };
  const restart = (): Remedy => (restarts < MAX_RESTARTS ? { kind: "restart" } : stop());
  if (thrown.code === "paging_loop") return loops < MAX_LOOPS ? { kind: "again", smaller: false } : restart();
  // A token that has expired or that the vendor no longer takes for this query is refused as a bad request.
  if (thrown.code === "refused" && hasToken) return restart();
  if (thrown.code === "rate_limited") return failures < MAX_FAILURES ? { kind: "again", smaller: false } : stop();
  if (TRANSIENT.has(thrown.code)) return failures < MAX_FAILURES ? { kind: "again", smaller: true } : stop();
  return stop();
}

/** A stop that the user asked for. */
export const INTERRUPTED: StopReason = {
  code: "interrupted",
  message: "interrupted",
  advice: "Go on with: outdial outcomes pull --resume",
};
