// Which campaigns dial although the tenant does not hold the company's do-not-call list back from them, among what was last read.

import type { Migration } from "./migration.ts";

export const doNotCallReadings: Migration = {
  name: "the tenant's do-not-call groups of campaigns that dial",
  sql: `
alter table outdial.tenant_readings drop constraint tenant_readings_what_check;
alter table outdial.tenant_readings add constraint tenant_readings_what_check
  check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer', 'workload', 'do-not-call'));
`,
};
