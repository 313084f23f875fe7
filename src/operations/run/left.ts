// Jobs that no process works on: which of them a service continues, and the text about them.

import { doubledMs } from "../../kernel/index.ts";
import type { Job } from "../../store/index.ts";
import type { StopReason } from "./reason.ts";

/** Why a job is stopped when its service ended: the engine keeps the run, and the next process gets it. */
export const LEAVES: StopReason = {
  code: "interrupted",
  message: "its service ended; another service, or its next start, continues it",
  leaves: true,
};

/** The same for a process that was killed; it names the process, because that may be a command instead of a service. */
export const leftBy = (executor: string): StopReason => ({
  ...LEAVES,
  message: `its process ${executor} ended before it was done; a service, or the same command, continues it`,
});

/** Whether a service has left a job to the next service. */
export const isLeft = ({ status, error }: Pick<Job, "status" | "error">): boolean =>
  status === "stopped" && typeof error === "object" && error !== null && "leaves" in error && error.leaves === true;

/** Whether the process that is recorded as working on the job has died. */
export async function executorIsDead(
  job: { readonly status: string | null; readonly executor: string | null } | undefined,
  replicas: { isDead(id: string): Promise<boolean> },
): Promise<boolean> {
  return job?.status === "running" && job.executor !== null && (await replicas.isDead(job.executor));
}

/** A sentence about a run whose process died. */
export const leftWords = (executor: string | null): string =>
  `${executor} died at work on it, and it waits for a service to take it over`;

/**
 * The database is away, or has no room: that is waited for. A job that this stopped continues when the database can be written
 * again.
 */
export const STORE_TROUBLE: ReadonlySet<string> = new Set(["store_unavailable", "store_full"]);
/**
 * Reasons of a stop after which the job continues by itself. After a database was set back, it continues when a person has
 * accepted that.
 */
const RESUMABLE: ReadonlySet<unknown> = new Set([...STORE_TROUBLE, "audit_set_back"]);
/** Reasons of a stop because the tenant was away. */
const AWAY: ReadonlySet<unknown> = new Set(["vendor_unavailable", "rate_limited", "deadline_exceeded"]);
/** The tenant refused the token of the process that had it. */
const UNAUTHORIZED = "unauthorized";
/** Another process starts a job that was begun and has no run after this time, ms. */
const UNTAKEN_MS = 10_000;
/**
 * A tenant that was away is tried again after this time, ms. So is a receiver; each further wait is twice as long, up to an hour,
 * for three days.
 */
const AWAY_MS = 60_000;
const RECEIVER_AWAY = "receiver_unavailable";
const RECEIVER_AWAY_MOST_MS = 3_600_000;
const RECEIVER_GIVEN_UP_MS = 3 * 86_400_000;

/**
 * A lake that cannot be written is tried again after the first of these times, ms; each further wait is twice as long, up to the
 * second.
 */
const LAKE_AWAY = "lake_unavailable";
const LAKE_FIRST_MS = 5_000;
const LAKE_MOST_MS = 300_000;

/** What a stopped job waits for that ends by itself, apart from the database; undefined when it waits for none of these. */
export function waitOf({
  status,
  error,
}: Pick<Job, "status" | "error">): "lake_unavailable" | "receiver_unavailable" | undefined {
  if (status !== "stopped" || typeof error !== "object" || error === null || !("code" in error)) return undefined;
  const { code } = error;
  return code === LAKE_AWAY || code === RECEIVER_AWAY ? code : undefined;
}

/** Pause after a job's `run` (from 1 on) that stopped because the receiver was away, until the next run, ms. */
const receiverPauseMs = (run: number): number => doubledMs(AWAY_MS, RECEIVER_AWAY_MOST_MS, run - 1);

/**
 * Whether a service should begin a new run of a job that has none: its process died between recording the job and starting it, or
 * its database, the receiver of what it sends or the disk of its lake was away. Pure.
 * @param given.retriesAway whether to do this also when the tenant did not answer
 * @param given.forRefused whether to do this also for the tenant's refusal of a token: it was another service's, and this one's is good
 */
export function isDue(
  job: Pick<Job, "status" | "error" | "createdAt" | "finishedAt" | "run">,
  now: number,
  { retriesAway, forRefused }: { readonly retriesAway: boolean; readonly forRefused: boolean },
): boolean {
  // After a clock was set back, recorded times may be in the future: their distance from now counts as it does for past times.
  const since = (instant: number) => Math.abs(now - instant);
  if (job.status === "ready") return since(job.createdAt) > UNTAKEN_MS;
  if (job.status !== "stopped" || typeof job.error !== "object" || job.error === null) return false;
  const code = "code" in job.error ? job.error.code : undefined;
  if (code === RECEIVER_AWAY)
    return since(job.createdAt) < RECEIVER_GIVEN_UP_MS && since(job.finishedAt ?? 0) > receiverPauseMs(job.run);
  if (code === LAKE_AWAY) return since(job.finishedAt ?? 0) > doubledMs(LAKE_FIRST_MS, LAKE_MOST_MS, job.run - 1);
  if (code === UNAUTHORIZED) return forRefused && (job.run <= 1 || since(job.finishedAt ?? 0) > receiverPauseMs(job.run - 1));
  return RESUMABLE.has(code) || (retriesAway && AWAY.has(code) && since(job.finishedAt ?? 0) > AWAY_MS);
}
