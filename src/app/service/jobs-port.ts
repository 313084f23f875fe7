// Jobs as the service's routes act on them.

import {
  type Corrections,
  cancelJob,
  createStoreRecords,
  DISPOSITIONS,
  ENDED,
  OperationError,
  readMatrix,
  readTree,
  refuseCancelled,
  rowJobOf,
  TAG,
  type Tagging,
  validateCorrections,
  validateTagging,
} from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { type JobStatus, RETRIEVE } from "../../store/index.ts";
import { type Correlator, noteRequest, requestOf } from "../correlation.ts";
import { resultRows } from "../result-rows.ts";
import type { Workplace } from "../workplace.ts";

type JobsPort = ReturnType<ServerPorts["work"]["jobs"]>;

/** States in which rows may be left that nobody sends. */
const LEFT: readonly JobStatus[] = ["stopped", "failed", "cancelled"];

const KINDS = [TAG, DISPOSITIONS, RETRIEVE];

export interface JobEngines {
  readonly tagging: Tagging;
  readonly corrections: Corrections;
}

export function jobsPort(
  { config, store, tenant, replica, runs }: Workplace,
  engines: JobEngines,
  correlator: Pick<Correlator, "current">,
): JobsPort {
  const { tagging, corrections } = engines;
  const rowJobs = createStoreRecords(store.jobs, [TAG, DISPOSITIONS]);
  const anyJobs = createStoreRecords(store.jobs, KINDS);
  const job = async (id: string) => {
    const found = await store.jobs.getJob(id);
    if (found !== undefined && KINDS.includes(found.kind)) return found;
    throw new OperationError("job_not_found", `there is no job ${id}`);
  };
  const { dispositionCatalog: catalog, interactionDispositions } = tenant.capabilities;
  return {
    async list({ limit, after, kind }) {
      const kinds = kind === undefined ? KINDS : KINDS.filter((one) => one === kind);
      const last = after === undefined ? undefined : await job(after);
      return store.jobs.listJobs({ kinds, limit, ...(last === undefined ? {} : { after: last }) });
    },
    async get(id) {
      const found = await job(id);
      const retrieval = found.kind === RETRIEVE ? await store.retrievals.get(id) : undefined;
      const rows = found.kind === RETRIEVE ? undefined : rowJobOf(found);
      const rowsLeft = rows !== undefined && LEFT.includes(found.status) ? await rowJobs.rowsLeft(rows, found.counts) : undefined;
      const requestId = await requestOf(store.audit, id);
      return { job: found, rows, rowsLeft, retrieval, running: (await runs.standingOf(id)).running, requestId };
    },
    async rows(id, only, most) {
      const { kind } = await job(id);
      return { kind, rows: resultRows(store, id, only, { kind, most }) };
    },
    async start(id) {
      const found = await job(id);
      const { status } = found;
      refuseCancelled(found);
      if (ENDED.includes(status)) return;
      if (status === "planning") throw new OperationError("job_state", `job ${id} is still being planned`);
      await runs.start(id);
    },
    async cancel(id, by) {
      await job(id);
      const record = () => store.audit.append([{ actor: by, action: "job.cancel", subject: id, job: id }]);
      await cancelJob(id, { jobs: anyJobs, replicas: replica, record, clock: config.clock });
    },
    validateTags: async (source, campaignId, sink) => validateTagging(source, await readMatrix(catalog, campaignId), sink),
    async submitTags(source, campaignId, given) {
      const { job: made, earlier } = await tagging.submit(source, campaignId, given);
      if (!earlier) await noteRequest(store.audit, made.id, given.actor, correlator.current);
      return { jobId: made.id, earlier };
    },
    validateCorrections: async (source, sink) => validateCorrections(source, await readTree(interactionDispositions), sink),
    async submitCorrections(source, given) {
      const { job: made, earlier } = await corrections.submit(source, given);
      if (!earlier) await noteRequest(store.audit, made.id, given.actor, correlator.current);
      return { jobId: made.id, earlier };
    },
  };
}
