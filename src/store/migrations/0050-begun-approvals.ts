// Which job carries an approved plan out, when it goes on after the answer: how it ends is how the approval ends.

import type { Migration } from "./migration.ts";

export const begunApprovals: Migration = {
  name: "approvals that began a job",
  sql: `
alter table outdial.approvals add column job_id text collate "C" references outdial.jobs on delete set null;
create index approvals_job on outdial.approvals (job_id) where job_id is not null;

-- What is known of a job that an approval began: whether it was carried out. A change that stands still with a write that the tenant took or may have taken
-- is not known to be in force, before its settings were read back.
create function outdial.begun_state(job text) returns text language sql stable as $$
  select case
    when coalesce(c.outcome, p.outcome) = 'applied' then 'approved'
    when c.outcome = 'rollback_failed' then 'outcome_unknown'
    when coalesce(c.outcome, p.outcome) is not null then 'failed'
    -- Its service ended, and another one goes on with it.
    when j.status <> 'stopped' or j.error ->> 'leaves' = 'true' then 'approved'
    when c.phase not in ('guarding', 'paused') and exists (
      select from outdial.dialer_events e where e.job_id = j.id and e.event ->> 'type' in ('accepted', 'lost')) then 'outcome_unknown'
    when p.phase in ('sending', 'settling', 'verifying', 'activating', 'confirming') then 'outcome_unknown'
    else 'approved' end
  from outdial.jobs j left join outdial.dialer_changes c on c.job_id = j.id left join outdial.campaign_applies p on p.job_id = j.id
  where j.id = job
$$;
create function outdial.begun_message(job text) returns text language sql stable as $$
  select coalesce(c.message, p.message, j.error ->> 'message')
  from outdial.jobs j left join outdial.dialer_changes c on c.job_id = j.id left join outdial.campaign_applies p on p.job_id = j.id
  where j.id = job
$$;

create or replace function outdial.tell_approval() returns trigger language plpgsql as $$
begin
  perform outdial.tell('approval', json_build_object('approvalId', new.id,
    'state', case when new.state = 'approved' then coalesce(outdial.begun_state(new.job_id), new.state) else new.state end));
  return null;
end $$;
-- At the end of the transaction, which also writes how the change ended.
create function outdial.tell_begun() returns trigger language plpgsql as $$
begin
  perform outdial.tell('approval', json_build_object('approvalId', a.id, 'state', outdial.begun_state(new.id)))
  from outdial.approvals a where a.job_id = new.id and a.state = 'approved';
  return null;
end $$;
create constraint trigger tell_begun after update on outdial.jobs deferrable initially deferred for each row
  when (old.status is distinct from new.status) execute function outdial.tell_begun();
`,
};
