// The service: who may, requests and approvals, inbound events, what needs attention, and the feed of its pages.

export const service = `
create table outdial.api_tokens (
  id text collate "C" primary key,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  -- SHA-256 of the token; the token itself is nowhere.
  hash bytea not null unique,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  person text
);
-- A name means one person or program: what the audit says must not be ambiguous.
create unique index api_tokens_name on outdial.api_tokens (name) where revoked_at is null;

create table outdial.login_codes (
  hash bytea primary key,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table outdial.sessions (
  id text collate "C" primary key,
  hash bytea not null unique,
  -- The value before the last rotation, accepted a little longer: requests under way still carry it.
  previous_hash bytea unique,
  rotated_at timestamptz not null,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  -- The token it was opened with: a session does not outlive it.
  token_id text collate "C" references outdial.api_tokens on delete cascade,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  -- The name that the sign-in provider's subject gives; null where it is not known whose a token or a session is.
  person text,
  label text
);

create table outdial.idempotency_keys (
  principal text not null,
  key text not null,
  request_hash bytea not null,
  -- Null while the first request is at work.
  status integer,
  body text,
  created_at timestamptz not null,
  -- Until then nobody else may try; a process that died leaves it behind.
  locked_until timestamptz not null,
  -- What it wrote: a repetition of one whose answer was lost is not carried out a second time.
  wrote json,
  primary key (principal, key)
);
create index idempotency_keys_age on outdial.idempotency_keys (created_at);

create table outdial.approvals (
  id text collate "C" primary key,
  operation text not null,
  summary text not null,
  confirm text not null,
  -- The request as it came: parameters, query and body.
  request json not null,
  requested_by text not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  state text not null check (state in ('pending', 'approved', 'rejected', 'failed', 'interrupted', 'outcome_unknown')),
  decided_by text,
  decided_at timestamptz,
  message text,
  -- Null for what was asked for before plans were kept.
  plan json,
  -- So that nobody is their own second person.
  requested_person text,
  executor text collate "C",
  job_id text collate "C" references outdial.jobs on delete set null,
  -- It is not carried out after that token has ended.
  requested_token text collate "C" references outdial.api_tokens on delete set null
);
create index approvals_age on outdial.approvals (requested_at desc, id);
create index approvals_carried_out on outdial.approvals (executor) where executor is not null;
create index approvals_job on outdial.approvals (job_id) where job_id is not null;

-- The feed. Read in the order (tx, id) up to the oldest transaction under way, so that a late commit is never behind a reader.
create table outdial.service_events (
  id bigint primary key generated always as identity,
  tx xid8 not null default pg_current_xact_id(),
  type text not null,
  body json not null,
  created_at timestamptz not null default clock_timestamp()
);
create index service_events_order on outdial.service_events (tx, id);

-- One row: until when the feed is written, and up to where it was cleared away.
create table outdial.service_feed (
  one boolean primary key default true check (one),
  until timestamptz not null,
  floor_tx xid8 not null,
  floor_id bigint not null
);

create table outdial.inbound_events (
  id bigint generated always as identity primary key,
  channel text not null check (channel in ('omnichannel', 'dialer')),
  event_id text collate "C" not null,
  type text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  -- As it came, JSON.
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'done', 'ignored', 'aside')),
  attempts integer not null default 0,
  -- When it may be claimed next: a claim moves it to the claim's end.
  next_attempt_at timestamptz,
  claimed_by text,
  -- Why it was put aside, or what the last attempt failed with.
  reason text,
  settled_at timestamptz
) with (fillfactor = 80);
-- What makes a repetition one, for as long as the row is kept.
create unique index inbound_once on outdial.inbound_events (channel, event_id);
create index inbound_due on outdial.inbound_events (next_attempt_at, id) where status = 'pending';
create index inbound_aside on outdial.inbound_events (id) where status = 'aside';
create index inbound_settled on outdial.inbound_events (settled_at) where status in ('done', 'ignored');

create table outdial.attention (
  -- What it is about and which episode of it: one that comes again is another one.
  key text collate "C" primary key,
  owner text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  note text,
  updated_at timestamptz not null
);
`;
