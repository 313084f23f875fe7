// Emergency stops: which there are, and how far each campaign is.

import type { Migration } from "./migration.ts";

export const stops: Migration = {
  name: "emergency stops",
  sql: `
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
  outcome text check (outcome in ('listed', 'changed', 'already', 'failed', 'unknown', 'resumed')),
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

create function outdial.tell_stop() returns trigger language plpgsql as $$
begin
  perform outdial.tell('stop', json_build_object('stopId', new.id, 'ended', new.ended_at is not null));
  return null;
end $$;
create trigger tell_stop after insert or update on outdial.stops for each row execute function outdial.tell_stop();

create function outdial.tell_stopped() returns trigger language plpgsql as $$
begin
  perform outdial.tell('stop', json_build_object('stopId', new.stop_id, 'ended', false));
  return null;
end $$;
create trigger tell_stopped after update on outdial.stop_campaigns for each row execute function outdial.tell_stopped();
`,
};
