// Who somebody is, whichever way they signed in: so that nobody is their own second person.

import type { Migration } from "./migration.ts";

export const persons: Migration = {
  name: "persons of sessions, tokens and approvals",
  sql: `
-- The name that the sign-in provider's subject gives; null where it is not known whose a token or a session is.
alter table outdial.sessions add column person text, add column label text;
alter table outdial.api_tokens add column person text;
alter table outdial.approvals add column requested_person text;
`,
};
