// Changes of dialer settings with their journal, dialer campaigns made from files.

import type { Migration } from "./migration.ts";

export const dialerChanges: Migration = {
  name: "changes of dialer settings",
  sql: `
create table outdial.dialer_changes (
  version integer primary key generated always as identity,
  -- null for settings that were found and are not our doing.
  job_id text collate "C" unique references outdial.jobs on delete cascade,
  kind text not null check (kind in ('observed', 'apply', 'rollback')),
  source_name text not null,
  actor text not null,
  settings_hash text not null,
  -- What was asked for, and after the end what is in force when it was applied.
  settings json not null,
  tag text,
  plan json,
  phase text not null,
  outcome text,
  message text,
  -- The revision did not hold: it is not tried again without being told to.
  rejected boolean not null default false,
  created_at timestamptz not null,
  ended_at timestamptz
);
-- One change at a time.
create unique index dialer_changes_open on outdial.dialer_changes ((true)) where ended_at is null;
create index dialer_changes_rejected on outdial.dialer_changes (settings_hash, version desc) where rejected;

create table outdial.dialer_events (
  job_id text collate "C" not null references outdial.dialer_changes (job_id) on delete cascade,
  seq integer not null,
  event json not null,
  at timestamptz not null,
  primary key (job_id, seq)
);

create table outdial.dialer_campaigns (
  content_hash text primary key,
  name text not null,
  source_name text not null,
  actor text not null,
  status text not null check (status in ('intended', 'created')),
  campaign_id text,
  created_at timestamptz not null
);
`,
};
