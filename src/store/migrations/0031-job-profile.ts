// By which of its interfaces a tenant was spoken to in a job.

import type { Migration } from "./migration.ts";

export const jobProfile: Migration = {
  name: "profiles of jobs",
  sql: `
-- Jobs of before are of the only profile that there was.
alter table outdial.jobs add column profile text not null default 'rest';
`,
};
