// What work is left in a campaign, among what was last read; and the agents of the moment beside the figures.

import type { Migration } from "./migration.ts";

export const workload: Migration = {
  name: "workload of campaigns and their agents",
  sql: `
alter table outdial.tenant_readings drop constraint tenant_readings_what_check;
alter table outdial.tenant_readings add constraint tenant_readings_what_check
  check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer', 'workload'));
-- Pages read it with the rest: its figures move with every reading.
drop trigger tell_tenant_reading on outdial.tenant_readings;
create trigger tell_tenant_reading after update on outdial.tenant_readings for each row
  when (new.what <> 'workload' and (old.value::text is distinct from new.value::text or old.problem::text is distinct from new.problem::text
    or (old.read_at is null) <> (new.read_at is null)))
  execute function outdial.tell_tenant_reading();

-- Null where the tenant does not tell them.
alter table outdial.metric_readings add column agents_logged_in integer;
alter table outdial.metric_readings add column agents_available integer;
alter table outdial.metric_readings add column agents_working integer;
alter table outdial.metric_readings add column agents_wrap_up integer;
`,
};
