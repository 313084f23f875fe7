// What to do about a page that could not be fetched. Pure.

import type { Instant } from "../../kernel/index.ts";
import { TenantError } from "../../tenant/port.ts";
import { reasonOf, type StopReason } from "../run/reason.ts";

/**
 * - `again`: request the same page again; `smaller` when its size may be the reason.
 * - `restart`: the page token cannot be used; the window is read again from its first page.
 * - `stop`: asking again does not help.
 */
type Remedy =
  | { readonly kind: "again"; readonly smaller: boolean }
  | { readonly kind: "restart" }
  | { readonly kind: "stop"; readonly reason: StopReason };

/** Most consecutive failures of one page before the run ends; each failure includes several attempts of the client. */
const MAX_FAILURES = 8;
/** Most consecutive times that a listing may repeat earlier pages before its window is read again. */
const MAX_LOOPS = 3;
/** Most restarts of a window. */
const MAX_RESTARTS = 3;

const TRANSIENT: ReadonlySet<string> = new Set(["vendor_unavailable", "deadline_exceeded", "body_too_large", "invalid_reply"]);

const NO_FILES: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE"]);

/** The facts about the page. */
interface FailureFacts {
  readonly thrown: unknown;
  /** True when the page was asked for by a token. */
  readonly hasToken: boolean;
  /** Consecutive failures of this page including this one, without loops. */
  readonly failures: number;
  readonly loops: number;
  readonly restarts: number;
  /** The listing goes on without rows. */
  readonly isEndless?: boolean | undefined;
}

/** The error "too many open files" among the causes of a failure: then nothing was sent, and the tenant is not the reason. */
function wantOfFiles(thrown: unknown): Error | undefined {
  let cause = thrown;
  while (cause instanceof Error && !("code" in cause && NO_FILES.has(cause.code))) cause = cause.cause;
  return cause instanceof Error ? cause : undefined;
}

/** The remedy for a failure. Throws an error that is not a failure of the vendor again. */
export function remedyFor({ thrown, hasToken, failures, loops, restarts, isEndless }: FailureFacts): Remedy {
  if (!(thrown instanceof TenantError)) throw thrown;
  const stop = (): Remedy => {
    const files = wantOfFiles(thrown);
    if (files !== undefined) throw files;
    return { kind: "stop", reason: reasonOf(thrown) };
  };
  const restart = (): Remedy => (restarts < MAX_RESTARTS ? { kind: "restart" } : stop());
  if (thrown.code === "paging_loop" && isEndless === true) return stop();
  if (thrown.code === "paging_loop") return loops < MAX_LOOPS ? { kind: "again", smaller: false } : restart();
  // A token that has expired, or that the vendor no longer accepts for this query, is refused as a bad request.
  if (thrown.code === "refused" && hasToken) return restart();
  if (thrown.code === "rate_limited") return failures < MAX_FAILURES ? { kind: "again", smaller: false } : stop();
  if (TRANSIENT.has(thrown.code)) return failures < MAX_FAILURES ? { kind: "again", smaller: true } : stop();
  return stop();
}

/** A stop that the user requested. */
export const INTERRUPTED: StopReason = {
  code: "interrupted",
  message: "interrupted",
  advice: "To continue: outdial outcomes pull --resume",
};

/** The reason of a retrieval whose window ends after the present: the vendor refuses such a window. @param detail what else is known */
export function endsAhead(to: Instant, now: Instant, detail = ""): StopReason {
  const text = (at: Instant) => new Date(at).toISOString();
  return {
    code: "refused",
    message: `its window ends after the present: at ${text(to)}, and it is ${text(now)}${detail === "" ? "" : `. ${detail}`}`,
    advice:
      "The clock of the machine that began it was ahead, or this one's is behind: outdial doctor compares it with the tenant's. Begin a new retrieval.",
  };
}
