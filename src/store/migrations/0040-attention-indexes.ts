// What needs somebody is found without reading what does not.

import type { Migration } from "./migration.ts";

export const attentionIndexes: Migration = {
  name: "indexes for what needs somebody",
  sql: `
create index jobs_standing on outdial.jobs (created_at desc, id desc) where status in ('stopped', 'failed');
create index dialer_changes_by_subject on outdial.dialer_changes (subject, version desc);
create index dialer_changes_not_back on outdial.dialer_changes (version) where outcome = 'rollback_failed';
`,
};
