// Campaigns: settings of the dialer, applied files, state, readings, pairs, stops, and what is known of the tenant.

export const campaigns = `
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
  ended_at timestamptz,
  -- Empty for settings that a tenant has once.
  subject text collate "C" not null default '',
  -- Version of its machine: another one may replay the same events to another state.
  machine integer not null default 1
);
-- One change at a time.
create unique index dialer_changes_open on outdial.dialer_changes ((true)) where ended_at is null;
create index dialer_changes_rejected on outdial.dialer_changes (settings_hash, version desc) where rejected;
create index dialer_changes_by_subject on outdial.dialer_changes (subject, version desc);
create index dialer_changes_not_back on outdial.dialer_changes (version) where outcome = 'rollback_failed';

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

create table outdial.campaign_applies (
  job_id text collate "C" primary key references outdial.jobs on delete cascade,
  plan_hash text not null,
  source_name text not null,
  actor text not null,
  plan json not null,
  phase text not null,
  outcome text,
  message text,
  created_at timestamptz not null,
  ended_at timestamptz,
  -- The latest stop when it was asked for: one after it calls it off, whatever the clocks of the machines say.
  stop_mark bigint not null default 0,
  -- Version of its machine: another one may replay the same events to another state.
  machine integer not null default 1
);
-- One apply at a time.
create unique index campaign_applies_open on outdial.campaign_applies ((true)) where ended_at is null;

create table outdial.campaign_events (
  job_id text collate "C" not null references outdial.campaign_applies on delete cascade,
  seq integer not null,
  event json not null,
  at timestamptz not null,
  primary key (job_id, seq)
);

-- Plans that were shown, for a while: what has moved since can be told field by field.
create table outdial.campaign_plans (
  plan_hash text primary key,
  plan json not null,
  shown_at timestamptz not null
);

-- What campaign files say that is not the vendor's: failover, webhooks, consent.
create table outdial.campaign_policies (
  campaign_id text collate "C" primary key,
  name text not null,
  policy json not null,
  plan_hash text not null,
  actor text not null,
  updated_at timestamptz not null
);

create table outdial.metric_readings (
  id bigint primary key generated always as identity,
  campaign_id text collate "C" not null,
  -- When the vendor computed the figures; null when it does not say.
  at timestamptz,
  received_at timestamptz not null,
  -- What readings are ordered by: at, or received_at where that is unknown.
  ordered_at timestamptz not null,
  source text not null check (source in ('pull', 'push')),
  event_id text,
  window_minutes float8,
  success_rate float8,
  active_calls float8,
  calls_placed float8,
  calls_answered float8,
  abandonment_rate float8,
  failover_triggered boolean,
  -- Null where the tenant does not tell them.
  agents_logged_in integer,
  agents_available integer,
  agents_working integer,
  agents_wrap_up integer,
  unique (campaign_id, event_id)
);
create index metric_readings_latest on outdial.metric_readings (campaign_id, ordered_at desc, id desc);

create table outdial.state_intents (
  id text collate "C" primary key,
  campaign_id text collate "C" not null,
  target text not null check (target in ('active', 'paused')),
  -- Sent with every attempt at this intent.
  idempotency_key text not null unique,
  actor text not null,
  reason text,
  created_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('changed', 'already', 'failed', 'superseded')),
  message text,
  -- When the vendor was seen in the state, with no call under way for a pause.
  confirmed_at timestamptz,
  asked_at timestamptz,
  -- Null when nobody is: it has ended, its outcome is unknown and was told as that, or an emergency stop carries it out.
  executor text collate "C",
  -- The latest stop when it was asked for: one after it calls it off, whatever the clocks of the machines say.
  stop_mark bigint not null default 0,
  check ((ended_at is null) = (outcome is null))
);
-- One open intent of a campaign: a repetition finds it, the opposite one ends it.
create unique index state_intents_open on outdial.state_intents (campaign_id) where ended_at is null;
create index state_intents_by_campaign on outdial.state_intents (campaign_id, created_at desc);

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
  removed_at timestamptz,
  run integer not null default 0,
  order_at timestamptz,
  order_mark bigint
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

-- Every campaign that a list of the tenant named. One that a later whole list does not name is kept with lacking_since.
create table outdial.known_campaigns (
  id text collate "C" primary key,
  name text not null,
  -- The tenant's word, such as active.
  status text not null,
  -- When the tenant showed that status.
  status_at timestamptz not null,
  place integer not null,
  gone_at timestamptz,
  -- When a reading last showed it in another state than paused; null once it was looked at by itself and was paused.
  -- A list that shows it paused does not take back that it may dial.
  active_at timestamptz,
  -- Since when the tenant's list lacks it; gone_at is the word of a person that it is gone.
  lacking_since timestamptz
);
create index known_campaigns_order on outdial.known_campaigns (place, id) where gone_at is null;

create table outdial.tenant_readings (
  -- What was read, and of which campaign; an empty subject for what the tenant has once.
  what text not null check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer', 'workload', 'do-not-call')),
  subject text collate "C" not null,
  -- Null while it was never read, and for what is kept in a table of its own.
  value json,
  read_at timestamptz,
  -- {code, message} of the last attempt when that failed.
  problem json,
  tried_at timestamptz,
  -- From then on it is to be read again, however young it is.
  good_until timestamptz,
  -- Until then somebody reads it.
  claimed_until timestamptz,
  primary key (what, subject)
);

-- A confirmed pause or start is what the tenant showed, whichever process made it.
create function outdial.note_state() returns trigger language plpgsql as $$
begin
  update outdial.known_campaigns set status = new.target, status_at = new.confirmed_at,
    active_at = case when new.target = 'paused' then null else new.confirmed_at end
  where id = new.campaign_id and status_at < new.confirmed_at;
  return null;
end $$;
create trigger note_state after insert or update on outdial.state_intents for each row
  when (new.confirmed_at is not null) execute function outdial.note_state();

-- Each step of a change of the dialer settings may have put others in force, whichever process makes it.
create function outdial.expire_dialer() returns trigger language plpgsql as $$
begin
  update outdial.tenant_readings set good_until = clock_timestamp() where what = 'dialer';
  return null;
end $$;
create trigger expire_dialer after update on outdial.dialer_changes for each row
  when (old.phase is distinct from new.phase or old.outcome is distinct from new.outcome) execute function outdial.expire_dialer();

create table outdial.stops (
  id text collate "C" primary key,
  actor text not null,
  reason text,
  -- Ids of the campaigns that it is about; null for all of the tenant.
  scope json,
  created_at timestamptz not null,
  -- The replica that carries it out; null when nobody does.
  executor text,
  -- Counts the replicas that took it up.
  run integer not null default 0,
  -- Why the list of campaigns may not be whole; null when it was read to its end, or not yet read.
  list_problem json,
  -- The later stop of everything that goes on in place of this one.
  superseded_by text,
  ended_at timestamptz
);
create index stops_open on outdial.stops (created_at) where ended_at is null;
create index stops_latest on outdial.stops (created_at desc, id desc);

create table outdial.stop_campaigns (
  stop_id text collate "C" not null references outdial.stops on delete cascade,
  campaign_id text collate "C" not null,
  -- From the tenant's list, from what this database knows, or named by the person.
  source text not null check (source in ('listed', 'known', 'named')),
  -- Null before anything was tried. 'listed': the list showed it paused. 'resumed': a person resumed it after the stop.
  outcome text check (outcome in ('listed', 'seen', 'changed', 'already', 'failed', 'unknown', 'resumed')),
  -- Whether the tenant showed it paused at the last look; null when it could not be looked at.
  shown boolean,
  -- Paused, and no call under way.
  confirmed boolean not null default false,
  active_calls float8,
  message text,
  code text,
  -- Nothing more is tried.
  settled boolean not null default false,
  updated_at timestamptz not null,
  primary key (stop_id, campaign_id)
);

create function outdial.note_stopped() returns trigger language plpgsql as $$
begin
  update outdial.known_campaigns set status = 'paused', status_at = new.updated_at, active_at = null
  where id = new.campaign_id and status_at < new.updated_at;
  return null;
end $$;
create trigger note_stopped after update on outdial.stop_campaigns for each row
  when (new.shown and old.shown is distinct from new.shown) execute function outdial.note_stopped();

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

create table outdial.stops_given (
  seq bigint primary key generated always as identity,
  stop_id text collate "C" not null unique,
  actor text not null,
  -- Ids of the campaigns that it is about; null for all of the tenant.
  scope json,
  at timestamptz not null
);

create trigger note_stopped_at_once after insert on outdial.stop_campaigns for each row
  when (new.shown) execute function outdial.note_stopped();

create table outdial.known_counts (
  -- What was counted, such as contacts, and of which one.
  what text not null,
  subject text collate "C" not null,
  -- The largest count that was believed since a person's last word, and when the tenant last gave it.
  count bigint not null,
  seen_at timestamptz not null,
  -- A count since then that is far lower, until a person says that it is right, or the tenant gives a higher one.
  answered bigint,
  answered_at timestamptz,
  primary key (what, subject)
);
`;
