// Pushes to the CRM as jobs: which one brought a version, and which versions each of them had refused.

import type { Migration } from "./migration.ts";

export const crmPushes: Migration = {
  name: "pushes to the CRM",
  sql: `
-- The job that brought the version; null for one that was brought before pushes were jobs.
alter table outdial.crm_acknowledged add column job_id text collate "C";

-- What the CRM refused of a push, in the order in which it did. It stays when a later push replaces the version.
create table outdial.crm_push_refusals (
  job_id text collate "C" not null references outdial.jobs on delete cascade,
  -- From 1 on.
  line integer not null,
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_time timestamptz not null,
  digest text not null,
  status smallint not null,
  reason text not null,
  primary key (job_id, line)
);
create index crm_push_refusals_by_call on outdial.crm_push_refusals (job_id, campaign_id, call_id);
`,
};
