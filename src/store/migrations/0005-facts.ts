// What is known of people's numbers: consent, revocations, the company's do-not-call list, placed calls, raw outcomes.
//
// Everything here is appended and never changed; what holds now is derived. The database itself refuses changes, so that no path of the
// code, present or future, can take an opt-out back. A number is E.164 without its plus sign, as a bigint: half the size of the text.

import type { Migration } from "./migration.ts";

const APPEND_ONLY = [
  "consents",
  "wordings",
  "revocations",
  "revocation_acks",
  "suppressions",
  "suppression_lifts",
  "lifted_suppressions",
  "attempts",
  "raw_outcomes",
  "relationships",
  "disconnections",
] as const;

export const facts: Migration = {
  name: "facts",
  sql: `
create function outdial.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'outdial.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;

create table outdial.fact_imports (
  id text collate "C" primary key,
  kind text not null,
  source_name text not null,
  actor text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  content_hash text,
  -- read, added, known, refused
  counts json
);

-- The words people agreed to: few texts, many records.
create table outdial.wordings (digest uuid primary key, words text not null);

create table outdial.consents (
  number bigint not null,
  given_at timestamptz not null,
  -- Over everything below, so that the same record is there once.
  digest uuid not null,
  level text not null check (level in ('none', 'express', 'written')),
  basis text not null,
  source text not null,
  evidence text not null,
  wording uuid not null references outdial.wordings,
  import_id text collate "C",
  recorded_at timestamptz not null,
  primary key (number, given_at, digest)
);

create table outdial.revocations (
  id bigint generated always as identity primary key,
  number bigint not null,
  revoked_at timestamptz not null,
  channel text not null,
  reference text not null,
  recorded_at timestamptz not null,
  unique (number, revoked_at, channel, reference)
);
create index revocations_by_time on outdial.revocations (revoked_at);

-- Which systems say that they have carried a revocation out; the first word stays.
create table outdial.revocation_acks (
  revocation_id bigint not null references outdial.revocations,
  system text not null check (btrim(system) <> ''),
  acknowledged_at timestamptz not null,
  actor text not null,
  evidence text not null,
  primary key (revocation_id, system)
);

create table outdial.suppressions (
  id bigint generated always as identity primary key,
  number bigint not null,
  -- When the person said so; null when only the list is known.
  said_at timestamptz,
  origin text not null check (origin in ('outcome', 'channel', 'manual', 'list')),
  -- The code or phrase that was taken for an opt-out, as it came.
  code text not null,
  -- Where it can be looked up: a call, a ticket, a message.
  reference text not null,
  actor text not null,
  import_id text collate "C",
  recorded_at timestamptz not null,
  unique nulls not distinct (number, said_at, origin, code, reference),
  unique (id, number)
);

-- A lift takes back the suppressions it names, with a reason, an actor and an entry in the audit log; nothing else does.
create table outdial.suppression_lifts (
  id bigint generated always as identity primary key,
  number bigint not null,
  reason text not null check (length(btrim(reason)) >= 3),
  actor text not null check (btrim(actor) <> ''),
  -- What it lifts never was an opt-out: the revocations that came with it do not count either.
  mistake boolean not null,
  lifted_at timestamptz not null,
  audit_seq bigint not null unique references outdial.audit (seq) deferrable initially deferred,
  unique (id, number)
);
create table outdial.lifted_suppressions (
  suppression_id bigint primary key,
  lift_id bigint not null,
  number bigint not null,
  foreign key (suppression_id, number) references outdial.suppressions (id, number),
  foreign key (lift_id, number) references outdial.suppression_lifts (id, number)
);

-- The company's do-not-call list as it stands.
create view outdial.suppressed as
  select number, min(coalesce(said_at, recorded_at)) as since
  from outdial.suppressions s
  where not exists (select from outdial.lifted_suppressions l where l.suppression_id = s.id)
  group by number;

create view outdial.standing_revocations as
  select r.* from outdial.revocations r
  where not exists (
    select from outdial.suppressions s
      join outdial.lifted_suppressions l on l.suppression_id = s.id
      join outdial.suppression_lifts f on f.id = l.lift_id
    where f.mistake and s.number = r.number and s.said_at = r.revoked_at and s.reference = r.reference);

create table outdial.attempts (
  number bigint not null,
  at timestamptz not null,
  kind text not null check (kind in ('attempt', 'conversation', 'inbound-conversation', 'abandoned')),
  subject text not null,
  campaign text not null,
  call_id text not null,
  -- How an answered call went, for the abandonment ledger; null when nobody and nothing answered.
  answer text check (answer in ('served', 'late', 'hangup', 'dropped', 'machine')),
  primary key (number, at, kind, subject, campaign)
);
create index attempts_by_campaign on outdial.attempts (campaign, at) include (answer);
create index attempts_by_call on outdial.attempts (call_id) where call_id <> '';

create table outdial.raw_outcomes (
  call_id text not null,
  code text not null,
  at timestamptz not null,
  -- Null while the call's number is not known.
  number bigint,
  campaign text not null,
  -- The opt-out it was taken for, null for none.
  opt_out text,
  recorded_at timestamptz not null,
  primary key (call_id, code, at)
);
create index raw_outcomes_unresolved on outdial.raw_outcomes (call_id) where opt_out is not null and number is null;

create table outdial.relationships (
  number bigint not null,
  kind text not null check (kind in ('transaction', 'inquiry')),
  since date not null,
  primary key (number, kind, since)
);

create table outdial.disconnections (
  number bigint not null,
  disconnected_on date not null,
  primary key (number, disconnected_on)
);
${APPEND_ONLY.map(
  (table) =>
    `create trigger append_only before update or delete or truncate on outdial.${table} for each statement execute function outdial.refuse_change();`,
).join("\n")}
`,
};
