// Pushes to the CRM as jobs: begin one, run it to its end or follow the process that does, take it over from a dead process.

import { type Clock, newId, OutdialError, type RandomStream } from "../../kernel/index.ts";
import type { OutcomeLake, OutcomeMap } from "../../outcomes/index.ts";
import { type AuditInput, type CrmPushProgress, type Job, PUSH, type Store } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { ENDED } from "../jobs/record.ts";
import type { Kind, Running } from "../run/kind.ts";
import type { Membership } from "../run/members.ts";
import { reasonOf, type StopReason } from "../run/reason.ts";
import type { Runs } from "../run/runs.ts";
import { createCrmAnnouncer } from "./announce.ts";
import { type CrmPush, type CrmPushAsked, crmPushOf, hashOf, scopeOf } from "./asked.ts";
import { createCrmSender } from "./sender.ts";
import { pushToCrm } from "./upsert.ts";

/** Access to the CRM. */
export interface CrmAccess {
  readonly endpoint: Parameters<typeof createCrmSender>[0];
  /** Address for records; undefined when not configured. */
  readonly recordsUrl: string | undefined;
  /** The map of disposition codes: from a given file's text, otherwise the configured one. Throws MeaningError */
  readonly map: (given?: { readonly name: string; readonly text: string }) => Promise<OutcomeMap>;
}

interface CrmPushingDependencies {
  readonly store: Pick<Store, "crm" | "crmPushes" | "profile" | "retrievals" | "jobs" | "audit">;
  readonly lake: OutcomeLake;
  readonly access: CrmAccess;
  readonly runs: Runs;
  readonly members: Pick<Membership, "id" | "isDead">;
  /** See `Kind`. */
  readonly scope: string;
  readonly clock: Clock;
  readonly random: RandomStream;
}

/** Pushes to the CRM as jobs: begin, run or follow, find. Errors: OperationError, StoreError. */
export class CrmPushing {
  readonly #deps: CrmPushingDependencies;
  /** Pushes that run in this process, with their progress. */
  readonly #here = new Map<string, CrmPushProgress>();

  constructor(deps: CrmPushingDependencies) {
    this.#deps = deps;
  }

  /** The kind of run for the engine. */
  kind(): Kind {
    const { scope, store } = this.#deps;
    return {
      name: PUSH,
      scope,
      // A push of all campaigns and one of a single campaign exclude each other when they are taken.
      partition: ({ campaignId }) => (campaignId === null ? "push of all campaigns" : `push of ${campaignId}`),
      goOn: "go on with the same command, or with outdial jobs resume",
      take: (run, executor) => store.crmPushes.take(run, executor),
      body: (running) => this.#body(running),
    };
  }

  /**
   * Begins a push. When an equal one exists that no process works on, that one is returned, to be continued. An equal one that is
   * running is not returned: it may have passed newer calls.
   */
  async submit(asked: CrmPushAsked, actor: string): Promise<{ readonly job: Job; readonly earlier: boolean }> {
    const { store, clock, random, members, scope } = this.#deps;
    const { campaignId } = asked;
    const contentHash = hashOf(asked);
    const there = await store.jobs.findJobByContent({ kind: PUSH, campaignId, contentHash });
    if (there !== undefined && !ENDED.includes(there.status)) {
      const isAtWork = there.status === "running" && there.executor !== null && !(await members.isDead(there.executor));
      if (!isAtWork) return { job: there, earlier: true };
    }
    const jobId = newId("job", clock.now(), random);
    return { job: await store.crmPushes.begin({ jobId, campaignId, options: asked, contentHash, actor, scope }), earlier: false };
  }

  /** Throws OperationError `job_not_found`. */
  async find(jobId: string): Promise<CrmPush> {
    const job = await this.#deps.store.jobs.getJob(jobId);
    if (job?.kind === PUSH) return crmPushOf(job);
    throw new OperationError("job_not_found", `there is no push ${jobId}`, {
      advice: "outdial jobs list shows the jobs of this store.",
    });
  }

