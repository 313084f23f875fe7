// What a line is (mobile, landline, voip), and when the Reassigned Numbers Database was asked about a number. Both are only added to.

import type { Migration } from "./migration.ts";

export const lineTypes: Migration = {
  name: "types of lines and queries about reassigned numbers",
  sql: `
create table outdial.line_types (
  number bigint not null,
  line_type text not null check (line_type in ('mobile', 'landline', 'voip')),
  -- As of when; the latest counts, and of several on one date a mobile.
  seen_on date not null,
  primary key (number, seen_on, line_type)
);
create table outdial.reassigned_queries (
  number bigint not null,
  queried_on date not null,
  primary key (number, queried_on)
);
create trigger append_only before update or delete or truncate on outdial.line_types for each statement execute function outdial.refuse_change();
create trigger append_only before update or delete or truncate on outdial.reassigned_queries for each statement execute function outdial.refuse_change();
`,
};
