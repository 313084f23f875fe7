// Operations on retrievals: begin one, run it to its end or follow the replica that runs it, take it over from a dead process.

import { DAY_MS, HOUR_MS, messageOf, newId } from "../../kernel/index.ts";
import type { JobStatus, Retrieval } from "../../store/index.ts";
import { RETRIEVE } from "../../store/index.ts";
import { requireSupported } from "../../tenant/port.ts";
import { Semaphore } from "../jobs/semaphore.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { StopReason } from "../run/reason.ts";
import { comparedOf, numbersFor } from "./compared.ts";
import { auditEntry, findRetrieval } from "./entry.ts";
import { endsAhead } from "./failure.ts";
import { areOutcomeCodes, checkRequest, earliestStart, type RetrievalInput, type RetrievalRequest } from "./request.ts";
import { type RetrievalDependencies, type RetrievalProgress, RetrievalRun } from "./retrieval-run.ts";
import { splitWindows } from "./windows.ts";

const ENDED: readonly JobStatus[] = ["done", "partly_failed", "cancelled"];
/** A partition is merged when it has this number of files. */
const MERGE_PARTS = 8;
/** Age from which on nobody can be working on a leftover file any more. */
const LEFTOVER_MS = HOUR_MS;
/** How often leftovers are looked for, by whichever process ends a retrieval: the whole lake is gone through. */
const SWEEP_MS = HOUR_MS;

/** Retrievals of outcomes as jobs, and their schedules. Errors: OperationError, TenantError. */
export class Retrieving {
  readonly #deps: RetrievalDependencies;
  readonly #active = new Map<string, RetrievalRun>();
  readonly #downloads: Semaphore;

  constructor(deps: RetrievalDependencies) {
    this.#deps = deps;
    this.#downloads = new Semaphore(deps.downloads);
  }

  /** The kind for the engine. */
  kind(): Kind {
    return {
      name: RETRIEVE,
      scope: this.#deps.scope,
      // Two retrievals of the same window would write the same calls twice.
      partition: ({ campaignId }) => `retrieval of ${campaignId}`,
      goOn: "go on with: outdial outcomes pull --resume",
      take: (run, executor) => this.#deps.ledger.take(run, executor),
      body: (running) => this.#body(running),
      letGo: (jobId, executor, reason) => this.#letGo(jobId, executor, reason),
      onEnded: (jobId) => this.#onEnded(jobId),
    };
  }

  /** How many days back the tenant gives calls. */
  get reachDays(): number {
    return this.#deps.source.reachDays;
  }

  /**
   * Checks a request. Reads the campaign's own codes from the tenant only when some of the codes are not known to every tenant.
   */
  async check(input: RetrievalInput): Promise<{ readonly request: RetrievalRequest; readonly warnings: readonly string[] }> {
    const now = this.#deps.clock.now();
    const { reachDays } = this.#deps.source;
    const checked = checkRequest(input, now, [], reachDays);
    if (checked.warnings.length === 0 || areOutcomeCodes(input.codes ?? [])) return checked;
    // Without the right to read the matrix, the warning remains.
    const matrix = await this.#deps.catalog.matrix(input.campaignId).catch(() => undefined);
    return checkRequest(input, now, matrix?.dispositionCodes.map(({ id }) => id) ?? [], reachDays);
  }

  /**
   * Begins a retrieval; returns an unended one of the same campaign, window and codes instead when there is one.
   * @param turnOf the process that has the turn of the campaign's schedule; this ends the turn. Throws StoreError `not_owner`
   * when another one has it
   */
  async submit(
    request: RetrievalRequest,
    actor = this.#deps.actor,
    turnOf?: string,
  ): Promise<{ readonly retrieval: Retrieval; readonly earlier: boolean }> {
    const { ledger, clock, random, source, scope } = this.#deps;
    requireSupported("list ended calls", source.capability);
    const { jobId, earlier } = await ledger.begin({
      jobId: newId("job", clock.now(), random),
      campaignId: request.campaignId,
      from: request.from,
      to: request.to,
      codes: request.codes,
      pageLimit: request.limit,
      actor,
      windows: splitWindows(request),
      scope,
      turnOf,
    });
    return { retrieval: await this.find(jobId), earlier };
  }

  /**
   * Requests for the days before `request` in which something changed since `since`: changes that come later than a schedule's
   * overlap. Empty where the tenant does not say what changed. Consecutive days are one request. Throws TenantError
   */
  async changed(request: RetrievalRequest, since: number): Promise<readonly RetrievalRequest[]> {
    const { source, clock } = this.#deps;
    const { campaignId, from: before } = request;
    const earliest = earliestStart(clock.now(), source.reachDays);
    const days = (await source.changedDays?.(campaignId, { since, before })) ?? [];
    const ranges: { from: number; to: number }[] = [];
    for (const day of days) {
      const last = ranges.at(-1);
      if (last !== undefined && last.to === day) last.to = day + DAY_MS;
      else ranges.push({ from: day, to: day + DAY_MS });
    }
    return ranges.map((range) => ({ ...request, from: Math.max(range.from, earliest), to: Math.min(range.to, before) }));
  }

