// When a receiver was last switched on, so that processes that leave it alone try it again.

import type { Migration } from "./migration.ts";

export const receiverOn: Migration = {
  name: "when a receiver was switched on",
  sql: "alter table outdial.endpoints add column on_since timestamptz;",
};
