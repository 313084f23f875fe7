// The version of the state machine that wrote a journal: another version may replay the same events to another state.

import type { Migration } from "./migration.ts";

export const journalMachines: Migration = {
  name: "the version of the machine of each change of settings and each apply",
  sql: `
alter table outdial.dialer_changes add column machine integer not null default 1;
alter table outdial.campaign_applies add column machine integer not null default 1;
`,
};
