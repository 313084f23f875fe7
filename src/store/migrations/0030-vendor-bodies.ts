// What a tenant's own failure said about a row of a job.

import type { Migration } from "./migration.ts";

export const vendorBodies: Migration = {
  name: "bodies of a tenant's own failures",
  sql: `
-- Bounded, without secrets and telephone numbers.
alter table outdial.job_items add column vendor_body text;
`,
};
