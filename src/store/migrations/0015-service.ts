// Who may use the service, what its callers asked before, what waits for a second person, and the feed of live updates.

import type { Migration } from "./migration.ts";

export const service: Migration = {
  name: "service",
  sql: `
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
  revoked_at timestamptz
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
  expires_at timestamptz not null
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
  state text not null check (state in ('pending', 'approved', 'rejected', 'failed')),
  decided_by text,
  decided_at timestamptz,
  message text
);
create index approvals_age on outdial.approvals (requested_at desc, id);

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

-- Nothing is written while no service reads: a command on its own has no use for it.
create function outdial.tell(event_type text, event json) returns void language sql as $$
  insert into outdial.service_events (type, body)
  select event_type, event from outdial.service_feed where until > clock_timestamp()
$$;

create function outdial.tell_job() returns trigger language plpgsql as $$
begin
  perform outdial.tell('job', json_build_object('jobId', new.id, 'kind', new.kind, 'status', new.status,
    'totalRows', new.total_rows, 'counts', new.counts));
  return null;
end $$;
create trigger tell_job_added after insert on outdial.jobs for each row execute function outdial.tell_job();
create trigger tell_job after update on outdial.jobs for each row
  when (old.status is distinct from new.status or old.counts is distinct from new.counts or old.total_rows is distinct from new.total_rows)
  execute function outdial.tell_job();

create function outdial.tell_dialer() returns trigger language plpgsql as $$
begin
  perform outdial.tell('dialer', json_build_object('version', new.version, 'phase', new.phase, 'outcome', new.outcome));
  return null;
end $$;
create trigger tell_dialer_added after insert on outdial.dialer_changes for each row execute function outdial.tell_dialer();
create trigger tell_dialer after update on outdial.dialer_changes for each row
  when (old.phase is distinct from new.phase or old.outcome is distinct from new.outcome) execute function outdial.tell_dialer();

create function outdial.tell_delivery() returns trigger language plpgsql as $$
begin
  perform outdial.tell('delivery', json_build_object('endpoint', new.endpoint, 'id', new.id, 'status', new.status));
  return null;
end $$;
create trigger tell_delivery after update on outdial.outbox for each row
  when (old.status is distinct from new.status and (old.status = 'dead' or new.status = 'dead')) execute function outdial.tell_delivery();

create function outdial.tell_alarm() returns trigger language plpgsql as $$
begin
  perform outdial.tell('alarm', json_build_object('code', new.type, 'subject', new.subject));
  return null;
end $$;
create trigger tell_alarm after insert on outdial.outbox for each row when (new.endpoint = 'alarms') execute function outdial.tell_alarm();

create function outdial.tell_reading() returns trigger language plpgsql as $$
begin
  perform outdial.tell('campaign', json_build_object('campaignId', new.campaign_id, 'status', null,
    'activeCalls', new.active_calls, 'successRate', new.success_rate));
  return null;
end $$;
create trigger tell_reading after insert on outdial.metric_readings for each row execute function outdial.tell_reading();

create function outdial.tell_state() returns trigger language plpgsql as $$
begin
  perform outdial.tell('campaign', json_build_object('campaignId', new.campaign_id,
    'status', case when new.confirmed_at is not null then new.target end, 'activeCalls', null, 'successRate', null));
  return null;
end $$;
create trigger tell_state after insert or update on outdial.state_intents for each row execute function outdial.tell_state();

create function outdial.tell_approval() returns trigger language plpgsql as $$
begin
  perform outdial.tell('approval', json_build_object('approvalId', new.id, 'state', new.state));
  return null;
end $$;
create trigger tell_approval after insert or update on outdial.approvals for each row execute function outdial.tell_approval();
`,
};
