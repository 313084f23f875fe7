// What is kept has a life, and what is asked often is asked of what is under way alone.

export const lives = `
-- Jobs that have not ended or stand still, in the order in which they are looked for; and all but those that are done, by status.
create index jobs_left on outdial.jobs (created_at desc, id desc) where status in ('ready', 'running', 'stopped');
create index jobs_by_status on outdial.jobs (status, created_at desc, id desc) include (kind) where status <> 'done';

-- Deliveries that succeeded, by receiver; their events are kept for some days.
create table outdial.delivered_counts (endpoint text primary key, delivered bigint not null) with (fillfactor = 10);
insert into outdial.delivered_counts select endpoint, count(*) from outdial.outbox where status = 'delivered' group by endpoint;
create index outbox_delivered on outdial.outbox (delivered_at) where status = 'delivered';

-- What is looked for among all that was kept: events about something, who did what, periods of outcomes, lifts that say that an opt-out was a mistake.
create index outbox_by_subject on outdial.outbox using hash (subject);
create index audit_by_action on outdial.audit (action);
create index audit_by_actor on outdial.audit (actor);
create index retrieval_windows_by_end on outdial.retrieval_windows (to_ms);
create index mistaken_lifts on outdial.suppression_lifts (id) where mistake;
create index interaction_changes_latest on outdial.interaction_changes (announced_at desc, job_id, line);
create index handover_holds_ended on outdial.handover_holds (until);

-- Numbers of do-not-call registries as bits: a row for ten thousand that follow each other, which lie in one area code. Rows with few are compressed.
create table outdial.registry_blocks (file_id integer not null, block bigint not null, bits bit(10000) not null) partition by list (file_id);
create or replace function outdial.make_registry_table(id integer, changes boolean) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  if changes then
    execute format('create table outdial.registry_changes_%s (number bigint primary key, changed_on date not null, listed boolean not null)', id);
  else
    execute format('create table outdial.registry_blocks_%1$s (file_id integer not null default %1$s check (file_id = %1$s), block bigint primary key,
      bits bit(10000) not null) with (toast_tuple_target = 128)', id);
    execute format('alter table outdial.registry_blocks_%s alter column bits set storage main', id);
  end if;
end $$;
create or replace function outdial.analyze_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('analyze outdial.registry_blocks_%s', id);
end $$;
create or replace function outdial.attach_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter table outdial.registry_blocks attach partition outdial.registry_blocks_%1$s for values in (%1$s)', id);
end $$;
create or replace function outdial.drop_registry_table(id integer) returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
begin
  execute format('drop table if exists outdial.registry_blocks_%1$s, outdial.registry_changes_%1$s', id);
end $$;
do $$
declare
  file record;
begin
  for file in select id, status from outdial.registry_files where to_regclass('outdial.registry_numbers_' || id) is not null loop
    if exists (select from pg_attribute where attrelid = ('outdial.registry_numbers_' || file.id)::regclass and attname = 'listed') then
      execute format('alter table outdial.registry_numbers_%1$s rename to registry_changes_%1$s', file.id);
      continue;
    end if;
    perform outdial.make_registry_table(file.id, false);
    execute format('insert into outdial.registry_blocks_%1$s (block, bits)
      select number / 10000, bit_or(set_bit(repeat(''0'', 10000)::bit(10000), (number %% 10000)::int, 1)) from outdial.registry_numbers_%1$s group by 1', file.id);
    execute format('drop table outdial.registry_numbers_%s', file.id);
    if file.status in ('current', 'retired') then
      perform outdial.attach_registry_table(file.id);
    end if;
  end loop;
end $$;
drop table outdial.registry_numbers;

-- What was removed by the table of lives; the row of this table says when a service last began.
create table outdial.removals (name text primary key, removed bigint not null default 0, at timestamptz not null) with (fillfactor = 50);
-- A store of before begins a week later, so that the company can say first how long it keeps what it has.
insert into outdial.removals (name, at) select 'outdial.removals', clock_timestamp() + interval '7 days' where exists (select from outdial.jobs);

-- Periods that were read by retrievals that are not kept any more, and by looks that found nothing.
create table outdial.read_periods (
  campaign_id text not null,
  codes text[],
  kind text not null check (kind in ('begun', 'short', 'read')),
  stretches int8multirange not null,
  observed_upto bigint,
  unique nulls not distinct (campaign_id, codes, kind)
) with (fillfactor = 70);
create index lake_files_removed on outdial.lake_files (removed_at) where removed_at is not null;

-- The latest emergency stop when a plan was shown: a later one calls its activations off.
alter table outdial.campaign_plans add column stop_mark bigint;

-- Starts that were sent and have no answer yet. One of hours ago is on no wire any more.
create table outdial.starts (
  id bigint generated always as identity primary key,
  campaign_id text collate "C" not null,
  key text not null,
  sent_at timestamptz not null
);

-- Calls and their evidence come in order of time.
create index attempts_age on outdial.attempts using brin (at);
create index raw_outcomes_age on outdial.raw_outcomes using brin (at);
create index gate_manifests_age on outdial.gate_manifests using brin (created_at);

-- The removal of what is older than five years names its table; nothing else deletes, and it deletes nothing that is younger.
create or replace function outdial.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name in ('attempts', 'raw_outcomes', 'gate_manifests')
    and current_setting('outdial.removes', true) = tg_table_name then return null; end if;
  raise exception 'outdial.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
create function outdial.refuse_young() returns trigger language plpgsql as $$
begin
  if (case tg_table_name when 'gate_manifests' then to_jsonb(old) ->> 'created_at' else to_jsonb(old) ->> 'at' end)::timestamptz
    > clock_timestamp() - interval '5 years' then
    raise exception 'outdial.% keeps what is younger than five years', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger kept_five_years before delete on outdial.attempts for each row execute function outdial.refuse_young();
create trigger kept_five_years before delete on outdial.raw_outcomes for each row execute function outdial.refuse_young();
create trigger kept_five_years before delete on outdial.gate_manifests for each row execute function outdial.refuse_young();
`;
