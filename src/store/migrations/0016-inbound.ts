// The vendor's events on their way in, and how receivers of ours stand.

import type { Migration } from "./migration.ts";

export const inbound: Migration = {
  name: "events of the vendor, receivers switched off",
  sql: `
create table outdial.inbound_events (
  id bigint generated always as identity primary key,
  channel text not null check (channel in ('omnichannel', 'dialer')),
  event_id text collate "C" not null,
  type text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  -- As it came, JSON.
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'done', 'ignored', 'aside')),
  attempts integer not null default 0,
  -- When it may be claimed next: a claim moves it to the claim's end.
  next_attempt_at timestamptz,
  claimed_by text,
  -- Why it was put aside, or what the last attempt failed with.
  reason text,
  settled_at timestamptz
) with (fillfactor = 80);
-- What makes a repetition one, for as long as the row is kept.
create unique index inbound_once on outdial.inbound_events (channel, event_id);
create index inbound_due on outdial.inbound_events (next_attempt_at, id) where status = 'pending';
create index inbound_aside on outdial.inbound_events (id) where status = 'aside';
create index inbound_settled on outdial.inbound_events (settled_at) where status in ('done', 'ignored');

-- Attempts at an event that failed; the one that succeeded is told by the event's own row.
create table outdial.delivery_attempts (
  delivery_id bigint not null references outdial.outbox on delete cascade,
  at timestamptz not null,
  status smallint,
  error text not null
);
create index delivery_attempts_of on outdial.delivery_attempts (delivery_id, at);

-- Receivers that fail or are switched off; one that is not here is on.
create table outdial.endpoints (
  name text primary key,
  failing_since timestamptz,
  off_since timestamptz,
  off_reason text
);
`,
};
