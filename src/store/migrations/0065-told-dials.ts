// How many dials the tenant says there were on each day whose calls were retrieved, and how large a file is that is being imported.

import type { Migration } from "./migration.ts";

export const toldDials: Migration = {
  name: "dials of retrieved days as the tenant tells them, sizes of imported files",
  sql: `
-- As long as the lake has the day's calls.
create table outdial.told_dials (
  campaign_id text collate "C" not null,
  -- In UTC.
  day date not null,
  -- By quarter of an hour, 96; null where the tenant did not say.
  dials integer[] not null,
  -- Calling lists of the campaign when it was read last, and those of before that the tenant no longer had.
  lists text[] not null,
  gone text[] not null,
  told_at timestamptz not null,
  primary key (campaign_id, day)
);

-- Of a file that is imported, in bytes; null where it is not known, as of a stream.
alter table outdial.fact_imports add column size bigint;
`,
};
