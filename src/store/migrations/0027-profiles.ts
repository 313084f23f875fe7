// A second profile of the vendor: corrections that are only recorded, and the shapes in which a tenant answers.

import type { Migration } from "./migration.ts";

export const profiles: Migration = {
  name: "corrections that are only recorded, and shapes of replies",
  sql: `
-- Wider than before, so rows that are there need no second look.
alter table outdial.job_items drop constraint job_items_result_check;
alter table outdial.job_items add constraint job_items_result_check check (result in (
  'tagged', 'success', 'unchanged', 'recorded', 'duplicate', 'refused', 'validation_error', 'locked', 'conflict_persistent',
  'exhausted_retries', 'not_found', 'forbidden', 'unknown', 'failed')) not valid;

-- The shape in which the tenant answered each operation when it was last looked at.
create table outdial.reply_shapes (
  operation text collate "C" primary key,
  shape text not null,
  seen_at timestamptz not null
);
`,
};
