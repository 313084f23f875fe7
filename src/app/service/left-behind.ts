// Jobs of the service that nobody runs: those that a stop interrupted, and those of a service that died. Whichever service finds one first goes on.

import { messageOf } from "../../kernel/index.ts";
import { DISPOSITIONS, TAG } from "../../operations/index.ts";
import { type Job, RETRIEVE, type Store } from "../../store/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { requestOf } from "../correlation.ts";
import type { Background } from "./background.ts";

const LOOK_MS = 5000;
const MOST = 500;

/**
 * Looks for them until the signal. Jobs of the command line are left alone: whoever interrupted one of those meant it.
 * @param start runs a job here; a job that another service runs is only watched, and taken over when that one dies
 */
export function goOnWithJobs(
  store: Store,
  background: Background,
  start: (id: string) => Promise<void>,
  signal: AbortSignal,
  warn: (message: string) => void,
): void {
  const look = async () => {
    const jobs = await store.jobs.listJobs({
      kinds: [TAG, DISPOSITIONS, RETRIEVE],
      status: ["ready", "running", "stopped"],
      limit: MOST,
    });
    for (const job of jobs) {
      if (signal.aborted) return;
      if (background.has(job.id) || (job.status === "stopped" && !wasInterrupted(job))) continue;
      if ((await requestOf(store.audit, job.id)) !== null) await start(job.id);
    }
  };
  background.start("jobs that were left behind", async () => {
    while (!signal.aborted) {
      await look().catch((thrown: unknown) => {
        if (!signal.aborted) warn(`looking for jobs that were left behind: ${messageOf(thrown)}`);
      });
      await systemClock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  });
}

const wasInterrupted = ({ error }: Job): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "interrupted";
