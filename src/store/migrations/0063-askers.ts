// By which token an approval was asked for: it is not carried out after that token has ended. And what a request with an Idempotency-Key has
// written so far, so that a repetition of one whose answer was lost is not carried out a second time.

import type { Migration } from "./migration.ts";

export const askers: Migration = {
  name: "the tokens of those who ask, and what keyed requests have written",
  sql: `
alter table outdial.approvals add column requested_token text collate "C" references outdial.api_tokens on delete set null;
update outdial.approvals a set requested_token = (
  select t.id from outdial.api_tokens t where t.name = a.requested_by order by t.created_at desc limit 1) where state = 'pending';
alter table outdial.idempotency_keys add column wrote json;
`,
};
