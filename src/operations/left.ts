// Work that its process left: what a service notes down when it ends in the middle of it, and what is said of work whose process has died.

import type { Job } from "../store/index.ts";

/** Why work stands still that was interrupted. @param leaves the process is a service: another one goes on with it */
export function interruption(advice: string, leaves: boolean): { code: string; message: string; leaves?: true } {
  if (leaves) return { code: "interrupted", message: "its service ended; another one, or its next start, goes on", leaves: true };
  return { code: "interrupted", message: `interrupted; ${advice}` };
}

/** Whether whoever is said to be at work has died. */
export async function executorIsDead(
  job: { readonly status: string | null; readonly executor: string | null } | undefined,
  replicas: { isDead(id: string): Promise<boolean> },
): Promise<boolean> {
  return job?.status === "running" && job.executor !== null && (await replicas.isDead(job.executor));
}

export const leftWords = (executor: string | null): string =>
  `${executor} died at work on it, and it waits for a service to take it over`;

/** Stops that say nothing against going on: whoever reads them has a database that answers again. */
const RESUMABLE: ReadonlySet<unknown> = new Set(["store_unavailable"]);
/** Stops of a tenant that was away. */
const AWAY: ReadonlySet<unknown> = new Set(["vendor_unavailable", "rate_limited", "deadline_exceeded"]);
/** A job that was begun and is not taken up by then is taken up by somebody else, ms. */
const UNTAKEN_MS = 10_000;
/** A tenant that was away is tried again after this, ms. */
const AWAY_MS = 60_000;

/**
 * Whether a service should go on with work that its process left. Pure.
 * @param job.dead whether the process that is said to be at work has died
 * @param retriesAway whether it is also gone on with when the tenant did not answer
 */
export function isLeft(
  job: Pick<Job, "status" | "error" | "createdAt" | "finishedAt"> & { readonly dead: boolean },
  now: number,
  retriesAway: boolean,
): boolean {
  if (job.status === "running") return job.dead;
  if (job.status === "ready") return now - job.createdAt > UNTAKEN_MS;
  if (job.status !== "stopped" || typeof job.error !== "object" || job.error === null) return false;
  if ("leaves" in job.error && job.error.leaves === true) return true;
  const code = "code" in job.error ? job.error.code : undefined;
  return RESUMABLE.has(code) || (retriesAway && AWAY.has(code) && now - (job.finishedAt ?? 0) > AWAY_MS);
}
