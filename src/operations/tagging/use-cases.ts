// What programs can do with calls: check a tagging before it is made, tag a list of calls, tag one.

import type { Context } from "../context.ts";
import type { ResultRow } from "../jobs/result-rows.ts";
import { type RowRunOptions, runOne, runRows, sourceOfRows } from "../jobs/rows.ts";
import type { JobRecordsUseCases } from "../jobs/use-cases.ts";
import type { JobDetail, PlanReport } from "../views/schemas/jobs.ts";
import { type CallTag, TAG_COLUMNS } from "./columns.ts";
import { requireWay } from "./instead.ts";

export type { CallTag } from "./columns.ts";

import { readMatrix, type Tagging, type TagSource, validateTagging } from "./service.ts";

/** Calls in memory, or a file of them. */
export type CallTags = readonly CallTag[] | TagSource;

/** Checks calls without sending, tags a list of them, or one. Errors: OperationError, TenantError, StoreError. */
export class TagUseCases {
  readonly #context: Pick<Context, "tenant" | "actor">;
  readonly #tagging: Tagging;
  readonly #records: JobRecordsUseCases;

  constructor(context: Pick<Context, "tenant" | "actor">, tagging: Tagging, records: JobRecordsUseCases) {
    this.#context = context;
    this.#tagging = tagging;
    this.#records = records;
  }

  /** Checks a tagging before it is made: each call against the campaign's dispositions. Nothing is sent. Throws TenantError. */
  async check(campaignId: string, calls: CallTags): Promise<PlanReport> {
    const { capabilities } = this.#context.tenant;
    requireWay(capabilities.dispositionWriter, undefined);
    const matrix = await readMatrix(capabilities, campaignId);
    return validateTagging(tagSource(calls), matrix);
  }

  /**
   * Tags calls, durably, to the end of the list. For the same list, the earlier job is returned with its results, and continues
   * where it stopped.
   * @returns the job; `rows` of the jobs gives the result of each call. Throws OperationError `invalid_input`, TenantError
   */
  run(campaignId: string, calls: CallTags, { by = this.#context.actor, ...options }: RowRunOptions = {}): Promise<JobDetail> {
    return runRows(this.#engine(campaignId), this.#records, tagSource(calls), { ...options, by });
  }

  /** Tags one call: a job with one row. Throws OutdialError with the code of what stopped it before it had a result. */
  one(campaignId: string, call: CallTag, { by = this.#context.actor }: Pick<RowRunOptions, "by"> = {}): Promise<ResultRow> {
    return runOne(this.#engine(campaignId), this.#records, tagSource([call]), by);
  }

  #engine(campaignId: string) {
    const tagging = this.#tagging;
    return {
      submit: (source: TagSource, options: { again: boolean; actor?: string }) => tagging.submit(source, campaignId, options),
      run: tagging.run.bind(tagging),
    };
  }
}

/** Calls in memory as the source of a job. */
export function tagSource(calls: CallTags): TagSource {
  if ("bytes" in calls) return calls;
  const rows = calls.map((call) => Object.fromEntries(TAG_COLUMNS.map(({ name, member }) => [name, call[member]])));
  return sourceOfRows(calls.length === 1 ? `call ${calls[0]?.callId}` : `${calls.length} calls`, rows);
}
