// Heads of the audit log that are kept outside of it and do not fit it, and what witnesses signed.

import type { Migration } from "./migration.ts";

export const auditHeads: Migration = {
  name: "heads of the audit log outside the store",
  sql: `
-- A head that was found outside and is not of this log: the database was set back. It stands until it fits again, or a person accepts it.
create table outdial.audit_conflicts (
  -- Size and root of the head, or the witness and its size: the same wherever it is found.
  id text primary key,
  place text not null,
  kind text not null check (kind in ('truncated', 'rolled_back', 'checkpoint_forged')),
  -- Entries that the head was signed for; null when it says nothing that can be believed.
  size bigint,
  -- Entries of the log when it was found.
  log_size bigint not null,
  -- The head itself, where the place gave it.
  note text,
  message text not null,
  found_at timestamptz not null,
  -- When the receiver of alarms was told.
  told_at timestamptz,
  accepted_at timestamptz,
  accepted_by text,
  reason text,
  -- By the log's key, over the id: who can only write to the database accepts nothing.
  signature text
);

create table outdial.audit_cosignatures (
  size bigint not null,
  -- The witness's verifier key.
  witness text not null,
  -- Its signature line over the checkpoint of this size.
  line text not null,
  at timestamptz not null,
  primary key (witness, size)
);
`,
};
