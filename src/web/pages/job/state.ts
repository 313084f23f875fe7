// What can be done with a job, and how far it is, by its state and kind. A state of jobs that is not named here does not compile. Pure.

import type { ApiTypes } from "../../../server/index.ts";

type Detail = ApiTypes.JobDetail;
type JobVerb = "resume" | "cancel";

const VERBS: Readonly<Record<Detail["status"], readonly JobVerb[]>> = {
  planning: ["cancel"],
  ready: ["resume", "cancel"],
  running: ["resume", "cancel"],
  stopped: ["resume", "cancel"],
  failed: ["resume", "cancel"],
  done: [],
  partly_failed: [],
  cancelled: [],
};

/** Those that would change something. Changes of settings and of campaigns go on elsewhere, and are not cut off in the middle. */
export function jobVerbs({ status, running, standing, change }: Pick<Detail, "status" | "running" | "standing" | "change">) {
  if (change !== null) return [];
  const isWorkedOn = running || standing === "here" || standing === "elsewhere";
  return VERBS[status].filter((verb) => verb === "cancel" || !isWorkedOn);
}

/** Jobs over the rows of a file have results of rows, and a push the records that were refused. */
export const hasRows = ({ kind }: Pick<ApiTypes.JobSummary, "kind">): boolean => kind === "tag" || kind === "dispositions";

/** How far it is in what it is counted by; a text where it is not counted. */
export function progressOf(
  job: Pick<Detail, "kind" | "status" | "totalRows" | "done" | "finishedAt">,
  retrieval: Detail["retrieval"] = null,
): { readonly done: number; readonly total: number; readonly what: string } | string {
  if (retrieval !== null) return { done: retrieval.windowsDone, total: retrieval.windows, what: "windows" };
  if (job.totalRows !== null) return { done: job.done, total: job.totalRows, what: "rows" };
  if (job.status === "planning") return hasRows(job) ? "counting rows" : "being planned";
  return job.finishedAt === null && job.status === "running" ? "under way" : "–";
}

/** Rows of a retrieval that could not be used, by how many; nothing where there are none. */
export function asideOf({ quarantined }: NonNullable<Detail["retrieval"]>): { readonly put_aside?: number } {
  const rows = Object.values(quarantined).reduce((sum, count) => sum + count, 0);
  return rows === 0 ? {} : { put_aside: rows };
}
