// Jobs of the service that nobody runs: those that a stop or a database that went away interrupted, and those of a service that died. Whichever
// service finds one first goes on.

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
 * @param other looks for work of another kind, every time
 */
export function goOnWithJobs(
  store: Store,
  background: Background,
  start: (id: string) => Promise<void>,
  other: () => Promise<void>,
  given: {
    readonly signal: AbortSignal;
    readonly warn: (message: string) => void;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, warn, everyMs = LOOK_MS } = given;
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
      for (const one of [look, other])
        await one().catch((thrown: unknown) => {
          if (!signal.aborted) warn(`looking for jobs that were left behind: ${messageOf(thrown)}`);
        });
      await systemClock.sleep(everyMs, signal).catch(() => undefined);
    }
  });
}

/** Stops that say nothing against going on: whoever reads them has a database that answers again. */
const INTERRUPTIONS: ReadonlySet<unknown> = new Set(["interrupted", "store_unavailable"]);

const wasInterrupted = ({ error }: Job): boolean =>
  typeof error === "object" && error !== null && "code" in error && INTERRUPTIONS.has(error.code);
