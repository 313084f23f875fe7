// Files of national do-not-call registries: a new file is filled beside the current one, then put in force in one transaction, or
// discarded.

import type { StoreCore, Tx } from "../commit.ts";
import { numberArray } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { countInForce, endImport } from "./in-force.ts";
import type { ImportCounts, RegistryFile } from "./types.ts";

/** A load that its process never ended is removed by the next one after this time. */
const ABANDONED_LOAD_MS = 24 * 3_600_000;

const FILE = `id, registry, as_of::text as "asOf", source_name as "sourceName", coalesce(numbers, 0) as numbers, loaded_at as "loadedAt"`;

const partition = (id: number) => `outdial.registry_numbers_${id}`;

/** The current file of each registry. */
export function currentFiles(store: StoreCore): Promise<RegistryFile[]> {
  return store.query<RegistryFile>(`select ${FILE} from outdial.registry_files where status = 'current' order by registry`);
}

/** The description of a file. */
export interface NewRegistryFile {
  readonly registry: string;
  readonly asOf: string;
  readonly sourceName: string;
  readonly actor: string;
  /** The import that fills it. */
  readonly importId?: string | undefined;
}

/** Begins to fill a new file. @returns its id. @throws StoreError `invalid_state` when the current file is newer */
export async function beginFile(store: StoreCore, file: NewRegistryFile): Promise<number> {
  const current = (await currentFiles(store)).find(({ registry }) => registry === file.registry);
  if (current && current.asOf > file.asOf) {
    throw new StoreError(
      "invalid_state",
      `the registry file of ${file.asOf} is older than the one in force, of ${current.asOf}`,
      {
        advice: "Give the date of the file with --as-of.",
      },
    );
  }
  await clearAbandoned(store);
  return store.commit(async (tx) => {
    const [made] = await tx.query<{ id: number }>(
      `insert into outdial.registry_files (registry, as_of, source_name, actor, status, loaded_at, import_id) values ($1, $2, $3, $4, 'loading', $5, $6) returning id`,
      [file.registry, file.asOf, file.sourceName, file.actor, new Date(store.now()), file.importId ?? null],
    );
    const id = made?.id ?? 0;
    await tx.query(
      `create table ${partition(id)} (file_id integer not null default ${id} check (file_id = ${id}), number bigint primary key)`,
    );
    return id;
  });
}

async function clearAbandoned(store: StoreCore): Promise<void> {
  const stale = await store.query<{ id: number }>(
    "select id from outdial.registry_files where status = 'loading' and loaded_at < $1",
    [new Date(store.now() - ABANDONED_LOAD_MS)],
  );
  for (const { id } of stale) await discardFile(store, id);
}

/**
 * Adds numbers to a file that is being filled. @returns the number of new ones. Throws StoreError `not_owner`, see `countInForce`
 */
export function fillFile(store: StoreCore, id: number, numbers: readonly number[], importId?: string): Promise<number> {
  return store.commit(async (tx) => {
    // First, since without the import the file's table may no longer exist.
    await countInForce(tx, importId, "registryNumbers", 0);
    return tx.change(`insert into ${partition(id)} (number) select unnest($1::bigint[]) on conflict do nothing`, [
      numberArray(numbers),
    ]);
  });
}

/** Discards a file that is being filled. */
export async function discardFile(store: StoreCore, id: number): Promise<void> {
  await store.commit(async (tx) => {
    await tx.query(`drop table if exists ${partition(id)}`);
    await tx.query("delete from outdial.registry_files where id = $1 and status = 'loading'", [id]);
  });
}

/** A filled file. */
export interface FilledFile {
  readonly id: number;
  readonly contentHash: string;
  readonly numbers: number;
  readonly actor: string;
  /** The import that filled it; it ends with this. */
  readonly import?:
    | {
        readonly id: string;
        readonly counts: ImportCounts;
        /** Ids of imports of the registry that had broken off. */
        readonly completes: readonly string[];
      }
    | undefined;
}

/**
 * Puts a filled file in force, with its audit entry. The previous file is kept, older ones are removed.
 * @returns false when the same file of the same date is already in force; the filled one is then discarded
 */
export async function switchFile(store: StoreCore, filled: FilledFile): Promise<boolean> {
  const [same] = await store.query(
    `select from outdial.registry_files old join outdial.registry_files new on new.id = $1
     where old.status = 'current' and old.registry = new.registry and old.as_of = new.as_of and old.content_hash = $2`,
    [filled.id, filled.contentHash],
  );
  const ends = async (tx: Tx) => {
    const { contentHash, import: given } = filled;
    if (given !== undefined) await endImport(tx, given.id, { ...given, contentHash, now: store.now() });
  };
  if (same) {
    await discardFile(store, filled.id);
    await store.commit(ends);
    return false;
  }
  await store.query(`analyze ${partition(filled.id)}`);
  const outdated = await store.commit(async (tx) => {
    const [file] = await tx.query<{ registry: string; asOf: string; sourceName: string }>(
      `select registry, as_of::text as "asOf", source_name as "sourceName" from outdial.registry_files where id = $1 and status = 'loading' for update`,
      [filled.id],
    );
    if (!file) throw new StoreError("invalid_state", `registry file ${filled.id} is no longer being filled`);
    await tx.query(`alter table outdial.registry_numbers attach partition ${partition(filled.id)} for values in (${filled.id})`);
    await tx.query("update outdial.registry_files set status = 'retired' where registry = $1 and status = 'current'", [
      file.registry,
    ]);
    await tx.query(
      "update outdial.registry_files set status = 'current', content_hash = $2, numbers = $3, loaded_at = $4 where id = $1",
      [filled.id, filled.contentHash, filled.numbers, new Date(store.now())],
    );
    const old = await tx.query<{ id: number }>(
      `select id from outdial.registry_files where registry = $1 and status = 'retired' and id <> $2 order by loaded_at desc, id desc offset 1`,
      [file.registry, filled.id],
    );
    const { registry, asOf, sourceName } = file;
    const details = { registry, asOf, file: sourceName, contentHash: filled.contentHash, numbers: filled.numbers };
    const entry = { actor: filled.actor, action: "registry.load", subject: `registry ${registry}`, details };
    tx.audit([entry]);
    await ends(tx);
    return old.map(({ id }) => id);
  });
  // The numbers of retired files are deleted; the record of when they were in force, and with which hash, is kept.
  for (const id of outdated) await store.query(`drop table if exists ${partition(id)}`);
  return true;
}
