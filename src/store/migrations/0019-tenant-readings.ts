// What was last read of the tenant: its list of campaigns, and each reading with its time and what kept the next one from succeeding.

import type { Migration } from "./migration.ts";

export const tenantReadings: Migration = {
  name: "what was last read of the tenant",
  sql: `
-- Every campaign that a list of the tenant named. One that a later whole list does not name is kept with gone_at.
create table outdial.known_campaigns (
  id text collate "C" primary key,
  name text not null,
  -- The tenant's word, such as active.
  status text not null,
  -- When the tenant showed that status.
  status_at timestamptz not null,
  place integer not null,
  gone_at timestamptz
);
create index known_campaigns_order on outdial.known_campaigns (place, id) where gone_at is null;

create table outdial.tenant_readings (
  -- What was read, and of which campaign; an empty subject for what the tenant has once.
  what text not null check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer')),
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
  update outdial.known_campaigns set status = new.target, status_at = new.confirmed_at
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

create function outdial.tell_known_campaign() returns trigger language plpgsql as $$
begin
  perform outdial.tell('campaign', json_build_object('campaignId', new.id, 'status', new.status, 'activeCalls', null, 'successRate', null));
  return null;
end $$;
create trigger tell_known_campaign_added after insert on outdial.known_campaigns for each row execute function outdial.tell_known_campaign();
create trigger tell_known_campaign after update on outdial.known_campaigns for each row
  when (old.name is distinct from new.name or old.status is distinct from new.status or old.gone_at is distinct from new.gone_at)
  execute function outdial.tell_known_campaign();

create function outdial.tell_tenant_reading() returns trigger language plpgsql as $$
begin
  if new.what in ('campaigns', 'dialer') then
    perform outdial.tell('tenant', json_build_object('what', new.what, 'problem', new.problem ->> 'code'));
  else
    perform outdial.tell('campaign', json_build_object('campaignId', new.subject, 'status', null, 'activeCalls', null, 'successRate', null));
  end if;
  return null;
end $$;
create trigger tell_tenant_reading after update on outdial.tenant_readings for each row
  when (old.value::text is distinct from new.value::text or old.problem::text is distinct from new.problem::text
    or (old.read_at is null) <> (new.read_at is null))
  execute function outdial.tell_tenant_reading();
`,
};
