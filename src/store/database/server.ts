// Which server and database the store is on: what outdial needs of them, asked before the first change.

import { StoreError } from "../error.ts";
import type { Ask } from "../plain-types.ts";

/** Major versions of PostgreSQL: the oldest that outdial works with, and the newest that it is tested with. */
const OLDEST = 15;
const NEWEST = 18;
/** A busy process holds up to seventeen, and two replicas overlap while they are replaced. */
const FEW_CONNECTIONS = 40;

const SETTINGS = [
  "server_version_num",
  "server_version",
  "server_encoding",
  "DateStyle",
  "default_transaction_isolation",
  "default_transaction_read_only",
  "session_replication_role",
  "standard_conforming_strings",
  "fsync",
  "full_page_writes",
  "synchronous_commit",
  "statement_timeout",
  "lock_timeout",
  "transaction_timeout",
  "idle_session_timeout",
  "max_connections",
] as const;

/** What a server says of itself and of the database. */
export interface ServerFacts {
  /** As the connected role has them in this database; null: this version has no such setting. */
  readonly settings: Readonly<Record<(typeof SETTINGS)[number], string | null>>;
  readonly isStandby: boolean;
  readonly hasPlpgsql: boolean;
  /** How many connections the role and the database may have at once, where that is limited. */
  readonly limits: Readonly<Record<string, number>>;
  readonly collation: string;
  /** The version of the collation that the database was made with; null when it has none. */
  readonly collationMade: string | null;
  /** The version that the server has now; null when it has none. */
  readonly collationNow: string | null;
}

/** Something about the server that does not suit. */
export interface ServerTrouble {
  readonly check: "version" | "encoding" | "collation" | "extension" | "writes" | "settings";
  /** `fail`: outdial does not work with it. */
  readonly state: "fail" | "warn";
  readonly text: string;
  readonly mend: string;
}

/** Any version of PostgreSQL answers these. */
const FACTS = `select pg_is_in_recovery() as "isStandby", d.datcollate as collation, to_jsonb(d) ->> 'datcollversion' as "collationMade",
    exists (select from pg_language where lanname = 'plpgsql') as "hasPlpgsql",
    (select coalesce(json_object_agg('connection limit of the ' || name, few), '{}') from (values ('role', rolconnlimit), ('database', datconnlimit)) as one(name, few)
      where few >= 0 and not rolsuper) as limits,
    (select json_object_agg(name, current_setting(name, true)) from unnest(array['${SETTINGS.join("','")}']) as name) as settings
  from pg_database d, pg_roles where datname = current_database() and rolname = session_user`;
const COLLATION = `select pg_database_collation_actual_version(oid) as now from pg_database where datname = current_database()`;

/** Asks the server. */
export async function serverFacts(ask: Ask): Promise<ServerFacts> {
  const [facts] = await ask<Omit<ServerFacts, "collationNow">>(FACTS);
  if (facts === undefined) throw new StoreError("store_unavailable", "the database did not tell what it is");
  const [collation] = facts.collationMade === null ? [] : await ask<{ now: string | null }>(COLLATION);
  return { ...facts, collationNow: collation?.now ?? null };
}

/** Version, encoding and collation in one line. */
export function serverText({ settings, collation, isStandby }: ServerFacts): string {
  return `PostgreSQL ${settings.server_version}, ${settings.server_encoding}, collation ${collation}${isStandby ? ", a standby" : ""}`;
}

