// Jobs of one kind are found without reading all the others.

import type { Migration } from "./migration.ts";

export const jobsByKind: Migration = {
  name: "an index of jobs by kind",
  sql: "create index jobs_by_kind on outdial.jobs (kind, created_at desc, id desc)",
};
