// Dialer settings that a tenant keeps for each campaign: what a version is of.

import type { Migration } from "./migration.ts";

export const settingsSubject: Migration = {
  name: "what dialer settings are of",
  sql: `
-- Empty for settings that a tenant has once.
alter table outdial.dialer_changes add column subject text collate "C" not null default '';
`,
};
