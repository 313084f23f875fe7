// What says that a campaign may dial. A list that shows it paused does not take that back: only a look at the campaign by itself, or a confirmed pause.

import type { Migration } from "./migration.ts";

export const stopEvidence: Migration = {
  name: "when a campaign was last seen dialing, and campaigns that a stop saw paused by themselves",
  sql: `
-- When a reading last showed it in another state than paused; null once it was looked at by itself and was paused.
alter table outdial.known_campaigns add column active_at timestamptz;
update outdial.known_campaigns set active_at = status_at where status <> 'paused';

alter table outdial.stop_campaigns drop constraint stop_campaigns_outcome_check;
alter table outdial.stop_campaigns add check (outcome in ('listed', 'seen', 'changed', 'already', 'failed', 'unknown', 'resumed'));

create or replace function outdial.note_state() returns trigger language plpgsql as $$
begin
  update outdial.known_campaigns set status = new.target, status_at = new.confirmed_at,
    active_at = case when new.target = 'paused' then null else new.confirmed_at end
  where id = new.campaign_id and status_at < new.confirmed_at;
  return null;
end $$;

create or replace function outdial.note_stopped() returns trigger language plpgsql as $$
begin
  update outdial.known_campaigns set status = 'paused', status_at = new.updated_at, active_at = null
  where id = new.campaign_id and status_at < new.updated_at;
  return null;
end $$;
create trigger note_stopped_at_once after insert on outdial.stop_campaigns for each row
  when (new.shown) execute function outdial.note_stopped();
`,
};
