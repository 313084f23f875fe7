// Live updates about failover pairs.

import type { Migration } from "./migration.ts";

export const failoverUpdates: Migration = {
  name: "live updates about failover pairs",
  sql: `
create function outdial.tell_failover() returns trigger language plpgsql as $$
begin
  perform outdial.tell('failover', json_build_object('primary', new.primary_id, 'backup', new.backup_id, 'phase', new.phase));
  return null;
end $$;
-- A pair is written at every look: only a phase that is entered is news.
create trigger tell_failover after update on outdial.failover_pairs for each row
  when (old.phase is distinct from new.phase) execute function outdial.tell_failover();
`,
};
