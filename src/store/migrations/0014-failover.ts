// Failover pairs with their state and history, and contacts that a campaign must not call because another one did.

import type { Migration } from "./migration.ts";

export const failover: Migration = {
  name: "failover pairs",
  sql: `
create table outdial.failover_pairs (
  primary_id text collate "C" primary key,
  backup_id text collate "C" not null check (backup_id <> primary_id),
  policy json not null,
  -- When the policy was last written.
  changed_at timestamptz not null,
  actor text not null,
  -- Where it stands; null before anybody looked.
  state json,
  -- Counts the writes of the state: whoever writes names the one it read.
  seq bigint not null default 0,
  phase text not null default 'watching',
  -- The replica that runs it, and when it last looked.
  executor text,
  looked_at timestamptz,
  -- What a person asks for, until it has been taken in.
  order_what text check (order_what in ('fail-over', 'fail-back')),
  order_by text,
  created_at timestamptz not null,
  removed_at timestamptz
);

create table outdial.failover_events (
  primary_id text collate "C" not null references outdial.failover_pairs on delete cascade,
  seq bigint not null,
  at timestamptz not null,
  event json not null,
  phase text not null,
  alarms json not null,
  primary key (primary_id, seq)
);

-- Numbers that a campaign must not call until a moment, because another one has called them.
create table outdial.handover_holds (
  campaign text collate "C" not null,
  number bigint not null,
  until timestamptz not null,
  primary_id text collate "C" not null,
  handover integer not null,
  primary key (campaign, number)
);
`,
};
