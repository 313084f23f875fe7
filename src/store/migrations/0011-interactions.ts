// Corrections of interactions: their results in the ledger, and what was there before each write.

import type { Migration } from "./migration.ts";

export const interactions: Migration = {
  name: "corrections of interactions",
  sql: `
-- Wider than before, so rows that are there need no second look.
alter table outdial.job_items drop constraint job_items_result_check;
alter table outdial.job_items add constraint job_items_result_check check (result in (
  'tagged', 'success', 'unchanged', 'duplicate', 'refused', 'validation_error', 'locked', 'conflict_persistent', 'exhausted_retries',
  'not_found', 'forbidden', 'unknown', 'failed')) not valid;
drop index outdial.job_items_remarkable;
create index job_items_remarkable on outdial.job_items (job_id, result, line) where result not in ('tagged', 'unchanged', 'success');

-- One row for each line that came as far as a write.
create table outdial.interaction_changes (
  job_id text collate "C" not null references outdial.jobs on delete cascade,
  line integer not null,
  interaction_id text not null,
  -- The version the last write was announced upon, what stood there, and what it was to store: JSON arrays of entries.
  base_tag text not null,
  before json not null,
  intended json not null,
  announced_at timestamptz not null,
  -- What was read of it last.
  stored json,
  primary key (job_id, line)
);
create index interaction_changes_by_interaction on outdial.interaction_changes (interaction_id, announced_at desc);
`,
};
