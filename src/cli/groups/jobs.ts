// outdial jobs.

import { command } from "../command.ts";
import { choice, file, flag, id, STORE, TENANT_AND_STORE, whole } from "../declare.ts";

const ID = id("<id>", "job id");

export const listJobs = command("list", STORE, {
  summary: "jobs, newest first",
  options: [
    choice("--kind <kind>", "only jobs of this kind, such as tag", async () => {
      const { JOB_FILTERS } = await import("../late.ts");
      return JOB_FILTERS.kind.unwrap().options;
    }),
    whole("--limit <number>", "how many", { from: 1, to: 1000, default: 20 }),
  ],
});

export const showJob = command("show", STORE, {
  summary: "one job: state, counts, measurements; with --out its rows",
  args: [ID],
  interrupted: "no longer followed: the job continues where it runs",
  options: [
    file("--out <file>", "write one NDJSON line per row with its result; - writes to stdout"),
    flag("--wait", "wait until the job has ended; the exit code is then that of the job"),
    choice("--result <result>", "only rows with this result", async () => (await import("../late.ts")).ITEM_RESULTS),
  ],
});

export const resumeJob = command(
  "resume",
  { ...TENANT_AND_STORE, tells: "place" },
  {
    summary: "continue a job that was interrupted or stopped",
    args: [ID],
  },
);

export const cancelJob = command("cancel", STORE, {
  summary: "stop a job for good; rows that were sent are not undone",
  args: [ID],
});
