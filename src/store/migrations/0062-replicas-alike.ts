// What each replica says of itself with its heartbeat: whether the tenant refuses its token, and digests of what all must have alike.
// And which receivers the store has: events are written for them by every process, also by one that is not set up with them.

import type { Migration } from "./migration.ts";

export const replicasAlike: Migration = {
  name: "replicas that are refused, and that differ",
  sql: `
alter table outdial.replicas add column refused json;
alter table outdial.replicas add column alike json not null default '{}';
alter table outdial.endpoints add column known_at timestamptz;
`,
};
