// Which process is at work on an intent to pause or resume a campaign: one that dies leaves it to a service.

import type { Migration } from "./migration.ts";

export const stateExecutors: Migration = {
  name: "who carries out intents of state",
  sql: `
-- Null when nobody is: it has ended, its outcome is unknown and was told as that, or an emergency stop carries it out.
alter table outdial.state_intents add column executor text collate "C";
`,
};
