// Jobs that nobody runs: runs of processes that died go back to the queue, and jobs that have no run although nothing speaks against going on
// get one.

import { messageOf } from "../../kernel/index.ts";
import { DISPOSITIONS, isDue, requestOf, TAG } from "../../operations/index.ts";
import { CAMPAIGN_APPLY, DIALER_CHANGE, type Job, PUSH, RETRIEVE } from "../../store/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

const LOOK_MS = 1000;
/** Jobs without a run are rarer than processes that die: they are looked for every so many looks. */
const JOBS_EVERY = 5;
const MOST = 500;
/** Kinds of which a command line may have a job that it is to run itself. */
const OF_COMMANDS: ReadonlySet<string> = new Set([TAG, DISPOSITIONS, RETRIEVE, PUSH]);

/** Looks for them until the signal. Any service does, whoever began the job. */
export function goOnWithJobs(
  { config: { clock }, store, runs }: Pick<Workplace, "config" | "store" | "runs">,
  background: Background,
  given: {
    readonly signal: AbortSignal;
    readonly warn: (message: string) => void;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, warn, everyMs = LOOK_MS } = given;
  const isOurs = async (job: Job) =>
    !OF_COMMANDS.has(job.kind) || (await requestOf(store.audit, job.id)) !== null || (await runs.wasShared(job));
  // Without a CRM there are no pushes here.
  const ours = new Set(Object.keys(runs.kinds()));
  const kinds = [...OF_COMMANDS, DIALER_CHANGE, CAMPAIGN_APPLY].filter((kind) => ours.has(kind));
  const lookForJobs = async () => {
    const jobs = await store.jobs.listJobs({
      kinds,
      status: ["ready", "running", "stopped"],
      limit: MOST,
    });
    for (const job of jobs) {
      if (signal.aborted) return;
      // A change half-way, or a rollout that nobody watches, is gone on with also when the tenant was away.
      const due = isDue(job, clock.now(), job.kind === DIALER_CHANGE) || (await runs.isOrphaned(job));
      if (due && (await isOurs(job))) await runs.start(job.id);
    }
  };
  background.start("jobs that were left behind", async () => {
    for (let looks = 0; !signal.aborted; looks++) {
      const look = async () => {
        if (store.audit.held.length > 0) return;
        await runs.adopt();
        if (looks % JOBS_EVERY === 0) await lookForJobs();
      };
      await look().catch((thrown: unknown) => {
        if (!signal.aborted) warn(`looking for jobs that were left behind: ${messageOf(thrown)}`);
      });
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  });
}
