// Readings of campaign metrics, pulled and pushed, and the intents to pause or resume campaigns.

import type { Migration } from "./migration.ts";

export const campaignState: Migration = {
  name: "campaign metrics and state intents",
  sql: `
create table outdial.metric_readings (
  id bigint primary key generated always as identity,
  campaign_id text collate "C" not null,
  -- When the vendor computed the figures; null when it does not say.
  at timestamptz,
  received_at timestamptz not null,
  -- What readings are ordered by: at, or received_at where that is unknown.
  ordered_at timestamptz not null,
  source text not null check (source in ('pull', 'push')),
  event_id text,
  window_minutes float8,
  success_rate float8,
  active_calls float8,
  calls_placed float8,
  calls_answered float8,
  abandonment_rate float8,
  failover_triggered boolean,
  unique (campaign_id, event_id)
);
create index metric_readings_latest on outdial.metric_readings (campaign_id, ordered_at desc, id desc);

create table outdial.state_intents (
  id text collate "C" primary key,
  campaign_id text collate "C" not null,
  target text not null check (target in ('active', 'paused')),
  -- Sent with every attempt at this intent.
  idempotency_key text not null unique,
  actor text not null,
  reason text,
  created_at timestamptz not null,
  ended_at timestamptz,
  outcome text check (outcome in ('changed', 'already', 'failed', 'superseded')),
  message text,
  -- When the vendor was seen in the state, with no call under way for a pause.
  confirmed_at timestamptz,
  check ((ended_at is null) = (outcome is null))
);
-- One open intent of a campaign: a repetition finds it, the opposite one ends it.
create unique index state_intents_open on outdial.state_intents (campaign_id) where ended_at is null;
create index state_intents_by_campaign on outdial.state_intents (campaign_id, created_at desc);
`,
};
