// Whose jobs are.

import type { Migration } from "./migration.ts";

export const jobTenant: Migration = {
  name: "tenants of jobs",
  sql: `
-- As the store was bound when the job was entered: a store can be bound to another name or address later. Nothing is known of jobs of before.
alter table outdial.jobs add column tenant_name text, add column tenant_address text;
`,
};
