// Which receivers the store has: events are written for them by every process, also by one that is not set up with them.

import type { Migration } from "./migration.ts";

export const storeReceivers: Migration = {
  name: "the receivers of the store",
  sql: "alter table outdial.endpoints add column known_at timestamptz;",
};
