// Outcomes through a service: it retrieves and pushes, whether it is followed or not; its schedules are its own work.

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
  type RetrievalBegun,
  type RetrievalPlan,
  type RetrievalView,
  type ScheduleView,
  timeText,
} from "../../operations/views/index.ts";
import type { CrmPushes } from "../crm.ts";
import type { OutcomePulls } from "../outcome-pulls.ts";
import type { ServiceAddress } from "./address.ts";
import { FollowedAtService } from "./client.ts";
import type { FollowingOptions } from "./following.ts";

/** Outcomes at a service. Methods throw OutdialError with the service's code. */
export class ServiceOutcomes extends FollowedAtService implements OutcomePulls, CrmPushes {
  readonly #signal: AbortSignal;
  readonly runSchedules = undefined;

  constructor(address: ServiceAddress, given: FollowingOptions & { readonly signal: AbortSignal }) {
    super(address, given);
    this.#signal = given.signal;
  }

  plan(input: RetrievalInput): Promise<RetrievalPlan> {
    return this.client.ask("outcomes.plan", { body: sent(input), signal: this.#signal });
  }

  begin(input: RetrievalInput): Promise<RetrievalBegun> {
    return this.client.ask("outcomes.retrieve", { body: sent(input), signal: this.#signal });
  }

  show(id: string): Promise<RetrievalView> {
    return this.client.ask("outcomes.retrieval", { params: { id }, signal: this.#signal });
  }

  async unended(campaign?: string): Promise<RetrievalView | undefined> {
    for await (const one of this.client.items("outcomes.retrievals", { query: { campaign }, signal: this.#signal }))
      if (one.status === "stopped" || GOES_ON.some((status) => status === one.status)) return one;
    return undefined;
  }

  /** It goes on by itself with what was interrupted; what stopped is told to. */
  async goOn(id: string): Promise<void> {
    await this.client.ask("jobs.resume", { params: { id } });
  }

  run(id: string, onProgress: (progress: RetrievalProgress) => void): Promise<RetrievalView> {
    return this.following.through({
      look: (signal) => this.client.ask("outcomes.retrieval", { params: { id }, signal }),
      ended: ({ status }) => !GOES_ON.some((one) => one === status),
      onLook: ({ campaignId, windows, windowsDone, pages, rows, pagesFailed }) =>
        onProgress({ campaignId, windows, windowsDone, pages, rows, failures: pagesFailed, phase: "watching" }),
      again: `outdial outcomes runs ${id}`,
    });
  }

  async doubt(campaignId: string): Promise<string | undefined> {
    try {
      await this.client.ask("campaigns.show", { params: { id: campaignId }, signal: this.#signal });
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
      campaigns: [...campaigns],
      everyMinutes: everyMs / MINUTE_MS,
      overlapMinutes: overlapMs / MINUTE_MS,
      ...(staggerMs === undefined ? {} : { staggerMinutes: staggerMs / MINUTE_MS }),
      ...(lastMs === undefined ? {} : { firstHours: lastMs / HOUR_MS }),
      codes: codes === undefined ? undefined : [...codes],
      limit,
    };
    return (await this.client.ask("outcomes.scheduleAll", { body, signal: this.#signal })).warnings;
  }

  schedules(): Promise<readonly ScheduleView[]> {
    return this.client.list("outcomes.schedules", { signal: this.#signal });
  }

  /** The service delivers the events: what became of them is not part of the answer. */
  async push({ from, to, map, ...rest }: CrmPushRequest, { onBegun, onProgress, onRefused }: CrmPushOptions): Promise<CrmPushed> {
    if (map !== undefined)
      throw new OperationError("invalid_input", "--map does not go through a service: it has its own outcome map");
    const body = { ...rest, ...times({ from, to }) };
    const begun = await this.client.ask("outcomes.push", { body, signal: this.#signal });
    onBegun?.(begun);
    const params = { id: begun.jobId };
    const ended = await this.following.through({
      look: (signal) => this.client.ask("jobs.show", { params, signal }),
      ended: ({ status }) => !GOES_ON.includes(status),
      onLook: ({ push }) => {
        if (push !== null) onProgress?.(push, false);
      },
      again: `outdial jobs show ${begun.jobId} --wait`,
    });
    if (onRefused !== undefined) for await (const row of this.client.lines("jobs.rows", { params })) await onRefused(row);
    refuseUnended(ended);
    if (ended.push === null) throw new TypeError(`${begun.jobId} is no push`);
    const { announced, records, from: _from, to: _to, ...counts } = ended.push;
    return { ...begun, announced, delivery: null, records: records ? counts : null };
  }
}

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
  codes: codes === undefined ? undefined : [...codes],
  limit,
});
