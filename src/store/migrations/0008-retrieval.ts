// Retrievals of outcomes: what was asked, how far each window got, which files the lake consists of, what is retrieved regularly.

import type { Migration } from "./migration.ts";

export const retrieval: Migration = {
  name: "retrieval of outcomes",
  sql: `
-- One row beside each job of the kind 'retrieve'.
create table outdial.retrievals (
  job_id text collate "C" primary key references outdial.jobs on delete cascade,
  campaign_id text not null,
  -- Earliest and latest start of the calls asked for, ms since the epoch, both inclusive.
  from_ms bigint not null,
  to_ms bigint not null check (to_ms >= from_ms),
  codes text[],
  page_limit integer not null,
  -- Calls brought, each once; SHA-256 over them. Known at the end.
  calls bigint,
  compliance_hash text
);
create index retrievals_by_campaign on outdial.retrievals (campaign_id, job_id desc);

create table outdial.retrieval_windows (
  job_id text collate "C" not null references outdial.retrievals on delete cascade,
  no integer not null,
  from_ms bigint not null,
  to_ms bigint not null,
  done boolean not null default false,
  -- The page to ask for next; null asks for the first one.
  page_token text,
  page_size integer not null,
  pages_ok integer not null default 0,
  pages_failed integer not null default 0,
  restarts integer not null default 0,
  rows bigint not null default 0,
  unfinished bigint not null default 0,
  earliest_unfinished bigint,
  quarantined jsonb not null default '{}',
  bytes bigint not null default 0,
  page_ms double precision not null default 0,
  observed_upto bigint,
  primary key (job_id, no)
) with (fillfactor = 50);

create table outdial.lake_files (
  path text collate "C" primary key,
  kind text not null check (kind in ('part', 'head', 'history', 'quarantine')),
  campaign_id text not null,
  day text collate "C" not null,
  rows bigint not null,
  bytes bigint not null,
  run_id text,
  added_at timestamptz not null,
  removed_at timestamptz
);
create index lake_files_live on outdial.lake_files (campaign_id, day) where removed_at is null;

create table outdial.retrieval_schedules (
  campaign_id text primary key,
  every_ms bigint not null check (every_ms > 0),
  codes text[],
  page_limit integer not null,
  overlap_ms bigint not null,
  -- How far back the first retrieval goes.
  first_ms bigint not null,
  -- Calls that started before are retrieved, but for what comes late.
  read_to bigint,
  actor text not null,
  next_at timestamptz not null
);
`,
};
