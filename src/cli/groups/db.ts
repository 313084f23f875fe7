// outdial db: the database by itself.

import { command } from "../command.ts";
import { STORE } from "../declare.ts";

export const dbMigrate = command(
  "migrate",
  { ...STORE, makes: "schema" },
  {
    runs: "here",
    summary: "bring the tables of the database up to date, as a step of its own before a deployment",
    notes:
      "It makes the schemas outdial and dbos when they are missing, and touches neither keys nor the audit log. Run it with a role that owns the tables;\n" +
      "the service may then run with one that makes none. Several may run at once. DATABASE_DIRECT_URL takes precedence, without a pooler.",
    examples: ["outdial db migrate --database-url postgres://outdial_owner@db.example/outdial"],
  },
);

export const dbStatus = command("status", STORE, {
  runs: "here",
  summary: "which schema the database has, and which one this outdial works with",
  notes: "It changes nothing. Exit code 0 when this outdial can work with the database as it is, 1 when not.",
});
