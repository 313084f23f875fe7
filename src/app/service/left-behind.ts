// Jobs and imports that nobody works on: runs of processes that died go back to the queue, and jobs without a run get one when
// nothing forbids it. Imports and approvals that broke off are reported.

import { DISPOSITIONS, isDue, requestOf, SILENT_MS, stopOf, TAG, waitOf } from "../../operations/index.ts";
import type { ServiceLog } from "../../server/index.ts";
import { CAMPAIGN_APPLY, DIALER_CHANGE, type Job, PUSH, RETRIEVE, StoreError } from "../../store/index.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";
import { conditionsFound, Waits } from "./waits.ts";

const LOOK_MS = 1000;
/** Jobs without a run are rarer than dead processes: they are searched for in every nth look. */
const JOBS_EVERY = 5;
const MOST = 500;
/** Kinds for which a command line may have a job that it must run itself. */
const OF_COMMANDS: ReadonlySet<string> = new Set([TAG, DISPOSITIONS, RETRIEVE, PUSH]);

/** Searches for them until the signal. Any service does, whoever began the job. */
export function goOnWithJobs(
  { config: { clock }, store, runs, replica }: Pick<Workplace, "config" | "store" | "runs" | "replica">,
  background: Background,
  given: {
    readonly signal: AbortSignal;
    readonly log: ServiceLog;
    /** Time between two looks, ms. */
    readonly everyMs?: number | undefined;
  },
): void {
  const { signal, log, everyMs = LOOK_MS } = given;
  const warn = (message: string) => log("warn", message);
  const waits = new Waits();
  const tellWaits = conditionsFound("jobs", store, log);
  const isOurs = async (job: Job) =>
    !OF_COMMANDS.has(job.kind) || (await requestOf(store.audit, job.id)) !== null || (await runs.wasShared(job));
  // Without a CRM this process runs no pushes.
  const scopes = runs.kinds();
  const kinds = [...OF_COMMANDS, DIALER_CHANGE, CAMPAIGN_APPLY].filter((kind) => kind in scopes);
  const lookForJobs = async () => {
    const jobs = await store.jobs.listJobs({
      kinds,
      status: ["ready", "running", "stopped"],
      limit: MOST,
    });
    const waiting: Job[] = [];
    for (const job of jobs) {
      // It is for processes with its own tenant, credentials, lake and CRM.
      if (typeof job.scope === "string" && job.scope !== scopes[job.kind]?.scope) continue;
      if (waitOf(job) === undefined || (await isOurs(job))) waiting.push(job);
    }
    tellWaits(waits.take(waiting, clock.now()));
    for (const job of waiting) {
      if (signal.aborted) return;
      const isRefused = stopOf(job.error)?.code === "unauthorized" && replica.refusal() === null;
      const forRefused = isRefused && (await replica.refused(scopes[job.kind]?.scope ?? "")).length > 0;
      // A change in progress, or a rollout that nobody watches, is also continued when the tenant was away.
      const due =
        isDue(job, clock.now(), { retriesAway: job.kind === DIALER_CHANGE, forRefused }) || (await runs.isOrphaned(job));
      if (due && (await isOurs(job)))
        await runs.start(job.id).catch((thrown: unknown) => {
          // The store was bound to another tenant meanwhile: a person decides.
          if (!(thrown instanceof StoreError && thrown.code === "other_tenant") || store.audit.isHeld) throw thrown;
        });
    }
  };
  const lookForImports = async () => {
    // A process that could not reach the database itself a moment ago cannot judge whether others are silent.
    if (!replica.isSteady()) return;
    for (const { id, kind, sourceName } of await store.facts.nameBrokenImports(SILENT_MS))
      warn(`the import ${id} of ${sourceName} (${kind}) broke off; import the file again, only a part of it is in force`);
  };
  const lookForApprovals = async () => {
    if (!replica.isSteady()) return;
    for (const { id, operation, requestedBy } of await store.requests.nameInterrupted(replica))
      warn(
        `the approval ${id} (${operation}, asked for by ${requestedBy}) was being carried out when its service ended; the audit log shows how far it came`,
      );
  };
  background.repeat("jobs that were left behind", { clock, everyMs, signal }, async (looks) => {
    if (store.audit.isHeld) return;
    await runs.adopt();
    if (looks % JOBS_EVERY !== 0) return;
    await lookForJobs();
    await lookForImports();
    await lookForApprovals();
  });
}
