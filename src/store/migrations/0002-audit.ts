// The audit log: rows, the state of the tree, signed checkpoints, and the inner nodes that proofs start from.

import type { Migration } from "./migration.ts";

export const audit: Migration = {
  name: "audit log",
  sql: `
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
`,
};
