// The heartbeats of the processes that work on this database.

import type { Migration } from "./migration.ts";

export const replicas: Migration = {
  name: "replicas",
  sql: `
create table outdial.replicas (
  id text primary key,
  pid integer not null,
  host text not null,
  interval_ms integer not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null
) with (fillfactor = 50);
`,
};
