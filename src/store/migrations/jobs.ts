// Jobs over rows, the processes that run them, and the budgets that they share.

export const jobs = `
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
  finished_at timestamptz,
  -- Jobs of before are of the only profile that there was.
  profile text not null default 'rest',
  -- Names the processes that may run it; null of one that was begun before this was noted.
  scope text collate "C",
  -- As the store was bound when the job was entered: a store can be bound to another name or address later. Nothing is known of jobs of before.
  tenant_name text,
  tenant_address text
) with (fillfactor = 70);
create index jobs_by_time on outdial.jobs (created_at desc, id desc);
create index jobs_by_content on outdial.jobs (content_hash);
create index jobs_standing on outdial.jobs (created_at desc, id desc) where status in ('stopped', 'failed');
create index jobs_by_kind on outdial.jobs (kind, created_at desc, id desc);

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
  result text not null check (result in ( 'tagged', 'contact_tagged', 'success', 'unchanged', 'recorded', 'duplicate', 'refused', 'validation_error', 'locked', 'conflict_persistent', 'exhausted_retries', 'not_found', 'forbidden', 'unknown', 'failed')),
  status_code smallint,
  reason text,
  attempts smallint not null,
  latency_ms real,
  call_status text,
  finished_at timestamptz not null,
  -- Bounded, without secrets and telephone numbers.
  vendor_body text,
  primary key (job_id, line)
);
create index job_items_remarkable on outdial.job_items (job_id, result, line) where result not in ('tagged', 'unchanged', 'success');

create table outdial.replicas (
  id text primary key,
  pid integer not null,
  host text not null,
  interval_ms integer not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  scopes text[] not null default '{}',
  refused json,
  alike json not null default '{}'
) with (fillfactor = 50);

-- One row for each line that came as far as a write.
create table outdial.interaction_changes (
  job_id text collate "C" not null references outdial.jobs on delete cascade,
  line integer not null,
  interaction_id text not null,
  -- The version the last write was announced upon, what stood there, and what it was to store: JSON arrays of entries.
  base_tag text not null,
  before json not null,
  intended json not null,
  announced_at timestamptz not null,
  -- What was read of it last.
  stored json,
  primary key (job_id, line)
);
create index interaction_changes_by_interaction on outdial.interaction_changes (interaction_id, announced_at desc);

-- Budgets that processes share: worth nothing after a crash.
create unlogged table outdial.rate_limits (
  scope text not null,
  family text not null,
  -- Permits that nobody held at this time.
  permits float8 not null,
  counted_at timestamptz not null,
  primary key (scope, family)
);

create unlogged table outdial.rate_parts (
  scope text not null,
  family text not null,
  -- A process.
  holder text not null,
  -- Of the limit, 0 to 1.
  part float8 not null,
  -- By lane, in order of precedence: parts of the limit.
  demand float8[] not null,
  held_until timestamptz not null,
  primary key (scope, family, holder)
);

-- The shape in which the tenant answered each operation when it was last looked at.
create table outdial.reply_shapes (
  operation text collate "C" primary key,
  shape text not null,
  seen_at timestamptz not null
);

-- What is kept of a tenant (campaigns, settings, figures, outcomes) has no tenant in its rows: there is one.
create table outdial.tenant_of_store (
  single boolean primary key default true check (single),
  -- Of the configuration; null where it has one tenant without a name.
  name text,
  -- The origin of its address.
  address text not null,
  since timestamptz not null
);
`;
