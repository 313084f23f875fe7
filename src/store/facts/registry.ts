// Files of national do-not-call registries. Each is in force for the area codes that it covers: a new file is filled beside those in
// force, then put in force in one transaction, or discarded. A list of changes is filled in the same way, then applied.

import type { StoreCore, Tx } from "../commit.ts";
import { numberArray } from "../database/arrays.ts";
import { StoreError } from "../error.ts";
import { countInForce, endImport } from "./in-force.ts";
import type { CoveredArea, ImportCounts, PhoneKey, RegistryFile } from "./types.ts";

/** A load that its process never ended, and a file that is no longer in force, are removed by a later load after this time. */
const KEPT_MS = 24 * 3_600_000;

/** In place of an area code: every one that has no entry of its own. */
export const OTHERS = 0;

/** The area code of a number of the North American plan; `OTHERS` for all other numbers. */
export function registryAreaOf(number: PhoneKey): number {
  return number >= 12_000_000_000 && number <= 19_999_999_999 ? Math.floor(number / 10_000_000) - 1000 : OTHERS;
}

const AREA = "case when number between 12000000000 and 19999999999 then (number / 10000000 - 1000)::int else 0 end";
/** The same of a block: ten thousand numbers that follow each other, a bit for each, which lie in one area code. */
const BLOCK_AREA = "case when block between 1200000 and 1999999 then (block / 1000 - 1000)::int else 0 end";
const BLOCKS = `number / 10000 as block, bit_or(set_bit(repeat('0', 10000)::bit(10000), (number % 10000)::int, 1)) as bits`;
const blocksOf = (id: number) => `outdial.registry_blocks_${id}`;
const changesOf = (id: number) => `outdial.registry_changes_${id}`;
const DROP = "select outdial.drop_registry_table($1)";

/** The files in force. */
export function currentFiles(store: StoreCore): Promise<RegistryFile[]> {
  return store.query<RegistryFile>(
    `select f.id, f.registry, f.source_name as "sourceName", f.loaded_at as "loadedAt", c.covers from outdial.registry_files f join (
       select file_id, json_agg(json_build_object('areaCode', area_code, 'asOf', as_of::text, 'numbers', numbers) order by area_code) as covers
       from outdial.registry_coverage group by file_id) c on c.file_id = f.id order by f.registry, f.id`,
  );
}

/** Which of the files in force is about a number. */
export class RegistryCoverage {
  readonly #lists = new Map<string, Map<number, { readonly fileId: number; readonly asOf: string }>>();

  constructor(files: readonly RegistryFile[]) {
    for (const { id: fileId, registry, covers } of files) {
      const areas = this.#lists.get(registry) ?? new Map();
      this.#lists.set(registry, areas);
      for (const { areaCode, asOf } of covers) areas.set(areaCode, { fileId, asOf });
    }
  }

