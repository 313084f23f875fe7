// A tag on the contact in place of a disposition has a result of its own. Rows from before say `tagged`, in jobs whose options say what stood in for it.

import type { Migration } from "./migration.ts";

export const contactTags: Migration = {
  name: "tags on contacts in place of dispositions",
  sql: `
-- Wider than before, so rows that are there need no second look.
alter table outdial.job_items drop constraint job_items_result_check;
alter table outdial.job_items add constraint job_items_result_check check (result in (
  'tagged', 'contact_tagged', 'success', 'unchanged', 'recorded', 'duplicate', 'refused', 'validation_error', 'locked',
  'conflict_persistent', 'exhausted_retries', 'not_found', 'forbidden', 'unknown', 'failed')) not valid;
`,
};
