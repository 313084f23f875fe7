// What the tenant was known to have, so that a shorter answer is noticed: campaigns that its list lacks, and how many there were.

import type { Migration } from "./migration.ts";

export const knownAnswers: Migration = {
  name: "what a shorter answer of the tenant lacks",
  sql: `
-- Since when the tenant's list lacks it. From now on gone_at is the word of a person: until then a list did not make it gone.
alter table outdial.known_campaigns add column lacking_since timestamptz;
update outdial.known_campaigns set lacking_since = gone_at, gone_at = null where gone_at is not null;

create table outdial.known_counts (
  -- What was counted, such as contacts, and of which one.
  what text not null,
  subject text collate "C" not null,
  -- The last count that was believed, and when the tenant gave it.
  count bigint not null,
  seen_at timestamptz not null,
  -- A count since then that is far lower, until a person says that it is right, or the tenant gives a higher one.
  answered bigint,
  answered_at timestamptz,
  primary key (what, subject)
);
`,
};
