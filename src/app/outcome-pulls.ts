// Retrievals as commands see them, in the schemas of the API: in this process, or at a service.

import {
  checkRequest,
  type Interruption,
  type RetrievalInput,
  type RetrievalProgress,
  type Rhythm,
} from "../operations/index.ts";
import {
  type RetrievalBegun,
  type RetrievalPlan,
  type RetrievalView,
  retrievalPlanOf,
  retrievalViewOf,
  type ScheduleView,
} from "../operations/views/index.ts";
import { REACH_DAYS } from "../tenant/port.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { openOutcomes } from "./outcomes.ts";

/** Retrievals that are begun and followed. */
export interface OutcomePulls extends AsyncDisposable {
  /** Begins a retrieval; the same one that has not ended comes back. Throws OperationError `invalid_input` */
  begin(input: RetrievalInput): Promise<RetrievalBegun>;
  /** Throws OperationError `job_not_found`. */
  show(id: string): Promise<RetrievalView>;
  /** The newest that has not ended, of one campaign or of all. */
  unended(campaignId?: string): Promise<RetrievalView | undefined>;
  /** Lets one that stopped continue, where that needs an order. */
  goOn(id: string): Promise<void>;
  /** Runs a retrieval to its end, or follows the process that does. @returns the retrieval as it ended or stopped */
  run(id: string, onProgress: (progress: RetrievalProgress) => void): Promise<RetrievalView>;
  /** Why a campaign may have no calls, as a sentence; undefined when its tenant knows it, or does not say. */
  doubt(campaignId: string): Promise<string | undefined>;
  /** Retrieves campaigns at regular times. @returns what is doubtful about the request. Throws OperationError `invalid_input` */
  setSchedules(
    campaignIds: readonly string[],
    input: Omit<RetrievalInput, "campaignId">,
    rhythm: Rhythm,
  ): Promise<readonly string[]>;
  schedules(): Promise<readonly ScheduleView[]>;
  /** Carries out the schedules of campaigns until it is interrupted. Undefined at a service, which does so by itself. */
  readonly runSchedules:
    | ((options: {
        readonly campaignIds: readonly string[];
        readonly onProgress: (progress: RetrievalProgress) => void;
        readonly onRun: (run: { readonly retrieval: RetrievalView } | { readonly failed: unknown }) => Promise<void>;
      }) => Promise<void>)
    | undefined;
  /** Stops what runs in this process early and in order, or stops following what a service runs. */
  interrupt(): Interruption;
}

/** Retrievals in this process. Disposing closes what they need. */
export async function openOutcomePulls(
  flags: Flags,
  environment: Environment,
  options: Parameters<typeof openOutcomes>[2],
): Promise<OutcomePulls> {
  const runtime = await openOutcomes(flags, environment, options);
  const { retrieving } = runtime;
  return {
    async begin(input) {
      const { request, warnings } = await retrieving.check(input);
      const { retrieval, earlier } = await retrieving.submit(request);
      return { jobId: retrieval.jobId, earlier, warnings };
    },
    show: async (id) => retrievalViewOf(await retrieving.find(id)),
    async unended(campaignId) {
      const found = await retrieving.unended(campaignId);
      return found === undefined ? undefined : retrievalViewOf(found);
    },
    goOn: () => Promise.resolve(),
    run: async (id, onProgress) => retrievalViewOf(await retrieving.run(id, onProgress)),
    doubt: (campaignId) => runtime.doubt(campaignId),
    setSchedules: (campaignIds, input, rhythm) => runtime.setSchedules(campaignIds, input, rhythm),
    schedules: () => runtime.known.schedules(),
    runSchedules: ({ onRun, ...rest }) =>
      runtime.runSchedules({
        ...rest,
        onRun: (run) => onRun("failed" in run ? run : { retrieval: retrievalViewOf(run.retrieval) }),
      }),
    interrupt: () => runtime.interrupt(),
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

/**
 * What retrievals would ask the tenant for; no request is sent. Throws OperationError `invalid_input`; OutdialError for a
 * configuration that cannot be read.
 */
export async function planPulls(
  flags: Flags,
  environment: Environment,
  inputs: readonly RetrievalInput[],
  now: number,
): Promise<readonly RetrievalPlan[]> {
  const { profile } = await loadConfig(flags, environment);
  return inputs.map((input) => retrievalPlanOf(checkRequest(input, now, [], REACH_DAYS[profile])));
}
