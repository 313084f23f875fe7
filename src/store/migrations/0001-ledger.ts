// Jobs, their chunks and conflicts, and the truth about every item.

import type { Migration } from "./migration.ts";

export const ledger: Migration = {
  name: "job ledger",
  sql: `
create table outdial.jobs (
  id text collate "C" primary key,
  kind text not null,
  campaign_id text,
  source_name text not null,
  content_hash text not null,
  options json not null,
  actor text not null,
  status text not null check (status in ('planning','ready','running','done','partly_failed','failed','stopped','cancelled')),
  total_rows integer,
  counts jsonb not null default '{}',
  summary json,
  error json,
  executor text,
  -- How many times it was taken to be run; each time is a workflow of its own.
  run integer not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz
) with (fillfactor = 70);
create index jobs_by_time on outdial.jobs (created_at desc, id desc);
create index jobs_by_content on outdial.jobs (content_hash);

create table outdial.job_chunks (
  job_id text collate "C" not null references outdial.jobs on delete cascade,
  chunk_no integer not null,
  first_line integer not null,
  last_line integer not null,
  payload text not null,
  intent_upto integer not null default 0,
  done boolean not null default false,
  primary key (job_id, chunk_no)
) with (fillfactor = 80);

create table outdial.job_conflicts (
  job_id text collate "C" not null,
  line integer not null,
  other_line integer not null,
  primary key (job_id, line)
);

create table outdial.job_items (
  job_id text collate "C" not null,
  line integer not null,
  call_id text,
  result text not null check (result in ('tagged','unchanged','refused','duplicate','locked','not_found','unknown','failed')),
  status_code smallint,
  reason text,
  attempts smallint not null,
  latency_ms real,
  call_status text,
  finished_at timestamptz not null,
  primary key (job_id, line)
);
-- The few that people look for among the many that went well.
create index job_items_remarkable on outdial.job_items (job_id, result, line) where result not in ('tagged', 'unchanged');
`,
};
