// Brings a database to this version's schema: all missing steps in one transaction, one process at a time.

import { messageOf } from "../../kernel/index.ts";
import type { Database } from "../database/database.ts";
import { StoreError } from "../error.ts";
import type { Connection } from "../plain-types.ts";
import { campaigns } from "./campaigns.ts";
import { facts } from "./facts.ts";
import { jobs } from "./jobs.ts";
import { log } from "./log.ts";
import { notices } from "./notices.ts";
import { outcomes } from "./outcomes.ts";
import { service } from "./service.ts";

/** One step of the schema; its place in the list is its number. Never changed after its release: a correction is a new step. */
interface Migration {
  /** Name for people. */
  readonly name: string;
  /** Statements, run in one transaction. Everything lives in the schema `outdial`. */
  readonly sql: string;
}

const MIGRATIONS: readonly Migration[] = [
  { name: "baseline", sql: [jobs, log, facts, outcomes, campaigns, service, notices].join("") },
];

/** The version of the schema that this outdial works with. */
export const MIGRATION_COUNT = MIGRATIONS.length;

/**
 * Key of the advisory lock that processes wait for when they start at once: "outdia" in ASCII, as a decimal for PostgreSQL 15.
 */
const LOCK = String(0x6f7574646961);

const VERSION = `select coalesce(max(version), 0)::int as version,
  (select name from outdial.migrations where version = 1) as first from outdial.migrations`;

/** What the database has; `first` is the name of its first step. */
interface Found {
  readonly version: number;
  readonly first: string | null;
}

/** Applies the missing steps. Throws StoreError `newer_schema` or `migration_failed`; after a failure nothing is kept. */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const there = await foundIn(database);
  if (there?.version === migrations.length && there.first === migrations[0]?.name) return;
  await database.transaction(async (connection) => {
    const found = await prepare(connection);
    refuseOther(found, migrations);
    const { version } = found;
    for (const [i, migration] of migrations.entries()) if (i >= version) await apply(connection, i + 1, migration);
  });
}

/** Takes the lock until the end of the transaction and reads the version. */
async function prepare(connection: Connection): Promise<Found> {
  try {
    await connection.query(`select pg_advisory_xact_lock(${LOCK})`);
    await connection.query("create schema if not exists outdial");
    await connection.query(
      "create table if not exists outdial.migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await connection.query<Found>(VERSION);
    return rows[0] ?? { version: 0, first: null };
  } catch (cause) {
    throw failed("the schema outdial", cause);
  }
}

/** Whether outdial has ever created its schema in the database. */
export async function hasSchema(database: Database): Promise<boolean> {
  return (await foundIn(database)) !== undefined;
}

async function foundIn(database: Database): Promise<Found | undefined> {
  const [found] = await database.query<{ here: boolean }>("select to_regclass('outdial.migrations') is not null as here");
  if (!found?.here) return undefined;
  const [row] = await database.query<Found>(VERSION);
  return row;
}

function refuseOther({ version: found, first }: Found, migrations: readonly Migration[]): void {
  const known = migrations.length;
  if (first !== null && first !== migrations[0]?.name)
    throw new StoreError(
      "newer_schema",
      `the database has the schema of a development version of outdial, of before the first release`,
      {
        advice: "Give outdial an empty database. What the old one holds is read by the version that made it.",
        details: { found, known },
      },
    );
  if (found <= known) return;
  throw new StoreError("newer_schema", `the database has schema version ${found}; this outdial knows versions up to ${known}`, {
    advice: "Update outdial on this machine; running an older one on a newer schema could damage data.",
    details: { found, known },
  });
}

async function apply(connection: Connection, version: number, migration: Migration): Promise<void> {
  try {
    await connection.query(migration.sql);
    await connection.query("insert into outdial.migrations (version, name) values ($1, $2)", [version, migration.name]);
  } catch (cause) {
    throw failed(`change ${version} (${migration.name})`, cause);
  }
}

function failed(what: string, cause: unknown): StoreError {
  return new StoreError("migration_failed", `preparing the database failed at ${what}: ${messageOf(cause)}`, {
    advice: "Nothing was changed. The database user needs the right to create a schema and tables.",
    cause,
  });
}
