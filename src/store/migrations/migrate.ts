// Brings a database to this version's schema: all missing steps in one transaction, one process at a time.

import { messageOf } from "../../kernel/index.ts";
import { asking, asStoreError, type Database, RIGHTS } from "../database/database.ts";
import { requireSuitable, serverFacts } from "../database/server.ts";
import { StoreError } from "../error.ts";
import type { Ask, Connection } from "../plain-types.ts";
import { campaigns } from "./campaigns.ts";
import { facts } from "./facts.ts";
import { jobs } from "./jobs.ts";
import { lives } from "./lives.ts";
import { log } from "./log.ts";
import { notices } from "./notices.ts";
import { outcomes } from "./outcomes.ts";
import { receivers } from "./receivers.ts";
import { service } from "./service.ts";

/** One step of the schema; its place in the list is its number. Never changed after its release: a correction is a new step. */
interface Migration {
  /** Name for people. */
  readonly name: string;
  /** Statements, run in one transaction. Everything lives in the schema `outdial`. */
  readonly sql: string;
}

/** How long a start that was sent counts as one that may still arrive. */
const starts = `
alter table outdial.starts add column accepted boolean not null default false, add column counts_until timestamptz;
update outdial.starts set counts_until = sent_at + interval '1 hour';
alter table outdial.starts alter column counts_until set not null;
`;

/** What the tenant told of callbacks and calling lists, and how far opt-outs were carried out there. */
const optOuts = `
alter table outdial.tenant_readings drop constraint tenant_readings_what_check, add constraint tenant_readings_what_check
  check (what in ('campaigns', 'campaign', 'figures', 'gate', 'dialer', 'workload', 'do-not-call', 'callbacks', 'calling-lists', 'opt-outs'));
drop trigger tell_tenant_reading on outdial.tenant_readings;
create trigger tell_tenant_reading after update on outdial.tenant_readings for each row
  when (new.what not in ('workload', 'callbacks', 'calling-lists', 'opt-outs')
    and (old.value::text is distinct from new.value::text or old.problem::text is distinct from new.problem::text
    or (old.read_at is null) <> (new.read_at is null)))
  execute function outdial.tell('campaign');
`;

/** Entries of the audit log from which a person can be erased while they keep their hash. */
const erasures = `
alter table outdial.audit add column salt text, add column erased bigint;
comment on column outdial.audit.salt is 'Random, part of what is hashed; destroyed when a person is erased from the entry';
comment on column outdial.audit.erased is 'The entry that says that a person was erased from this one';
`;

/** Who was erased; and of what is append-only, the one table from which an erasure removes rows: of its person, while it is under way. */
const erased = `
create table outdial.erasures (
  -- What stands in place of the number.
  id text collate "C" primary key,
  -- The number, which the key of the audit log opens: a backup of before the erasure has it again.
  sealed text not null,
  actor text not null,
  reason text not null,
  begun_at timestamptz not null,
  -- Null while it is under way, or was broken off.
  ended_at timestamptz
);
create index erasures_open on outdial.erasures (begun_at) where ended_at is null;
create or replace function outdial.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and tg_table_name in ('attempts', 'raw_outcomes', 'gate_manifests')
    and current_setting('outdial.removes', true) = tg_table_name then return null; end if;
  if tg_op = 'DELETE' and tg_table_name = 'line_types' and current_setting('outdial.erases', true) <> ''
    and exists (select from outdial.erasures where ended_at is null) then return null; end if;
  raise exception 'outdial.% is append-only: % is refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
end $$;
create function outdial.refuse_others() returns trigger language plpgsql as $$
begin
  if old.number::text is distinct from current_setting('outdial.erases', true) then
    raise exception 'outdial.% is append-only: an erasure removes the rows of its person alone', tg_table_name using errcode = 'restrict_violation';
  end if;
  return old;
end $$;
create trigger erases_one before delete on outdial.line_types for each row execute function outdial.refuse_others();
`;

const MIGRATIONS: readonly Migration[] = [
  { name: "baseline", sql: [jobs, log, facts, outcomes, campaigns, service, notices].join("") },
  { name: "receivers", sql: receivers },
  { name: "lives", sql: lives },
  { name: "starts", sql: starts },
  { name: "opt-outs", sql: optOuts },
  { name: "erasures", sql: erasures },
  { name: "erased persons", sql: erased },
];

/** The version of the schema that this outdial works with. */
export const MIGRATION_COUNT = MIGRATIONS.length;

/**
 * Key of the advisory lock that processes wait for when they start at once: "outdia" in ASCII, as a decimal for PostgreSQL 15.
 */
const LOCK = String(0x6f7574646961);

