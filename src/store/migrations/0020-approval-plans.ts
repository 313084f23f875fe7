// What the person who asked was shown is kept with the approval, for the person who decides.

import type { Migration } from "./migration.ts";

export const approvalPlans: Migration = {
  name: "approvals keep the plan that was shown",
  sql: `
-- Null for what was asked for before plans were kept.
alter table outdial.approvals add column plan json;
`,
};
