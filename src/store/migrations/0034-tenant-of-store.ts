// Which tenant a store is of.

import type { Migration } from "./migration.ts";

export const tenantOfStore: Migration = {
  name: "the tenant that a store is of",
  sql: `
-- What is kept of a tenant (campaigns, settings, figures, outcomes) has no tenant in its rows: there is one.
create table outdial.tenant_of_store (
  single boolean primary key default true check (single),
  -- Of the configuration; null where it has one tenant without a name.
  name text,
  -- The origin of its address.
  address text not null,
  since timestamptz not null
);
`,
};
