// The national do-not-call registry, one set of numbers per file that was loaded, and the manifests of gates.

import type { Migration } from "./migration.ts";

export const registry: Migration = {
  name: "registry files and gate manifests",
  sql: `
create table outdial.registry_files (
  id integer generated always as identity primary key,
  -- Whose registry: the country's two letters.
  registry text not null,
  -- The date of the file, which its age is counted from.
  as_of date not null,
  source_name text not null,
  actor text not null,
  status text not null check (status in ('loading', 'current', 'retired')),
  content_hash text,
  numbers bigint,
  loaded_at timestamptz not null
);
create unique index registry_current on outdial.registry_files (registry) where status = 'current';

-- A partition per file: a new file is filled beside the old one, the switch is one row, the removal of an old one takes no time.
create table outdial.registry_numbers (file_id integer not null, number bigint not null) partition by list (file_id);

create table outdial.gate_manifests (
  id text collate "C" primary key,
  campaign text not null,
  at timestamptz not null,
  manifest text not null,
  created_at timestamptz not null
);
create index gate_manifests_by_campaign on outdial.gate_manifests (campaign, created_at desc);
create trigger append_only before update or delete or truncate on outdial.gate_manifests for each statement execute function outdial.refuse_change();
`,
};
