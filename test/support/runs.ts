// Runs of jobs without an engine: for tests of the ledgers alone.

import type { OwnedRun } from "../../src/store/index.ts";

/** A run that belongs to whoever takes it. */
export const anybodys = (jobId: string, run = 0): OwnedRun => ({
  jobId,
  run,
  workflow: jobId,
  owned: "select from (values ($1::text, $2::text)) as anybody",
});
