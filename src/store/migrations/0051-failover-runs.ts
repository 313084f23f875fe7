// Runs of the watch over failover pairs.

import type { Migration } from "./migration.ts";

export const failoverRuns: Migration = {
  name: "runs of the watch over failover pairs",
  // A pair that was watched before has had no run: the next process that finds it without a living one begins the first.
  sql: "alter table outdial.failover_pairs add column run integer not null default 0",
};
