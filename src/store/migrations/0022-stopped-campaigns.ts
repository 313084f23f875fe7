// A campaign that the tenant showed paused to an emergency stop is known as paused.

import type { Migration } from "./migration.ts";

export const stoppedCampaigns: Migration = {
  name: "stopped campaigns are known as paused",
  sql: `
create function outdial.note_stopped() returns trigger language plpgsql as $$
begin
  update outdial.known_campaigns set status = 'paused', status_at = new.updated_at
  where id = new.campaign_id and status_at < new.updated_at;
  return null;
end $$;
create trigger note_stopped after update on outdial.stop_campaigns for each row
  when (new.shown and old.shown is distinct from new.shown) execute function outdial.note_stopped();
`,
};