  /** Runs a push to its end, or follows the process that does. @returns the push when it has ended or is paused */
  async run(jobId: string, onProgress?: (progress: CrmPushProgress, here: boolean) => void): Promise<CrmPush> {
    const { status } = (await this.find(jobId)).job;
    if (ENDED.includes(status)) return this.find(jobId);
    await this.#deps.runs.run(jobId, async (here) => {
      if (onProgress !== undefined) onProgress(this.#here.get(jobId) ?? (await this.find(jobId)).progress, here);
    });
    const ended = await this.find(jobId);
    onProgress?.(ended.progress, false);
    return ended;
  }

  async #body({ jobId, run, step, leave }: Running): Promise<void> {
    const { store, members, lake, clock, random } = this.#deps;
    const { access } = this.#deps;
    const push = await this.find(jobId);
    const { asked, job } = push;
    const { actor } = job;
    const executor = members.id;
    await store.audit.append([this.#entry("crm.push.begin", push, { run, replica: executor, records: asked.records })]);
    const stopped = async (work: () => Promise<void>): Promise<StopReason | null> => {
      try {
        await work();
        return null;
      } catch (thrown) {
        if (!leave.halt.aborted && thrown instanceof OutdialError && STOPS.has(thrown.code)) return reasonOf(thrown);
        throw thrown;
      }
    };
    let { progress } = push;
    const announce = async () => {
      const map = await access.map();
      const announcer = createCrmAnnouncer({
        ledger: store.crm,
        retrievals: store.retrievals,
        profile: store.profile,
        lake,
        map,
        actor,
      });
      progress = { ...progress, announced: progress.announced + (await announcer.announceAll()) };
      await store.crmPushes.progress({ jobId, executor, progress });
    };
    const records = async () => {
      const { endpoint, recordsUrl: url } = access;
      if (url === undefined) throw noRecordsUrl();
      const map = await access.map(asked.map);
      const before = (await this.find(jobId)).progress;
      const sender = createCrmSender({ ...endpoint, url });
      const onProgress = (now: CrmPushProgress) => {
        progress = now;
        this.#here.set(jobId, now);
      };
      const ledger = store.crmPushes;
      const given = { lake, ledger, sender, map, clock, random, jobId, executor, actor, leave, before, onProgress };
      try {
        onProgress(await pushToCrm(given, scopeOf(asked)));
      } catch (thrown) {
        // The final progress is worth recording, but the reason of the end is more important.
        await ledger.progress({ jobId, executor, progress }).catch(() => undefined);
        throw thrown;
      } finally {
        // An aborted request need not be waited for.
        void sender.close().catch(() => undefined);
      }
      await ledger.progress({ jobId, executor, progress });
    };
    try {
      let stop = await step("announce", () => stopped(announce));
      if (asked.records) stop ??= await step("records", () => stopped(records));
      await step("close", async () => {
        await this.#close(jobId, stop);
        return null;
      });
    } finally {
      this.#here.delete(jobId);
    }
  }

  async #close(jobId: string, stop: StopReason | null): Promise<void> {
    const { store, members } = this.#deps;
    const push = await this.find(jobId);
    const { progress } = push;
    const isPartly = progress.refused + progress.refusedBefore > 0;
    const status = stop === null ? (isPartly ? "partly_failed" : "done") : "stopped";
    await store.crmPushes.end({
      jobId,
      executor: members.id,
      progress,
      status,
      error: stop ?? undefined,
      audit: this.#entry("crm.push", push, { status, ...(stop === null ? {} : { error: stop.code }), ...progress }),
    });
  }

  #entry(action: string, { job, asked }: CrmPush, details: Record<string, unknown>): AuditInput {
    const { campaignId, from, to } = asked;
    const window = { from: textOf(from), to: textOf(to) };
    const about = { ...(campaignId === undefined ? {} : { campaign: campaignId }), ...window };
    return { actor: job.actor, action, subject: campaignId ?? "all campaigns", job: job.id, details: { ...about, ...details } };
  }
}

/** Errors that pause a push; the engine handles all others. */
const STOPS: ReadonlySet<string> = new Set(["receiver_refuses", "receiver_unavailable", "invalid_input"]);

const textOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** The error for a push of records where no address for them is configured. */
export const noRecordsUrl = (): OperationError =>
  new OperationError("invalid_input", "the CRM has no address for records", {
    advice: "Set webhooks.crm.recordsUrl in outdial.yaml, or OUTDIAL_CRM_RECORDS_URL.",
  });
