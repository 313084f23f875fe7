// Which process carries an approved plan out, so that one whose process died is told as such.

import type { Migration } from "./migration.ts";

export const interruptedApprovals: Migration = {
  name: "approvals whose process died while it carried them out",
  sql: `
alter table outdial.approvals add column executor text collate "C";
alter table outdial.approvals drop constraint approvals_state_check;
alter table outdial.approvals add constraint approvals_state_check
  check (state in ('pending', 'approved', 'rejected', 'failed', 'interrupted'));
create index approvals_carried_out on outdial.approvals (executor) where executor is not null;
`,
};
