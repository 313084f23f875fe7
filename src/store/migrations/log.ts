// The audit log, and what leaves: events, their receivers and deliveries.

export const log = `
create table outdial.audit (
  seq bigint primary key,
  time text collate "C" not null,
  actor text not null,
  action text not null,
  subject text not null,
  job text collate "C",
  details text not null,
  leaf bytea not null,
  seal bytea not null
);
-- A prefix, because an index entry has a limit and a malformed id from a file has none. Not a hash: ids mostly come in order, and
-- writing where one wrote before is half the cost of writing anywhere.
create index audit_by_subject on outdial.audit (left(subject, 200) collate "C");
-- Entries come in order of time.
create index audit_by_time on outdial.audit using brin (time) with (pages_per_range = 16);

-- Between which entries those of a job lie: one row a job, touched once a batch, where an index would be touched for every entry.
create table outdial.audit_jobs (
  job text collate "C" primary key,
  first_seq bigint not null,
  last_seq bigint not null
) with (fillfactor = 50);

-- One row; its lock puts writers in line. Without a key until the first entry, then bound to that key.
create table outdial.audit_head (
  id boolean primary key default true check (id),
  size bigint not null,
  frontier bytea not null,
  vkey text
) with (fillfactor = 10);
insert into outdial.audit_head (size, frontier) values (0, '');

create table outdial.audit_checkpoints (
  size bigint primary key,
  note text not null
);

-- Roots of full subtrees of 256 leaves, 65,536 leaves, …: a proof reads a few hundred hashes instead of all.
create table outdial.audit_nodes (
  level smallint not null,
  index bigint not null,
  hash bytea not null,
  primary key (level, index)
);

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
  off_reason text,
  on_since timestamptz,
  -- Events are written for it by every process since then.
  known_at timestamptz
);

-- A head that was found outside and is not of this log: the database was set back. It stands until it fits again, or a person accepts it.
create table outdial.audit_conflicts (
  -- Size and root of the head, or the witness and its size: the same wherever it is found.
  id text primary key,
  place text not null,
  kind text not null check (kind in ('truncated', 'rolled_back', 'checkpoint_forged')),
  -- Entries that the head was signed for; null when it says nothing that can be believed.
  size bigint,
  -- Entries of the log when it was found.
  log_size bigint not null,
  -- The head itself, where the place gave it.
  note text,
  message text not null,
  found_at timestamptz not null,
  -- When the receiver of alarms was told.
  told_at timestamptz,
  accepted_at timestamptz,
  accepted_by text,
  reason text,
  -- By the log's key, over the id: who can only write to the database accepts nothing.
  signature text
);

create table outdial.audit_cosignatures (
  size bigint not null,
  -- The witness's verifier key.
  witness text not null,
  -- Its signature line over the checkpoint of this size.
  line text not null,
  at timestamptz not null,
  primary key (witness, size)
);
`;