  /** The registries of which any file is in force. */
  get registries(): readonly string[] {
    return [...this.#lists.keys()];
  }

  /** The file that covers an area code, and the date that its numbers there are of; undefined when none does. */
  of(registry: string, areaCode: number): { readonly fileId: number; readonly asOf: string } | undefined {
    const areas = this.#lists.get(registry);
    return areas?.get(areaCode) ?? areas?.get(OTHERS);
  }
}

/** The description of a file. */
interface NewRegistryFile {
  readonly registry: string;
  readonly asOf: string;
  readonly sourceName: string;
  readonly actor: string;
  /** The import that fills it. */
  readonly importId?: string | undefined;
}

/** Begins to fill a new file or, with `changes`, a list of changes. @returns its id */
export async function beginFile(store: StoreCore, file: NewRegistryFile, changes = false): Promise<number> {
  await clearAbandoned(store);
  return store.commit(async (tx) => {
    const [made] = await tx.query<{ id: number }>(
      `insert into outdial.registry_files (registry, as_of, source_name, actor, status, loaded_at, import_id) values ($1, $2, $3, $4, 'loading', $5, $6) returning id`,
      [file.registry, file.asOf, file.sourceName, file.actor, new Date(store.now()), file.importId ?? null],
    );
    const id = made?.id ?? 0;
    await tx.query("select outdial.make_registry_table($1, $2)", [id, changes]);
    return id;
  });
}

async function clearAbandoned(store: StoreCore): Promise<void> {
  const before = [new Date(store.now() - KEPT_MS)];
  const stale = await store.query<{ id: number }>(
    "select id from outdial.registry_files where status = 'loading' and loaded_at < $1",
    before,
  );
  for (const { id } of stale) await discardFile(store, id);
  // The numbers of retired files are deleted; the record of when they were in force, and with which hash, is kept.
  const retired = await store.query<{ id: number }>(
    `select id from outdial.registry_files where status = 'retired' and retired_at < $1 and to_regclass('outdial.registry_blocks_' || id) is not null`,
    before,
  );
  for (const { id } of retired) await store.query(DROP, [id]);
}

/**
 * Adds numbers to a file that is being filled. @returns how many new ones, by area code. Throws StoreError `not_owner`, see
 * `countInForce`
 */
export function fillFile(
  store: StoreCore,
  id: number,
  numbers: readonly number[],
  importId?: string,
): Promise<ReadonlyMap<number, number>> {
  return store.commit(async (tx) => {
    // First, since without the import the file's table may no longer exist.
    await countInForce(tx, importId, "registryNumbers", 0);
    return countsOf(await tx.query<AreaCount>(added(blocksOf(id), "unnest($1::bigint[]) as number"), [numberArray(numbers)]));
  });
}

/** Adds the numbers of a source to a file. @returns the statement; it answers how many new ones, by area code */
const added = (file: string, numbers: string): string => `
  with given as materialized (select ${BLOCKS} from ${numbers} group by 1),
  known as (select block, bit_count(given.bits & old.bits) as had from given join ${file} old using (block)),
  written as (insert into ${file} as old (block, bits) select block, bits from given order by block
    on conflict (block) do update set bits = old.bits | excluded.bits where old.bits | excluded.bits <> old.bits)
  select ${BLOCK_AREA} as area, sum(bit_count(bits) - coalesce(had, 0))::bigint as many from given left join known using (block)
  group by 1 having sum(bit_count(bits) - coalesce(had, 0)) > 0`;

/** The same for those that are taken off it. */
const takenOff = (file: string, numbers: string): string => `
  with given as materialized (select ${BLOCKS} from ${numbers} group by 1),
  known as (select block, bit_count(given.bits & old.bits) as had from given join ${file} old using (block)),
  written as (update ${file} old set bits = old.bits & ~given.bits from given where old.block = given.block)
  select ${BLOCK_AREA} as area, sum(had)::bigint as many from known group by 1 having sum(had) > 0`;

interface AreaCount {
  readonly area: number;
  readonly many: number;
}

const countsOf = (rows: readonly AreaCount[]) => new Map(rows.map(({ area, many }) => [area, many]));

/** A line of a list of changes. */
interface RegistryChange {
  readonly number: PhoneKey;
  /** Date of the change, YYYY-MM-DD. */
  readonly on: string;
  /** False: the number was taken off the registry. */
  readonly listed: boolean;
}

/**
 * Adds lines to a list of changes that is being filled. Of several changes of a number the last one counts; on one day, that it is
 * listed. Throws StoreError `not_owner`, see `countInForce`
 */
export function fillChanges(store: StoreCore, id: number, changes: readonly RegistryChange[], importId?: string): Promise<void> {
  return store.commit(async (tx) => {
    await countInForce(tx, importId, "registryNumbers", 0);
    await tx.query(
      `insert into ${changesOf(id)} as old (number, changed_on, listed)
       select distinct on (number) number, changed_on, listed from json_to_recordset($1) as given(number bigint, changed_on date, listed boolean)
       order by number, changed_on desc, listed desc
       on conflict (number) do update set changed_on = excluded.changed_on, listed = excluded.listed
       where (excluded.changed_on, excluded.listed) > (old.changed_on, old.listed)`,
      [JSON.stringify(changes.map(({ number, on, listed }) => ({ number, changed_on: on, listed })))],
    );
  });
}

/** Discards a file that is being filled. */
export async function discardFile(store: StoreCore, id: number): Promise<void> {
  await store.commit((tx) => discard(tx, id));
}

async function discard(tx: Tx, id: number): Promise<void> {
  await tx.query(DROP, [id]);
  await tx.query("delete from outdial.registry_files where id = $1 and status = 'loading'", [id]);
}

/** What was filled. */
interface Filled {
  readonly id: number;
  readonly contentHash: string;
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

/** A filled file. */
interface FilledFile extends Filled {
  /** The area codes that it covers; with `OTHERS`, all of the registry. */
  readonly covers: readonly Pick<CoveredArea, "areaCode" | "numbers">[];
}

/**
 * Puts a filled file in force for the area codes that it covers, with its audit entry. Files that are then in force for none are
 * kept for a day, for whoever is still reading them.
 * @returns false when the same file of the same date is already in force; the filled one is then discarded
 * @throws StoreError `invalid_state` when a newer file is in force for one of its area codes
 */
export async function switchFile(store: StoreCore, filled: FilledFile): Promise<boolean> {
  const { id, contentHash, actor, covers } = filled;
  await store.query("select outdial.analyze_registry_table($1)", [id]);
  return store.commit(async (tx) => {
    const { registry, asOf, sourceName } = await loading(tx, id);
    const inForce = await lockedCoverage(tx, registry);
    const areas = new Map(covers.map(({ areaCode, numbers }) => [areaCode, numbers]));
    const whole = areas.has(OTHERS);
    const others = inForce.find(({ areaCode }) => areaCode === OTHERS);
    const known = new Set(inForce.map(({ areaCode }) => areaCode));
    const taken = inForce.filter(({ areaCode }) => whole || areas.has(areaCode));
    const unnamed = others !== undefined && covers.some(({ areaCode }) => !known.has(areaCode)) ? [others] : [];
    const newer = [...taken, ...unnamed].filter((one) => one.asOf > asOf);
    if (newer.length > 0) throw older(asOf, newer);
    const same = (one: InForce) => one.asOf === asOf && one.contentHash === contentHash;
    const switched = taken.length !== areas.size || !taken.every(same);
    if (switched) {
      await tx.query("select outdial.attach_registry_table($1)", [id]);
      await tx.query("delete from outdial.registry_coverage where registry = $1 and ($2 or area_code = any($3::int[]))", [
        registry,
        whole,
        numberArray([...areas.keys()]),
      ]);
      await tx.query(
        `insert into outdial.registry_coverage (registry, area_code, file_id, as_of, numbers)
         select $1, area, $2, $3, numbers from unnest($4::int[], $5::bigint[]) as given(area, numbers)`,
        [registry, id, asOf, numberArray([...areas.keys()]), numberArray([...areas.values()])],
      );
      await tx.query(
        `update outdial.registry_files f set status = 'retired', retired_at = $2 where registry = $1 and status = 'current'
         and not exists (select from outdial.registry_coverage c where c.file_id = f.id)`,
        [registry, new Date(store.now())],
      );
      const numbers = covers.reduce((sum, one) => sum + one.numbers, 0);
      await tx.query(
        "update outdial.registry_files set status = 'current', content_hash = $2, numbers = $3, loaded_at = $4 where id = $1",
        [id, contentHash, numbers, new Date(store.now())],
      );
      const details = { registry, asOf, file: sourceName, contentHash, numbers, ...named(covers) };
      tx.audit([{ actor, action: "registry.load", subject: `registry ${registry}`, details }]);
    } else await discard(tx, id);
    if (filled.import !== undefined) await endImport(tx, filled.import.id, { ...filled.import, contentHash, now: store.now() });
    return switched;
  });
}

/** A filled list of changes. */
interface FilledChanges extends Filled {
  /** Date of the version that the changes are made to, YYYY-MM-DD. */
  readonly since: string;
  /** The area codes that it covers: also those in which nothing has changed. Undefined: those that it names. */
  readonly covers: "all" | ReadonlySet<number> | undefined;
}

/** What a list of changes did. */
interface AppliedChanges {
  readonly added: number;
  readonly deleted: number;
  readonly covers: readonly Pick<CoveredArea, "areaCode">[];
}

/**
 * Applies a list of changes to the files that are in force for its area codes, with its audit entry. A number that it takes off
 * stays when the version in force is newer than that change; one without a date is as old as `since`.
 * @returns why it does not belong to what is in force, when it does not; nothing is then changed
 */
export async function applyChanges(
  store: StoreCore,
  { id, contentHash, actor, since, covers, ...filled }: FilledChanges,
): Promise<AppliedChanges | { readonly refused: string }> {
  return store.commit(async (tx) => {
    const { registry, asOf, sourceName } = await loading(tx, id);
    const inForce = new Map((await lockedCoverage(tx, registry)).map((one) => [one.areaCode, one]));
    const rows = await tx.query<{ area: number }>(`select distinct ${AREA} as area from ${changesOf(id)}`);
    const stated = covers === "all" ? [...inForce.keys()] : [...(covers ?? [])];
    const areas = [...new Set([...stated, ...rows.map(({ area }) => area)])].sort((a, b) => a - b);
    const targets = areas.map((areaCode) => ({ areaCode, of: inForce.get(areaCode) ?? inForce.get(OTHERS) }));
    const refused = misfit(targets, since, asOf);
    if (refused !== undefined) return { refused };
    const counts = { added: 0, deleted: 0 };
    for (const [fileId, of] of Map.groupBy(targets, (target) => target.of?.fileId ?? 0)) {
      const given = [numberArray(of.map(({ areaCode }) => areaCode)), of.map((target) => target.of?.asOf ?? asOf)];
      const changed = `${changesOf(id)} s join unnest($1::int[], $2::date[]) as t(area, as_of) on t.area = ${AREA}`;
      const file = blocksOf(fileId);
      const off = await tx.query<AreaCount>(takenOff(file, `${changed} where not listed and changed_on >= as_of`), given);
      const on = await tx.query<AreaCount>(added(file, `${changed} where listed and as_of is not null`), given);
      const [deleted, came] = [countsOf(off), countsOf(on)];
      const grown = of.map(({ areaCode }) => (came.get(areaCode) ?? 0) - (deleted.get(areaCode) ?? 0));
      await tx.query(
        `insert into outdial.registry_coverage as old (registry, area_code, file_id, as_of, numbers)
         select $1, area, $2, $3, more from unnest($4::int[], $5::bigint[]) as given(area, more)
         on conflict (registry, area_code) do update set as_of = excluded.as_of, numbers = old.numbers + excluded.numbers`,
        [registry, fileId, asOf, numberArray(of.map(({ areaCode }) => areaCode)), numberArray(grown)],
      );
      for (const many of came.values()) counts.added += many;
      for (const many of deleted.values()) counts.deleted += many;
    }
    await tx.query(DROP, [id]);
    await tx.query(
      "update outdial.registry_files set status = 'applied', content_hash = $2, numbers = $3, loaded_at = $4 where id = $1",
      [id, contentHash, counts.added, new Date(store.now())],
    );
    const details = { registry, since, asOf, file: sourceName, contentHash, ...counts, ...named(targets) };
    tx.audit([{ actor, action: "registry.change", subject: `registry ${registry}`, details }]);
    if (filled.import !== undefined) await endImport(tx, filled.import.id, { ...filled.import, contentHash, now: store.now() });
    return { ...counts, covers: targets };
  });
}

/** Why a list of changes does not belong to the versions in force. */
function misfit(
  targets: readonly { readonly areaCode: number; readonly of: InForce | undefined }[],
  since: string,
  asOf: string,
): string | undefined {
  if (targets.length === 0) return "the list holds no change, and no file is in force that it could renew";
  const none = targets.filter(({ of }) => of === undefined);
  if (none.length > 0)
    return `no file is in force for ${codes(none)} that the changes could be made to: load the full file first`;
  const older = targets.filter(({ of }) => of !== undefined && of.asOf < since);
  const [first] = older;
  if (first !== undefined)
    return `the changes are those since ${since}, and the version in force for ${codes(older)} is of ${first.of?.asOf}: what changed in between is missing; load the changes since then, or the full file`;
  const newer = targets.filter(({ of }) => of !== undefined && of.asOf > asOf);
  const [last] = newer;
  return last === undefined
    ? undefined
    : `the changes go up to ${asOf}, and the version in force for ${codes(newer)} is of ${last.of?.asOf}: they are in it already`;
}

interface InForce {
  readonly areaCode: number;
  readonly fileId: number;
  readonly asOf: string;
  /** Of the file. */
  readonly contentHash: string | null;
}

/** What is in force of a registry; nobody else changes it until the transaction ends. */
async function lockedCoverage(tx: Tx, registry: string): Promise<InForce[]> {
  await tx.query("lock table outdial.registry_coverage in share row exclusive mode");
  return tx.query<InForce>(
    `select area_code as "areaCode", file_id as "fileId", c.as_of::text as "asOf", content_hash as "contentHash"
     from outdial.registry_coverage c join outdial.registry_files f on f.id = file_id where c.registry = $1 order by area_code`,
    [registry],
  );
}

async function loading(tx: Tx, id: number) {
  const [file] = await tx.query<{ registry: string; asOf: string; sourceName: string }>(
    `select registry, as_of::text as "asOf", source_name as "sourceName" from outdial.registry_files where id = $1 and status = 'loading' for update`,
    [id],
  );
  if (file === undefined) throw new StoreError("invalid_state", `registry file ${id} is no longer being filled`);
  return file;
}

function older(asOf: string, newer: readonly InForce[]): StoreError {
  const latest =
    newer
      .map((one) => one.asOf)
      .sort()
      .at(-1) ?? "";
  return new StoreError(
    "invalid_state",
    `the registry file of ${asOf} is older than the one in force for ${codes(newer)}, of ${latest}`,
    { advice: "Give the date of the file with --as-of." },
  );
}

/** Most area codes that a sentence names. */
const NAMED = 6;

function codes(areas: readonly { readonly areaCode: number }[]): string {
  if (areas.some(({ areaCode }) => areaCode === OTHERS)) return "the whole list";
  const shown = areas.slice(0, NAMED).map(({ areaCode }) => areaCode);
  const more = areas.length > shown.length ? ` and ${areas.length - shown.length} more` : "";
  return `the area code${areas.length === 1 ? "" : "s"} ${shown.join(", ")}${more}`;
}

/** The area codes of a file, for the audit log. */
function named(areas: readonly { readonly areaCode: number }[]) {
  const areaCodes = areas.map(({ areaCode }) => areaCode).filter((areaCode) => areaCode !== OTHERS);
  return { areaCodes: areaCodes.join(" "), whole: areaCodes.length < areas.length };
}
