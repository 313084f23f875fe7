// Facts about persons: consent, opt-outs, do-not-call registries, calls; and what the pre-dial gate decided.

export const facts = `
-- Facts are only added, so that no path of the code, present or future, can take an opt-out back. A number is a bigint, half the size of its text.
create function outdial.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'outdial.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

create table outdial.fact_imports (
  id text collate "C" primary key,
  kind text not null,
  source_name text not null,
  actor text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  content_hash text,
  -- read, added, known, refused
  counts json,
  -- When its process last said that it is at work on it.
  beat_at timestamptz,
  -- Rows that are in force, by table.
  in_force jsonb not null default '{}',
  -- How much of the file had been read when this was last noted, and the hash of so much of it: the same file is known by it when it is read again.
  bytes bigint not null default 0,
  prefix_hash text,
  -- Nobody is at work on it any more although it did not come to its end, and why.
  broken_off_at timestamptz,
  reason text,
  -- The import that brought the rest.
  completed_by text collate "C",
  -- Of a file that is imported, in bytes; null where it is not known, as of a stream.
  size bigint
);
create index fact_imports_open on outdial.fact_imports (started_at) where finished_at is null and completed_by is null;

-- The words people agreed to: few texts, many records.
create table outdial.wordings (digest uuid primary key, words text not null);

create table outdial.consents (
  number bigint not null,
  given_at timestamptz not null,
  -- Over everything below, so that the same record is there once.
  digest uuid not null,
  level text not null check (level in ('none', 'express', 'written')),
  basis text not null,
  source text not null,
  evidence text not null,
  wording uuid not null references outdial.wordings,
  import_id text collate "C",
  recorded_at timestamptz not null,
  primary key (number, given_at, digest)
);

create table outdial.revocations (
  id bigint generated always as identity primary key,
  number bigint not null,
  revoked_at timestamptz not null,
  channel text not null,
  reference text not null,
  recorded_at timestamptz not null,
  unique (number, revoked_at, channel, reference)
);
create index revocations_by_time on outdial.revocations (revoked_at);

-- Which systems say that they have carried a revocation out; the first word stays.
create table outdial.revocation_acks (
  revocation_id bigint not null references outdial.revocations,
  system text not null check (btrim(system) <> ''),
  acknowledged_at timestamptz not null,
  actor text not null,
  evidence text not null,
  primary key (revocation_id, system)
);

create table outdial.suppressions (
  id bigint generated always as identity primary key,
  number bigint not null,
  -- When the person said so; null when only the list is known.
  said_at timestamptz,
  origin text not null check (origin in ('outcome', 'channel', 'manual', 'list')),
  -- The code or phrase that was taken for an opt-out, as it came.
  code text not null,
  -- Where it can be looked up: a call, a ticket, a message.
  reference text not null,
  actor text not null,
  import_id text collate "C",
  recorded_at timestamptz not null,
  unique nulls not distinct (number, said_at, origin, code, reference),
  unique (id, number)
);

-- A lift takes back the suppressions it names, with a reason, an actor and an entry in the audit log; nothing else does.
create table outdial.suppression_lifts (
  id bigint generated always as identity primary key,
  number bigint not null,
  reason text not null check (length(btrim(reason)) >= 3),
  actor text not null check (btrim(actor) <> ''),
  -- What it lifts never was an opt-out: the revocations that came with it do not count either.
  mistake boolean not null,
  lifted_at timestamptz not null,
  audit_seq bigint not null unique references outdial.audit (seq) deferrable initially deferred,
  unique (id, number)
);

create table outdial.lifted_suppressions (
  suppression_id bigint primary key,
  lift_id bigint not null,
  number bigint not null,
  foreign key (suppression_id, number) references outdial.suppressions (id, number),
  foreign key (lift_id, number) references outdial.suppression_lifts (id, number)
);

-- The company's do-not-call list as it stands.
create view outdial.suppressed as
  select number, min(coalesce(said_at, recorded_at)) as since
  from outdial.suppressions s
  where not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id)
  group by number;

create view outdial.standing_revocations as
  select r.* from outdial.revocations r
  where not exists (
    select from outdial.suppressions s
      join outdial.lifted_suppressions l on l.suppression_id = s.id
      join outdial.suppression_lifts f on f.id = l.lift_id
    where f.mistake and s.number = r.number and s.said_at = r.revoked_at and s.reference = r.reference);

create table outdial.attempts (
  number bigint not null,
  at timestamptz not null,
  kind text not null check (kind in ('attempt', 'conversation', 'inbound-conversation', 'abandoned')),
  subject text not null,
  campaign text not null,
  call_id text not null,
  -- How an answered call went, for the abandonment ledger; null when nobody and nothing answered.
  answer text check (answer in ('served', 'late', 'hangup', 'dropped', 'machine')),
  primary key (number, at, kind, subject, campaign)
);
create index attempts_by_campaign on outdial.attempts (campaign, at) include (answer);
create index attempts_by_call on outdial.attempts (call_id) where call_id <> '';

create table outdial.raw_outcomes (
  call_id text not null,
  code text not null,
  at timestamptz not null,
  -- Null while the call's number is not known.
  number bigint,
  campaign text not null,
  -- The opt-out it was taken for, null for none.
  opt_out text,
  recorded_at timestamptz not null,
  primary key (call_id, code, at)
);
create index raw_outcomes_unresolved on outdial.raw_outcomes (call_id) where opt_out is not null and number is null;

create table outdial.relationships (
  number bigint not null,
  kind text not null check (kind in ('transaction', 'inquiry')),
  since date not null,
  primary key (number, kind, since)
);

create table outdial.disconnections (
  number bigint not null,
  disconnected_on date not null,
  primary key (number, disconnected_on)
);

create table outdial.registry_files (
  id integer generated always as identity primary key,
  -- Whose registry: the country's two letters.
  registry text not null,
  -- The date of the file, which its age is counted from.
  as_of date not null,
  source_name text not null,
  actor text not null,
  -- A list of changes is 'applied' to the files in force.
  status text not null check (status in ('loading', 'current', 'retired', 'applied')),
  content_hash text,
  numbers bigint,
  loaded_at timestamptz not null,
  -- The import that fills the file.
  import_id text collate "C",
  retired_at timestamptz
);

-- A partition per file: a new file is filled beside the old one, the switch is one row, the removal of an old one takes no time.
create table outdial.registry_numbers (file_id integer not null, number bigint not null) partition by list (file_id);

-- Tables that come and go while outdial runs belong to the role that owns the schema: the role that runs may be one that makes none.
create function outdial.make_registry_table(id integer, changes boolean) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format(
    case when changes then 'create table outdial.registry_numbers_%1$s (number bigint primary key, changed_on date not null, listed boolean not null)'
    else 'create table outdial.registry_numbers_%1$s (file_id integer not null default %1$s check (file_id = %1$s), number bigint primary key)' end, id);
end $$;
create function outdial.analyze_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('analyze outdial.registry_numbers_%s', id);
end $$;
create function outdial.attach_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table outdial.registry_numbers attach partition outdial.registry_numbers_%1$s for values in (%1$s)', id);
end $$;
create function outdial.drop_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop table if exists outdial.registry_numbers_%s', id);
end $$;
-- Needs as much new room as a page of a job's results, and gives it back.
create function outdial.probe_room(process integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table outdial.room_probe_%s as select repeat(''x'', 1000) as x from generate_series(1, 4000)', process);
  execute format('drop table outdial.room_probe_%s', process);
end $$;
-- Not for everybody who may read the schema.
revoke execute on function outdial.make_registry_table, outdial.analyze_registry_table, outdial.attach_registry_table,
  outdial.drop_registry_table, outdial.probe_room from public;

create table outdial.gate_manifests (
  id text collate "C" primary key,
  campaign text not null,
  at timestamptz not null,
  manifest text not null,
  created_at timestamptz not null
);
create index gate_manifests_by_campaign on outdial.gate_manifests (campaign, created_at desc);

create table outdial.line_types (
  number bigint not null,
  line_type text not null check (line_type in ('mobile', 'landline', 'voip')),
  -- As of when; the latest counts, and of several on one date a mobile.
  seen_on date not null,
  primary key (number, seen_on, line_type)
);

create table outdial.reassigned_queries (
  number bigint not null,
  queried_on date not null,
  primary key (number, queried_on)
);

create table outdial.registry_coverage (
  registry text not null,
  -- Of the North American plan; 0: every area code without a row of its own, and all of a list outside of that plan.
  area_code smallint not null,
  file_id integer not null references outdial.registry_files,
  as_of date not null,
  numbers bigint not null,
  primary key (registry, area_code)
);

do $$
declare
  name text;
begin
  foreach name in array array[
    'consents', 'wordings', 'revocations', 'revocation_acks', 'suppressions', 'suppression_lifts', 'lifted_suppressions',
    'attempts', 'raw_outcomes', 'relationships', 'disconnections', 'gate_manifests', 'line_types', 'reassigned_queries'
  ] loop
    execute format('create trigger append_only before update or delete or truncate on outdial.%I for each statement execute function outdial.refuse_change()', name);
  end loop;
end $$;
`;
