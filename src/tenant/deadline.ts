// The caller's deadline for a call.

import type { Clock } from "../kernel/index.ts";
import { TenantError } from "./errors.ts";

/** Runs a call that is aborted with `deadline_exceeded` after `deadlineMs`, including all waiting. */
export async function withDeadline<T>(
  clock: Clock,
  operationId: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const deadline = new AbortController();
  clock.sleep(Math.max(0, deadlineMs), ended.signal).then(
    () =>
      deadline.abort(
        new TenantError("deadline_exceeded", `not done within ${deadlineMs / 1000} s, waiting for its turn included`, {
          operationId,
        }),
      ),
    () => {},
  );
  try {
    return await run(signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]));
  } finally {
    ended.abort();
  }
}
