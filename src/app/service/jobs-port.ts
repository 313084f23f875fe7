// Jobs as the service's routes act on them.

import {
  type Corrections,
  createStoreRecords,
  DISPOSITIONS,
  ENDED,
  OperationError,
  type Retrieving,
  readMatrix,
  readTree,
  rowJobOf,
  TAG,
  type Tagging,
  validateCorrections,
  validateTagging,
} from "../../operations/index.ts";
import type { ServerPorts } from "../../server/index.ts";
import { RETRIEVE } from "../../store/index.ts";
import { type Correlator, noteRequest, requestOf } from "../correlation.ts";
import { resultRows } from "../result-rows.ts";
import type { Workplace } from "../workplace.ts";
import type { Background } from "./background.ts";

type JobsPort = ReturnType<ServerPorts["work"]["jobs"]>;

const KINDS = [TAG, DISPOSITIONS, RETRIEVE];

export interface JobEngines {
  readonly tagging: Tagging;
  readonly corrections: Corrections;
  readonly retrieving: Retrieving;
}

export function jobsPort(
  { store, tenant }: Workplace,
  engines: JobEngines,
  background: Background,
  correlator: Pick<Correlator, "current">,
): JobsPort {
  const { tagging, corrections, retrieving } = engines;
  const rowJobs = createStoreRecords(store.jobs, [TAG, DISPOSITIONS]);
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
      const requestId = await requestOf(store.audit, id);
      return { job: found, rows, retrieval, running: background.has(id), requestId };
    },
    async rows(id, only, most) {
      const { kind } = await job(id);
      return { kind, rows: resultRows(store, id, only, { kind, most }) };
    },
    async start(id) {
      const { kind, status } = await job(id);
      if (ENDED.includes(status)) return;
      if (status === "planning") throw new OperationError("job_state", `job ${id} is still being planned`);
      if (kind === TAG) background.start(id, () => tagging.run(id));
      else if (kind === DISPOSITIONS) background.start(id, () => corrections.run(id));
      else background.start(id, () => retrieving.run(id));
    },
    async cancel(id, by) {
      const { status } = await job(id);
      if (ENDED.includes(status)) return;
      await rowJobs.cancel(id);
      await store.audit.append([{ actor: by, action: "job.cancel", subject: id, job: id }]);
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