/** What does not suit, the worst first. Pure. */
export function serverTroubles(facts: ServerFacts): ServerTrouble[] {
  const { settings, collation, collationMade, collationNow } = facts;
  const troubles: ServerTrouble[] = [];
  const add = (check: ServerTrouble["check"], state: ServerTrouble["state"], text: string, mend: string) =>
    void troubles.push({ check, state, text, mend });
  const major = Math.floor(Number(settings.server_version_num) / 10_000);
  const version = `the server is PostgreSQL ${settings.server_version ?? "of an unknown version"}`;
  // What does not say its version is not known to be new enough.
  if (!(major >= OLDEST))
    add(
      "version",
      "fail",
      `${version}; outdial works with ${OLDEST} and later`,
      `Upgrade the server, or name no database: outdial brings PostgreSQL ${NEWEST}.`,
    );
  if (settings.server_encoding !== "UTF8")
    add(
      "encoding",
      "fail",
      `the database's encoding is ${settings.server_encoding}, not UTF8: it cannot hold every name and text`,
      "Make another one: create database NAME encoding 'UTF8' template template0.",
    );
  if (!facts.hasPlpgsql) add("extension", "fail", "the database lacks the language plpgsql", "create extension plpgsql");
  if (facts.isStandby || settings.default_transaction_read_only === "on")
    add(
      "writes",
      "fail",
      facts.isStandby
        ? "the server is a standby, which takes no writes"
        : "the role or the database is set to read only (default_transaction_read_only)",
      "Name the writable server in the database URL, or end the read-only state.",
    );
  const is = (name: keyof ServerFacts["settings"], needed: string, why: string, ok = settings[name] === needed) => {
    if (!ok) add("settings", "fail", `${name} is ${settings[name]}, not ${needed}: ${why}`, changed(name, needed));
  };
  is("DateStyle", "ISO", "times would be misread", settings.DateStyle?.startsWith("ISO") === true);
  is("default_transaction_isolation", "read committed", "changes at the same time would fail");
  is("session_replication_role", "origin", "triggers that keep records from being changed would not run");
  is("standard_conforming_strings", "on", "texts with a backslash would be misread");
  if (major > NEWEST)
    add("version", "warn", `${version}; outdial is tested with ${OLDEST} to ${NEWEST}`, "Look for a newer outdial.");
  if (collationMade !== null && collationMade !== collationNow)
    add(
      "collation",
      "warn",
      `the collation ${collation} is of version ${collationNow ?? "unknown"} now, and indexes were made with ${collationMade}: rows may not be found`,
      "reindex database NAME; alter database NAME refresh collation version",
    );
  const doubt = (text: string, mend: string) => add("settings", "warn", text, mend);
  const off = (["fsync", "full_page_writes", "synchronous_commit"] as const).filter((name) => settings[name] === "off");
  const mends = off.map((name) => changed(name, "on")).join("; ");
  if (off.length > 0) doubt(`off: ${off.join(", ")}. What was recorded as sent may be lost when the server fails`, mends);
  for (const name of ["statement_timeout", "lock_timeout", "transaction_timeout", "idle_session_timeout"] as const)
    if ((settings[name] ?? "0") !== "0")
      doubt(`${name} is ${settings[name]}: upgrades, large imports and waits are cut off`, changed(name, "0"));
  for (const [name, limit] of Object.entries({ max_connections: settings.max_connections, ...facts.limits }))
    if (Number(limit) < FEW_CONNECTIONS)
      doubt(`${name} is ${limit}: a busy process holds up to seventeen`, "Raise it, or put PgBouncer before the server.");
  return troubles;
}

/** Durability is set for the whole server, the rest for the role. */
function changed(name: string, value: string): string {
  const whole = name === "fsync" || name === "full_page_writes";
  return `${whole ? "alter system" : "alter role ROLE"} set ${name} = '${value}'`;
}

/**
 * Refuses what outdial cannot work with. @param writes false: nothing is to be changed now, so that a standby will do.
 * Throws StoreError `unsuitable_database`
 */
export function requireSuitable(facts: ServerFacts, writes: boolean): void {
  const failing = serverTroubles(facts).filter(({ state, check }) => state === "fail" && (writes || check !== "writes"));
  if (failing.length === 0) return;
  throw new StoreError("unsuitable_database", failing.map(({ text }) => text).join("; "), {
    advice: failing.map(({ mend }) => mend).join("\n"),
  });
}
