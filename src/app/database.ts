// The database by itself, without a store: whether it suits, which schema it has, and bringing it up to date.

import { engineSchema, launchEngine } from "../operations/index.ts";
import {
  hasEmbeddedStore,
  MIGRATION_COUNT,
  openDatabase,
  type PlainDatabase,
  type ServerTrouble,
  serverFacts,
  serverText,
  serverTroubles,
} from "../store/index.ts";
import { type Flags, loadConfig } from "./config.ts";
import type { Environment } from "./environment.ts";
import { storeName } from "./standing.ts";
import { noStore } from "./store-of-config.ts";

/** The version of a schema: 0 when it is not there, null when the role may not read it. */
interface SchemaStanding {
  readonly found: number | null;
  /** The one that this outdial works with. */
  readonly wanted: number;
}

/** What a database has of outdial. */
export interface DatabaseStanding {
  /** Its address without user and password, or the folder of the embedded one. */
  readonly database: string;
  /** The server's version, and the database's encoding and collation. */
  readonly server: string;
  /** What about them does not suit. */
  readonly troubles: readonly ServerTrouble[];
  /** The role that is connected with. */
  readonly role: string;
  /** The schema `outdial`: what outdial stores. */
  readonly outdial: SchemaStanding;
  /** The schema `dbos`: the workflow engine's. A newer one does as well. */
  readonly dbos: SchemaStanding;
  /** When the server last put a part of its log into its archive, ISO 8601; null: it never did. */
  readonly archivedAt: string | null;
  /** Whether this outdial can work with it as it is. */
  readonly isReady: boolean;
}

/** Reads what the configured database has; changes nothing. Throws StoreError */
export async function readDatabase(flags: Flags, environment: Environment): Promise<DatabaseStanding> {
  return onDatabase(flags, environment, standing);
}

/**
 * Brings both schemas of the configured database up to date. Processes that do it at once wait for each other.
 * Throws StoreError
 */
export async function migrateDatabase(flags: Flags, environment: Environment): Promise<DatabaseStanding> {
  return onDatabase(flags, environment, async (database, name) => {
    await database.migrate();
    const log = { warn: () => undefined };
    const engine = await launchEngine({ databaseUrl: database.url, executor: "migrate", serves: false, kinds: {}, log });
    await engine.close();
    return standing(database, name);
  });
}

async function onDatabase<T>(
  flags: Flags,
  environment: Environment,
  work: (database: PlainDatabase, name: string) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(flags, environment);
  const { dir, databaseUrl: url, directUrl } = config;
  if (url === undefined && !(await hasEmbeddedStore(dir))) throw noStore(config);
  await using database = await openDatabase({ dir, url, directUrl });
  return await work(database, storeName(config));
}

const ARCHIVED = `select to_char(last_archived_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at from pg_stat_archiver`;

async function standing(plain: PlainDatabase, database: string): Promise<DatabaseStanding> {
  const { role, version, hasTable, readable } = await plain.schema();
  const outdial = { found: hasTable && !readable && version === 0 ? null : version, wanted: MIGRATION_COUNT };
  const dbos = await engineSchema(plain.ask);
  const server = await serverFacts(plain.ask);
  const troubles = serverTroubles(server);
  const suits = troubles.every(({ state }) => state === "warn");
  const isReady = suits && outdial.found === outdial.wanted && readable && (dbos.found ?? 0) >= dbos.wanted;
  const [archiver] = await plain.ask<{ at: string | null }>(ARCHIVED);
  return { database, server: serverText(server), troubles, role, outdial, dbos, archivedAt: archiver?.at ?? null, isReady };
}
