// What people said of the things that need somebody: seen, and who sees to it.

import type { Migration } from "./migration.ts";

export const attention: Migration = {
  name: "attention",
  sql: `
create table outdial.attention (
  -- What it is about and which episode of it: one that comes again is another one.
  key text collate "C" primary key,
  owner text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  note text,
  updated_at timestamptz not null
);
`,
};
