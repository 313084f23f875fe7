// Use cases of the CRM: it is sent an event for each retrieval, and the records that it does not have.

import { OutdialError } from "../../kernel/index.ts";
import type { LakeRange } from "../../outcomes/index.ts";
import { type CrmPushProgress, type Job, PUSH } from "../../store/index.ts";
import type { Context } from "../context.ts";
import { OperationError } from "../error.ts";
import type { DeliveryWorker } from "../events/worker.ts";
import { noteRequest } from "../jobs/request.ts";
import { resultRows } from "../jobs/result-rows.ts";
import { CANCELLED, type StopReason, stopOf } from "../run/reason.ts";
import type { ResultRow } from "../views/schemas/jobs.ts";
import { type CrmPushAsked, DEFAULT_BATCH } from "./asked.ts";
import { type CrmPushing, noRecordsUrl } from "./pushing.ts";

interface CrmParts {
  /** Makes pushes; throws OperationError `invalid_input` when no CRM is configured. */
  readonly pushing: () => CrmPushing;
  /** Whether there is an address for records. */
  readonly takesRecords: boolean;
  /** Reads and checks a map of disposition codes. Throws MeaningError */
  readonly readMap: (path: string) => Promise<NonNullable<CrmPushAsked["map"]>>;
  /** Delivers due events. */
  readonly deliver: () => ReturnType<DeliveryWorker["drain"]>;
  /** The id of the present request. */
  readonly requestId: () => string | undefined;
}

/** What is pushed: calls by start, both ends inclusive. */
export interface CrmPushRequest extends LakeRange {
  /** Also records, not only the events of retrievals. */
  readonly records: boolean;
  /** Most records per request, default 500. */
  readonly batch?: number | undefined;
  /** Also sends records that the CRM refused before. */
  readonly again?: boolean | undefined;
  /** File of a map of disposition codes instead of the configured one. */
  readonly map?: string | undefined;
}

interface CrmPushBegun {
  readonly jobId: string;
  /** An equal push had not ended: this is that one. */
  readonly earlier: boolean;
}

/** The result for the records of a push. */
export type CrmPushReport = Omit<CrmPushProgress, "announced">;

/** The result of a push. */
export interface CrmPushed extends CrmPushBegun {
  /** Events of retrievals queued. */
  readonly announced: number;
  /** Null when a service delivers them. */
  readonly delivery: Awaited<ReturnType<CrmParts["deliver"]>> | null;
  /** Null when no records were requested. */
  readonly records: CrmPushReport | null;
}

/** What is told of a push under way. */
export interface CrmPushOptions {
  readonly onBegun?: ((begun: CrmPushBegun) => void) | undefined;
  /** @param here whether this process runs it */
  readonly onProgress?: ((progress: CrmPushProgress, here: boolean) => void) | undefined;
  /** Called for each record that the CRM refused, when the push is over. */
  readonly onRefused?: ((refused: ResultRow) => Promise<void> | void) | undefined;
}

/** Tells the CRM of retrievals and pushes records to it. Errors: OperationError, StoreError. */
export class CrmUseCases {
  readonly #context: Pick<Context, "store" | "runs">;
  readonly #parts: CrmParts;

  constructor(context: Pick<Context, "store" | "runs">, parts: CrmParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** Begins a push and lets it run. Throws OperationError `invalid_input`, also without a CRM; MeaningError */
  async begin(request: CrmPushRequest, by: string): Promise<CrmPushBegun> {
    const begun = await this.#submit(request, by);
    await this.#context.runs.start(begun.jobId);
    return begun;
  }

  /**
   * Queues announcements, sends records if requested, and delivers due events, to the end, wherever it runs. Throws
   * OperationError `invalid_input`; OutdialError with the code of what stopped it: `receiver_refuses`, `receiver_unavailable`,
   * `interrupted`, `cancelled`, …
   */
  async push(request: CrmPushRequest, by: string, options: CrmPushOptions = {}): Promise<CrmPushed> {
    const begun = await this.#submit(request, by);
    options.onBegun?.(begun);
    const ended = await this.#parts.pushing().run(begun.jobId, options.onProgress);
    const { onRefused } = options;
    if (onRefused !== undefined)
      for await (const row of resultRows(this.#context.store, { id: begun.jobId, kind: PUSH }, {})) await onRefused(row);
    refuseUnended({ ...ended.job, stop: stopOf(ended.job.error) });
    const { announced, ...records } = ended.progress;
    const delivery = await this.#parts.deliver();
    return { ...begun, announced, delivery, records: request.records ? records : null };
  }

  async #submit({ records, campaignId, from, to, map, ...rest }: CrmPushRequest, by: string): Promise<CrmPushBegun> {
    const { pushing, takesRecords, readMap, requestId } = this.#parts;
    const pushes = pushing();
    if (records && !takesRecords) throw noRecordsUrl();
    if (from !== undefined && to !== undefined && from > to)
      throw new OperationError(
        "invalid_input",
        `the start ${new Date(from).toISOString()} is after the end ${new Date(to).toISOString()}`,
      );
    const asked: CrmPushAsked = {
      records,
      batch: rest.batch ?? DEFAULT_BATCH,
      again: rest.again ?? false,
      ...(campaignId === undefined ? {} : { campaignId }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(map === undefined ? {} : { map: await readMap(map) }),
    };
    const { job, earlier } = await pushes.submit(asked, by);
    if (!earlier) await noteRequest(this.#context.store.audit, job.id, by, requestId());
    return { jobId: job.id, earlier };
  }
}

/** Throws the reason when a push did not complete. */
export function refuseUnended({
  id,
  status,
  stop,
}: Pick<Job, "id" | "status"> & { readonly stop: StopReason | null | undefined }): void {
  if (status === "done" || status === "partly_failed") return;
  if (status === "cancelled")
    throw new OutdialError(CANCELLED, `job ${id} was cancelled`, {
      advice: `outdial jobs show ${id} shows what it had sent.`,
    });
  if (status === "ready" || status === "running")
    throw new OutdialError("interrupted", `no longer followed: a service continues ${id}`);
  const { code, message, advice } = stop ?? { code: "internal", message: `job ${id} is ${status}` };
  throw new OutdialError(code, message, advice === undefined ? {} : { advice });
}
