// Limits of the tenant's requests that processes share. Unlogged: what is in them is worth nothing after a crash.

import type { Migration } from "./migration.ts";

export const rates: Migration = {
  name: "limits that processes share",
  sql: `
create unlogged table outdial.rate_limits (
  scope text not null,
  family text not null,
  -- Permits that nobody held at this time.
  permits float8 not null,
  counted_at timestamptz not null,
  primary key (scope, family)
);
create unlogged table outdial.rate_parts (
  scope text not null,
  family text not null,
  -- A process.
  holder text not null,
  -- Of the limit, 0 to 1.
  part float8 not null,
  -- By lane, in order of precedence: parts of the limit.
  demand float8[] not null,
  held_until timestamptz not null,
  primary key (scope, family, holder)
);
`,
};
