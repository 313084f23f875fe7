// Outcomes through a service: it retrieves and pushes, whether it is followed or not; its schedules are its own work.

import { z } from "zod";
import { HOUR_MS, MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import {
  type CrmPushed,
  type CrmPushOptions,
  type CrmPushRequest,
  GOES_ON,
  OperationError,
  type RetrievalInput,
  type RetrievalProgress,
  type Rhythm,
  refuseUnended,
} from "../../operations/index.ts";
import {
  jobDetail,
  pushBegun,
  type QuarantinedRow,
  quarantinedRow,
  type RetrievalBegun,
  type RetrievalPlan,
  type RetrievalVerdict,
  type RetrievalView,
  resultRow,
  retrievalBegun,
  retrievalPlan,
  retrievalVerdict,
  retrievalView,
  type ScheduleView,
  schedulesSet,
  scheduleView,
  timeText,
} from "../../operations/views/index.ts";
import type { CrmPushes } from "../crm.ts";
import type { OutcomePulls, OutcomeRuns } from "../outcome-pulls.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService, type FollowingOptions } from "./following.ts";

/** All calls of the retrieval are read. */
const VERIFY_MS = 30 * MINUTE_MS;

/** Outcomes at a service. Methods throw OutdialError with the service's code. */
export class ServiceOutcomes extends FollowedAtService implements OutcomePulls, OutcomeRuns, CrmPushes {
  readonly #signal: AbortSignal;
  readonly runSchedules = undefined;

  constructor(address: ServiceAddress, given: FollowingOptions & { readonly signal: AbortSignal }) {
    super(address, given);
    this.#signal = given.signal;
  }

  plan(input: RetrievalInput): Promise<RetrievalPlan> {
    const asked = { method: "POST", body: sent(input), signal: this.#signal } as const;
    return this.client.json(retrievalPlan, "/outcomes/retrievals/preview", asked);
  }

  begin(input: RetrievalInput): Promise<RetrievalBegun> {
    const asked = { method: "POST", body: sent(input), signal: this.#signal } as const;
    return this.client.json(retrievalBegun, "/outcomes/retrievals", asked);
  }

  show(id: string): Promise<RetrievalView> {
    return this.client.json(retrievalView, retrievalPath(id), { signal: this.#signal });
  }

  list({ limit: most, campaignId: campaign }: Parameters<OutcomeRuns["list"]>[0]): Promise<readonly RetrievalView[]> {
    return this.client.list(retrievalView, "/outcomes/retrievals", { query: { campaign }, most, signal: this.#signal });
  }

  async unended(campaignId?: string): Promise<RetrievalView | undefined> {
    const asked = { query: { campaign: campaignId }, signal: this.#signal };
    for await (const one of this.client.items(retrievalView, "/outcomes/retrievals", asked))
      if (one.status === "stopped" || GOES_ON.some((status) => status === one.status)) return one;
    return undefined;
  }

  verify(id: string): Promise<RetrievalVerdict> {
    const asked = { method: "POST", body: {}, signal: this.#signal, withinMs: VERIFY_MS } as const;
    return this.client.json(retrievalVerdict, `${retrievalPath(id)}/verify`, asked);
  }

  async quarantine({ jobId }: Pick<RetrievalView, "jobId">): Promise<readonly QuarantinedRow[]> {
    const rows: QuarantinedRow[] = [];
    const path = `${retrievalPath(jobId)}/quarantine`;
    for await (const row of this.client.lines(quarantinedRow, path, { signal: this.#signal })) rows.push(row);
    return rows;
  }

  /** It goes on by itself with what was interrupted; what stopped is told to. */
  async goOn(id: string): Promise<void> {
    await this.client.json(jobDetail, `/jobs/${encodeURIComponent(id)}/resume`, { method: "POST", body: {} });
  }

  run(id: string, onProgress: (progress: RetrievalProgress) => void): Promise<RetrievalView> {
    return this.following.through({
      look: (signal) => this.client.json(retrievalView, retrievalPath(id), { signal }),
      ended: ({ status }) => !GOES_ON.some((one) => one === status),
      onLook: ({ campaignId, windows, windowsDone, pages, rows, pagesFailed }) =>
        onProgress({ campaignId, windows, windowsDone, pages, rows, failures: pagesFailed, phase: "watching" }),
      again: `outdial outcomes runs ${id}`,
    });
  }

  async doubt(campaignId: string): Promise<string | undefined> {
    try {
      await this.client.json(z.object({}), `/campaigns/id/${encodeURIComponent(campaignId)}`, { signal: this.#signal });
    } catch (thrown) {
      if (thrown instanceof OutdialError && thrown.code === "not_found") return `the tenant knows no campaign ${campaignId}`;
    }
    return undefined;
  }

  async setSchedules(
    campaigns: readonly string[],
    { lastMs, codes, limit }: Omit<RetrievalInput, "campaignId">,
    { everyMs, overlapMs, staggerMs }: Rhythm,
  ): Promise<readonly string[]> {
    const body = {
      campaigns,
      everyMinutes: everyMs / MINUTE_MS,
      overlapMinutes: overlapMs / MINUTE_MS,
      ...(staggerMs === undefined ? {} : { staggerMinutes: staggerMs / MINUTE_MS }),
      ...(lastMs === undefined ? {} : { firstHours: lastMs / HOUR_MS }),
      codes,
      limit,
    };
    const asked = { method: "PUT", body, signal: this.#signal } as const;
    return (await this.client.json(schedulesSet, "/outcomes/schedules", asked)).warnings;
  }

  schedules(): Promise<readonly ScheduleView[]> {
    return this.client.list(scheduleView, "/outcomes/schedules", { signal: this.#signal });
  }

  async removeSchedule(campaignId: string): Promise<boolean> {
    const path = `/outcomes/schedules/${encodeURIComponent(campaignId)}`;
    const answer = z.strictObject({ removed: z.boolean() });
    return (await this.client.json(answer, path, { method: "DELETE", signal: this.#signal })).removed;
  }

  /** The service delivers the events: what became of them is not part of the answer. */
  async push({ from, to, map, ...rest }: CrmPushRequest, { onBegun, onProgress, onRefused }: CrmPushOptions): Promise<CrmPushed> {
    if (map !== undefined)
      throw new OperationError("invalid_input", "--map does not go through a service: it has its own outcome map");
    const body = { ...rest, ...times({ from, to }) };
    const begun = await this.client.json(pushBegun, "/outcomes/push", { method: "POST", body, signal: this.#signal });
    onBegun?.(begun);
    const path = `/jobs/${encodeURIComponent(begun.jobId)}`;
    const ended = await this.following.through({
      look: (signal) => this.client.json(jobDetail, path, { signal }),
      ended: ({ status }) => !GOES_ON.includes(status),
      onLook: ({ push }) => {
        if (push !== null) onProgress?.(push, false);
      },
      again: `outdial jobs show ${begun.jobId} --wait`,
    });
    if (onRefused !== undefined) for await (const row of this.client.lines(resultRow, `${path}/rows`)) await onRefused(row);
    refuseUnended(ended);
    if (ended.push === null) throw new TypeError(`${begun.jobId} is no push`);
    const { announced, records, from: _from, to: _to, ...counts } = ended.push;
    return { ...begun, announced, delivery: null, records: records ? counts : null };
  }
}

const retrievalPath = (id: string): string => `/outcomes/retrievals/id/${encodeURIComponent(id)}`;

function times({ from, to }: Pick<RetrievalInput, "from" | "to">) {
  return {
    ...(from === undefined ? {} : { from: timeText(from) }),
    ...(to === undefined ? {} : { to: timeText(to) }),
  };
}

const sent = ({ campaignId, from, to, lastMs, codes, limit }: RetrievalInput) => ({
  campaignId,
  ...times({ from, to }),
  ...(lastMs === undefined ? {} : { lastHours: lastMs / HOUR_MS }),
  codes,
  limit,
});