/**
 * What the database has of outdial. The catalogue can be read whatever the rights; the comment on the table of steps tells the
 * version to a role that may not read it.
 */
const LOOK = `select current_user as role, n.oid is not null as "hasSchema", c.oid is not null as "hasTable",
    coalesce(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false) as readable,
    coalesce(substring(obj_description(c.oid, 'pg_class') from '[0-9]+')::int, 0) as version
  from (select) as one left join pg_namespace n on n.nspname = 'outdial'
    left join pg_class c on c.relnamespace = n.oid and c.relname = 'migrations'`;

const STEPS = `select coalesce(max(version), 0)::int as version,
  (select name from outdial.migrations where version = 1) as first from outdial.migrations`;

/** The schema of a database, as the connected role sees it. */
export interface FoundSchema {
  /** The role that is connected with. */
  readonly role: string;
  readonly hasSchema: boolean;
  /** Whether outdial has ever made its tables. */
  readonly hasTable: boolean;
  /** Whether the role may read which steps were done. */
  readonly readable: boolean;
  /** Number of steps that were done; 0 without tables. */
  readonly version: number;
  /** Name of the first step; null when it is not known. */
  readonly first: string | null;
}

/** Applies the missing steps. @param writes the database is to be written to although none is missing. Throws StoreError `newer_schema`, `unsuitable_database`, `no_rights` or `migration_failed`; after a failure nothing is kept. */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS, writes = false): Promise<void> {
  const ask: Ask = (statement) => database.query(statement);
  const there = await findSchema(ask);
  refuseOther(there, migrations);
  const isCurrent = there.version === migrations.length;
  requireSuitable(await serverFacts(ask), writes || !isCurrent);
  if (isCurrent) return;
  await database.transaction(async (connection) => {
    const found = await prepare(connection);
    refuseOther(found, migrations);
    const { version } = found;
    for (const [i, migration] of migrations.entries()) if (i >= version) await apply(connection, i + 1, migration);
  });
}

/** Takes the lock until the end of the transaction, and makes what the list of steps is kept in. */
async function prepare(connection: Connection): Promise<FoundSchema> {
  try {
    await connection.query(`select pg_advisory_xact_lock(${LOCK})`);
    const found = await findSchema(asking(connection));
    // Only when it is missing: "if not exists" asks for the right to create schemas even when there is nothing to create.
    if (!found.hasSchema) await connection.query("create schema outdial");
    if (!found.hasTable)
      await connection.query(
        "create table outdial.migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())",
      );
    return found;
  } catch (cause) {
    throw failed("the schema outdial", cause);
  }
}

/** What a database has of outdial. Changes nothing. */
export async function findSchema(ask: Ask): Promise<FoundSchema> {
  const [found] = await ask<FoundSchema>(LOOK);
  if (found === undefined) throw new StoreError("store_unavailable", "the database did not tell what it has");
  const [steps] = found.readable ? await ask<Pick<FoundSchema, "version" | "first">>(STEPS) : [];
  return { ...found, first: null, ...steps };
}

function refuseOther(there: FoundSchema, migrations: readonly Migration[]): void {
  const known = migrations.length;
  const { version: found, first, role } = there;
  const details = { found, known };
  const what = `the database has schema version ${found}`;
  if (first !== null && first !== migrations[0]?.name)
    throw new StoreError(
      "newer_schema",
      `${what} of a development version of outdial, of before the first release (its first step is "${first}", not "${migrations[0]?.name}")`,
      { advice: "Give outdial an empty database. What the old one holds is read by the version that made it.", details },
    );
  if (found > known)
    throw new StoreError("newer_schema", `${what}; this outdial knows versions up to ${known}`, {
      advice: "Update outdial on this machine; running an older one on a newer schema could damage data.",
      details,
    });
  if (there.hasTable && !there.readable)
    throw new StoreError("no_rights", `the role ${role} may not read outdial.migrations`, { advice: RIGHTS });
}

async function apply(connection: Connection, version: number, migration: Migration): Promise<void> {
  try {
    await connection.query(migration.sql);
    await connection.query("insert into outdial.migrations (version, name) values ($1, $2)", [version, migration.name]);
    await connection.query(`comment on table outdial.migrations is 'schema version ${version}'`);
  } catch (cause) {
    throw failed(`change ${version} (${migration.name})`, cause);
  }
}

function failed(what: string, cause: unknown): StoreError {
  const known = asStoreError(cause);
  const code = known instanceof StoreError ? known.code : "migration_failed";
  return new StoreError(code, `preparing the database failed at ${what}: ${messageOf(cause)}`, {
    advice: `Nothing was changed. ${known instanceof StoreError ? (known.advice ?? "") : ""}`.trimEnd(),
    cause,
  });
}
