// outdial jobs.

import { databaseUrl, type Register, tenantUrl } from "./tools.ts";

export const registerJobs: Register = (program, { action }) => {
  const jobs = program.command("jobs").description("jobs and their results");
  action(
    jobs.command("list").description("jobs, newest first").option("--limit <number>", "how many", "20").addOption(databaseUrl()),
    async () => (await import("../commands/jobs.ts")).listJobs,
  );
  action(
    jobs
      .command("show")
      .argument("<id>", "job id")
      .description("one job: state, counts, measurements; with --out its rows")
      .option("--out <file>", "write one NDJSON line per row with its result; - writes to stdout")
      .option("--result <result>", "only rows with this result")
      .addOption(databaseUrl()),
    async () => (await import("../commands/jobs.ts")).showJob,
  );
  action(
    jobs
      .command("resume")
      .argument("<id>", "job id")
      .description("go on with a job that was interrupted or stopped")
      .addOption(tenantUrl())
      .addOption(databaseUrl()),
    async () => (await import("../commands/jobs.ts")).resumeJob,
  );
  action(
    jobs
      .command("cancel")
      .argument("<id>", "job id")
      .description("stop a job for good; what was sent stays sent")
      .addOption(databaseUrl()),
    async () => (await import("../commands/jobs.ts")).cancelJob,
  );
};
