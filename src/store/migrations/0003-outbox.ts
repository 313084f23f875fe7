// Events on their way out.

import type { Migration } from "./migration.ts";

export const outbox: Migration = {
  name: "outbox",
  sql: `
create table outdial.outbox (
  id bigint generated always as identity primary key,
  event_id text not null,
  endpoint text not null,
  subject text not null,
  type text not null,
  body text not null,
  status text not null default 'pending' check (status in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  created_at timestamptz not null,
  -- When it may be claimed next: a claim moves it to the claim's end, so one index answers "what is due".
  next_attempt_at timestamptz,
  claimed_by text,
  claimed_until timestamptz,
  last_status smallint,
  last_error text,
  delivered_at timestamptz
) with (fillfactor = 80);
create index outbox_due on outdial.outbox (endpoint, next_attempt_at, id) where status = 'pending';
-- A prefix, because an index entry has a limit; longer subjects that begin alike are merely kept in one line.
create index outbox_order on outdial.outbox (left(subject, 200) collate "C", endpoint, id) where status = 'pending';
create index outbox_dead on outdial.outbox (endpoint, id) where status = 'dead';
`,
};
