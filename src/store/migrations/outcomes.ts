// Retrievals of outcomes, files of the lake, reports, and what the CRM was told.

export const outcomes = `
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
  compliance_hash text,
  -- [{by, count, share, certain}]; null before the end, and for retrievals of earlier versions.
  compared json
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
  attempts bigint not null default 0,
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
  next_at timestamptz not null,
  -- The process that has taken the turn and not yet begun its retrieval.
  turn_of text collate "C"
);

-- A conversion as it was reported. A further row is written when a later report of the same says something else.
create table outdial.reported_figures (
  id bigint generated always as identity primary key,
  -- Which calls, apart from the period: canonical JSON.
  scope text not null,
  definition text not null,
  -- From here on until before there, ms since the epoch.
  from_ms bigint not null,
  to_ms bigint not null check (to_ms > from_ms),
  calls bigint not null,
  counts jsonb not null,
  reported_at timestamptz not null
);
-- A prefix, because an index entry has a limit and a list of campaigns has none.
create index reported_figures_latest on outdial.reported_figures (left(scope, 200) collate "C", from_ms, to_ms, id);

create table outdial.crm_announcements (
  run_id text collate "C" primary key,
  announced_at timestamptz not null
);

-- The version of each call that the CRM has, by the SHA-256 of its canonical record.
create table outdial.crm_acknowledged (
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_hour timestamptz not null,
  digest text not null,
  acknowledged_at timestamptz not null,
  -- The job that brought the version; null for one that was brought before pushes were jobs.
  job_id text collate "C",
  primary key (campaign_id, call_id)
) with (fillfactor = 80);
create index crm_acknowledged_by_hour on outdial.crm_acknowledged (campaign_id, start_hour);

-- Versions of calls that the CRM will not have. They are sent again when they change, or when asked for.
create table outdial.crm_refused (
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_hour timestamptz not null,
  digest text not null,
  status smallint not null,
  reason text not null,
  refused_at timestamptz not null,
  primary key (campaign_id, call_id)
);

-- What the CRM refused of a push, in the order in which it did. It stays when a later push replaces the version.
create table outdial.crm_push_refusals (
  job_id text collate "C" not null references outdial.jobs on delete cascade,
  -- From 1 on.
  line integer not null,
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_time timestamptz not null,
  digest text not null,
  status smallint not null,
  reason text not null,
  primary key (job_id, line)
);
create index crm_push_refusals_by_call on outdial.crm_push_refusals (job_id, campaign_id, call_id);

-- As long as the lake has the day's calls.
create table outdial.told_dials (
  campaign_id text collate "C" not null,
  -- In UTC.
  day date not null,
  -- By quarter of an hour, 96; null where the tenant did not say.
  dials integer[] not null,
  -- Calling lists of the campaign when it was read last, and those of before that the tenant no longer had.
  lists text[] not null,
  gone text[] not null,
  told_at timestamptz not null,
  primary key (campaign_id, day)
);
`;
