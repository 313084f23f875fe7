// Which of the processes that work on this database are services, that others give their jobs to.

import type { Migration } from "./migration.ts";

export const servingReplicas: Migration = {
  name: "replicas that serve",
  sql: `
alter table outdial.replicas add column scopes text[] not null default '{}';
`,
};
