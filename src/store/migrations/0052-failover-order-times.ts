// When a person ordered a hand-over: a stop that is given after it applies.

import type { Migration } from "./migration.ts";

export const failoverOrderTimes: Migration = {
  name: "times of the orders to hand over",
  sql: "alter table outdial.failover_pairs add column order_at timestamptz",
};
