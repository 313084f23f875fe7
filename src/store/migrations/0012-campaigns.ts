// Applies of campaign plans with their journal, and what we keep about campaigns ourselves.

import type { Migration } from "./migration.ts";

export const campaigns: Migration = {
  name: "campaigns as code",
  sql: `
create table outdial.campaign_applies (
  job_id text collate "C" primary key references outdial.jobs on delete cascade,
  plan_hash text not null,
  source_name text not null,
  actor text not null,
  plan json not null,
  phase text not null,
  outcome text,
  message text,
  created_at timestamptz not null,
  ended_at timestamptz
);
-- One apply at a time.
create unique index campaign_applies_open on outdial.campaign_applies ((true)) where ended_at is null;

create table outdial.campaign_events (
  job_id text collate "C" not null references outdial.campaign_applies on delete cascade,
  seq integer not null,
  event json not null,
  at timestamptz not null,
  primary key (job_id, seq)
);

-- Plans that were shown, for a while: what has moved since can be told field by field.
create table outdial.campaign_plans (
  plan_hash text primary key,
  plan json not null,
  shown_at timestamptz not null
);

-- What campaign files say that is not the vendor's: failover, webhooks, consent.
create table outdial.campaign_policies (
  campaign_id text collate "C" primary key,
  name text not null,
  policy json not null,
  plan_hash text not null,
  actor text not null,
  updated_at timestamptz not null
);
`,
};
