// Stops in the order in which this database heard of them, also those of a command line without a store. What lets a campaign dial remembers the
// latest stop at the time when it was asked for: a stop after that one calls it off, whatever the clocks of the machines say.

import type { Migration } from "./migration.ts";

export const stopsGiven: Migration = {
  name: "stops in their order, and the latest one when a start was asked for",
  sql: `
create table outdial.stops_given (
  seq bigint primary key generated always as identity,
  stop_id text collate "C" not null unique,
  actor text not null,
  -- Ids of the campaigns that it is about; null for all of the tenant.
  scope json,
  at timestamptz not null
);
insert into outdial.stops_given (stop_id, actor, scope, at) select id, actor, scope, created_at from outdial.stops order by created_at, id;
alter table outdial.state_intents add column stop_mark bigint not null default 0;
update outdial.state_intents set stop_mark = coalesce((select max(seq) from outdial.stops_given g where g.at < coalesce(asked_at, created_at)), 0)
  where ended_at is null;
alter table outdial.campaign_applies add column stop_mark bigint not null default 0;
update outdial.campaign_applies set stop_mark = coalesce((select max(seq) from outdial.stops_given g where g.at < created_at), 0) where ended_at is null;
alter table outdial.failover_pairs add column order_mark bigint;
`,
};
