// What was said of outcomes: figures reported, runs announced to the CRM, records the CRM has acknowledged or refused.

import type { Migration } from "./migration.ts";

export const outcomeReports: Migration = {
  name: "reports of outcomes",
  sql: `
-- A conversion as it was reported. A further row is written when a later report of the same says something else.
create table outdial.reported_figures (
  id bigint generated always as identity primary key,
  -- Which calls, apart from the period: canonical JSON.
  scope text not null,
  definition text not null,
  -- From here on until before there, ms since the epoch.
  from_ms bigint not null,
  to_ms bigint not null check (to_ms > from_ms),
  calls bigint not null,
  counts jsonb not null,
  reported_at timestamptz not null
);
-- A prefix, because an index entry has a limit and a list of campaigns has none.
create index reported_figures_latest on outdial.reported_figures (left(scope, 200) collate "C", from_ms, to_ms, id);

create table outdial.crm_announcements (
  run_id text collate "C" primary key,
  announced_at timestamptz not null
);

-- The version of each call that the CRM has, by the SHA-256 of its canonical record.
create table outdial.crm_acknowledged (
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_hour timestamptz not null,
  digest text not null,
  acknowledged_at timestamptz not null,
  primary key (campaign_id, call_id)
) with (fillfactor = 80);
create index crm_acknowledged_by_hour on outdial.crm_acknowledged (campaign_id, start_hour);

-- Versions of calls that the CRM will not have. They are sent again when they change, or when asked for.
create table outdial.crm_refused (
  campaign_id text collate "C" not null,
  call_id text collate "C" not null,
  start_hour timestamptz not null,
  digest text not null,
  status smallint not null,
  reason text not null,
  refused_at timestamptz not null,
  primary key (campaign_id, call_id)
);
`,
};
