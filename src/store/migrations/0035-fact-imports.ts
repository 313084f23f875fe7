// How far an import is, so that one that breaks off is named with what took effect.

import type { Migration } from "./migration.ts";

export const factImports: Migration = {
  name: "imports that break off",
  sql: `
alter table outdial.fact_imports
  -- When its process last said that it is at work on it.
  add column beat_at timestamptz,
  -- Rows that are in force, by table.
  add column in_force jsonb not null default '{}',
  -- How much of the file had been read when this was last noted, and the hash of so much of it: the same file is known by it when it is read again.
  add column bytes bigint not null default 0,
  add column prefix_hash text,
  -- Nobody is at work on it any more although it did not come to its end, and why.
  add column broken_off_at timestamptz,
  add column reason text,
  -- The import that brought the rest.
  add column completed_by text collate "C";

-- Those of before: what is in force of them is counted once.
update outdial.fact_imports i set in_force = jsonb_strip_nulls(jsonb_build_object(
  'consents', (select nullif(count(*), 0) from outdial.consents where import_id = i.id),
  'suppressions', (select nullif(count(*), 0) from outdial.suppressions where import_id = i.id)))
where finished_at is null;

create index fact_imports_open on outdial.fact_imports (started_at) where finished_at is null and completed_by is null;

-- The import that fills the file.
alter table outdial.registry_files add column import_id text collate "C";
`,
};
