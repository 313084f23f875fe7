// Approvals that were agreed to, and of which nobody knows whether they were carried out.

import type { Migration } from "./migration.ts";

export const unknownApprovals: Migration = {
  name: "approvals whose outcome is not known",
  sql: `
alter table outdial.approvals drop constraint approvals_state_check;
alter table outdial.approvals add constraint approvals_state_check
  check (state in ('pending', 'approved', 'rejected', 'failed', 'interrupted', 'outcome_unknown'));
`,
};
