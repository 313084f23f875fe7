// Who has a schedule's turn until its retrieval has begun, and which processes may run a job.

import type { Migration } from "./migration.ts";

export const turnsAndScopes: Migration = {
  name: "turns of schedules, scopes of jobs",
  sql: `
-- The process that has taken the turn and not yet begun its retrieval.
alter table outdial.retrieval_schedules add column turn_of text collate "C";
-- Names the processes that may run it; null of one that was begun before this was noted.
alter table outdial.jobs add column scope text collate "C";
`,
};