  /**
   * Whether the tenant has no call of a window, and nothing that counts them says otherwise. False also when that cannot be found out: a retrieval
   * does. Never rejects.
   */
  async isEmpty(request: RetrievalRequest, signal: AbortSignal): Promise<boolean> {
    const { source } = this.#deps;
    const { campaignId, codes, limit } = request;
    try {
      for (const { from, to } of splitWindows(request)) {
        const [startDateTime, endDateTime] = [new Date(from).toISOString(), new Date(to).toISOString()];
        const asked = {
          campaignId,
          startDateTime,
          endDateTime,
          limit,
          ...(codes === null ? {} : { dispositionCode: [...codes] }),
        };
        for await (const _ of source.calls(asked, { signal })) return false;
      }
      const compared = await numbersFor(this.#deps, { jobId: "", ...request }, { signal });
      const { doubt, short } = comparedOf({ calls: 0, compared, codes });
      return !short && (codes !== null || doubt === null);
    } catch {
      return false;
    }
  }

  /** Throws OperationError `job_not_found`. */
  find(jobId: string): Promise<Retrieval> {
    return findRetrieval(this.#deps.ledger, jobId);
  }

  /** The newest retrieval that has not ended, of one campaign or of all. */
  async unended(campaignId?: string): Promise<Retrieval | undefined> {
    return (await this.#deps.ledger.list({ campaignId, status: ["ready", "running", "stopped"], limit: 1 }))[0];
  }

  /**
   * Cancels one that nobody runs, because its window ends after the present: the vendor would refuse it whenever it is asked.
   * @returns it as it ended; undefined when a process runs it, or it has ended by now
   */
  async giveUpAhead(retrieval: Retrieval): Promise<Retrieval | undefined> {
    const { ledger, clock } = this.#deps;
    const { jobId } = retrieval;
    const reason = endsAhead(retrieval.to, clock.now());
    const audit = auditEntry(this.#deps.actor, "outcomes.given_up", retrieval, { status: "cancelled", reason: reason.message });
    return (await ledger.giveUp({ jobId, reason, audit })) ? this.find(jobId) : undefined;
  }

  /**
   * Runs a retrieval to its end, or follows the process that does. Waits while another one of the campaign is reading a part of
   * the same window.
   * @returns the retrieval as it ended; `stopped` when rights are missing, the tenant is away, or the run was interrupted
   */
  async run(jobId: string, onProgress?: (progress: RetrievalProgress) => void): Promise<Retrieval> {
    const { runs } = this.#deps;
    const seen = await this.find(jobId);
    if (ENDED.includes(seen.status)) return seen;
    let active: RetrievalRun | undefined;
    await runs.run(jobId, async (here) => {
      active = here ? this.#active.get(jobId) : undefined;
      if (active !== undefined) onProgress?.(active.progress);
      else if (!here) onProgress?.(watching(await this.find(jobId)));
    });
    if (active !== undefined) onProgress?.(active.progress);
    return this.find(jobId);
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const retrieval = await this.find(jobId);
    const observedAfter = await this.#deps.ledger.observedUpto(retrieval.campaignId);
    const active = new RetrievalRun(this.#deps, this.#downloads, { retrieval, observedAfter, leave });
    this.#active.set(jobId, active);
    try {
      await this.#recordStart(retrieval, run);
      await active.read(step);
    } finally {
      this.#active.delete(jobId);
      active.end();
    }
  }

  async #onEnded(jobId: string): Promise<void> {
    const ended = await this.find(jobId);
    if (!ENDED.includes(ended.status) || ended.status === "cancelled") return;
    await this.#tidy(ended);
    await this.#deps.onEnded?.(ended);
  }

  /** Releases a retrieval that this process cannot continue. */
  async #letGo(jobId: string, executor: string, error: StopReason): Promise<void> {
    const { ledger, jobs } = this.#deps;
    const retrieval = await this.find(jobId);
    if (retrieval.status === "cancelled") return jobs.letGo(jobId, executor, error);
    const audit = auditEntry(this.#deps.actor, "outcomes.stopped", retrieval, { status: "stopped", error: error.code });
    await ledger.end({ jobId, executor, status: "stopped", error, audit });
  }

  /** Merges small files and removes leftovers. A failure does no harm: the next run tries again. */
  async #tidy({ campaignId, from, to }: Retrieval): Promise<void> {
    const { lake, warn } = this.#deps;
    try {
      await lake.compact({ campaignId, from, to, minParts: MERGE_PARTS });
      await lake.sweep(LEFTOVER_MS, SWEEP_MS);
    } catch (thrown) {
      warn(`the lake was not tidied: ${messageOf(thrown)}`);
    }
  }

  async #recordStart(retrieval: Retrieval, run: number): Promise<void> {
    const { record, replicaId, actor } = this.#deps;
    await record(auditEntry(actor, "outcomes.retrieve", retrieval, { run, replica: replicaId, limit: retrieval.pageLimit }));
  }
}

/** The progress of a retrieval that another process runs. */
function watching({ campaignId, totals }: Retrieval): RetrievalProgress {
  const { windows, windowsDone, pagesOk, rows, pagesFailed } = totals;
  return { campaignId, windows, windowsDone, pages: pagesOk, rows, failures: pagesFailed, phase: "watching" };
}
