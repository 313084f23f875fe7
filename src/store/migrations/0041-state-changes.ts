// Changes of state that came of no intent: of the watch over failover pairs, of applied plans, of stops made without a store. And when an intent was
// last asked for.

import type { Migration } from "./migration.ts";

export const stateChanges: Migration = {
  name: "all changes of state that outdial made",
  sql: `
create table outdial.state_changes (
  id bigint primary key generated always as identity,
  campaign_id text collate "C" not null,
  target text not null check (target in ('active', 'paused')),
  actor text not null,
  reason text,
  -- When it was sent.
  at timestamptz not null
);
create index state_changes_latest on outdial.state_changes (campaign_id, at desc, id desc);
alter table outdial.state_intents add column asked_at timestamptz;
`,
};
