// Which process works on a job, according to the store.

import type { Job } from "../../store/index.ts";
import { isLeft } from "./left.ts";
import type { Membership } from "./members.ts";

/**
 * Who works on a job: this process; another one; nobody yet, because it was just begun or its process is gone; nobody until a
 * person continues it.
 */
export type Standing = "here" | "elsewhere" | "waiting" | "still";

/** Who works on a job, and whether it is under way. */
export async function standingOf(
  job: Pick<Job, "status" | "executor" | "error" | "run">,
  { isHere, members }: { readonly isHere: boolean; readonly members: Pick<Membership, "isDead"> },
): Promise<{ readonly standing: Standing; readonly running: boolean }> {
  const standing = isHere ? "here" : await awayFrom(job, members);
  return { standing, running: standing === "here" || (standing === "waiting" && job.status === "ready") };
}

async function awayFrom(
  job: Pick<Job, "status" | "executor" | "error" | "run">,
  members: Pick<Membership, "isDead">,
): Promise<Standing> {
  if (isLeft(job) || (job.status === "ready" && job.run > 0)) return "waiting";
  if (job.status !== "running") return "still";
  return job.executor === null || (await members.isDead(job.executor)) ? "waiting" : "elsewhere";
}
