// Requests that were sent for the pages of a retrieval, repeated ones included.

import type { Migration } from "./migration.ts";

export const pageAttempts: Migration = {
  name: "requests sent for pages of outcomes",
  sql: `
alter table outdial.retrieval_windows add column attempts bigint not null default 0;
-- Of earlier retrievals only what ended well and what failed in the end is known.
update outdial.retrieval_windows set attempts = pages_ok + pages_failed where pages_ok + pages_failed > 0;
`,
};
