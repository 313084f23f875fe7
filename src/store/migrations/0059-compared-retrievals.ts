// What the calls of a retrieval were compared with.

import type { Migration } from "./migration.ts";

export const comparedRetrievals: Migration = {
  name: "what retrieved calls were compared with",
  sql: `
-- [{by, count, share, certain}]; null before the end, and for retrievals of earlier versions.
alter table outdial.retrievals add column compared json;
`,
};
