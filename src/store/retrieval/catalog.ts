// The list of the lake's files that readers use; it is changed only in transactions.

import { Ledger, type Tx } from "../commit.ts";
import { joinTexts, numberArray, textColumn } from "../database/arrays.ts";
import type { CatalogFile } from "./types.ts";

/** Adds files inside of the caller's transaction. */
export async function addFiles(tx: Tx, files: readonly CatalogFile[], now: number): Promise<void> {
  if (files.length === 0) return;
  await tx.query({
    name: "lake-files-add",
    text: `insert into outdial.lake_files (path, kind, campaign_id, day, rows, bytes, run_id, added_at)
      select path, kind, campaign_id, day, rows, bytes, run_id, $8
      from unnest(${textColumn("$1")}, ${textColumn("$2")}, ${textColumn("$3")}, ${textColumn("$4")}, $5::bigint[], $6::bigint[], ${textColumn("$7")})
        as f (path, kind, campaign_id, day, rows, bytes, run_id)`,
    values: [
      joinTexts(files.map(({ path }) => path)),
      joinTexts(files.map(({ kind }) => kind)),
      joinTexts(files.map(({ campaignId }) => campaignId)),
      joinTexts(files.map(({ day }) => day)),
      numberArray(files.map(({ rows }) => rows)),
      numberArray(files.map(({ bytes }) => bytes)),
      joinTexts(files.map(({ runId }) => runId ?? null)),
      new Date(now),
    ],
  });
}

/** The list of valid files; implements the lake's catalog. */
export class LakeFiles extends Ledger {
  /** Valid files by day and time of adding; quarantine only when asked for. `fromDay` and `toDay` are inclusive. */
  async files(
    query: {
      readonly campaignId?: string | undefined;
      readonly fromDay?: string | undefined;
      readonly toDay?: string | undefined;
      readonly kind?: CatalogFile["kind"] | undefined;
    } = {},
  ): Promise<readonly CatalogFile[]> {
    const rows = await this.store.query<CatalogFile & { runId: string | null }>(
      `select path, kind, campaign_id as "campaignId", day, rows, bytes, run_id as "runId" from outdial.lake_files
       where removed_at is null and ($1::text is null or campaign_id = $1) and ($2::text is null or day >= $2) and ($3::text is null or day <= $3)
         and case when $4::text is null then kind <> 'quarantine' else kind = $4 end
       order by day, added_at, path`,
      [query.campaignId ?? null, query.fromDay ?? null, query.toDay ?? null, query.kind ?? null],
    );
    return rows.map((row) => ({ ...row, runId: row.runId ?? undefined }));
  }

  /** Adds `added` and removes `removed` at once. False, and nothing is changed, when one of `removed` is no longer valid. */
  async replace(removed: readonly CatalogFile[], added: readonly CatalogFile[]): Promise<boolean> {
    try {
      await this.store.commit(async (tx) => {
        const now = this.store.now();
        const gone = await tx.change(
          `update outdial.lake_files set removed_at = $2 where removed_at is null and path = any(${textColumn("$1")})`,
          [joinTexts(removed.map(({ path }) => path)), new Date(now)],
        );
        if (gone !== removed.length) throw new Overtaken();
        await addFiles(tx, added, now);
      });
      return true;
    } catch (thrown) {
      if (thrown instanceof Overtaken) return false;
      throw thrown;
    }
  }
}

/** Rolls back a replacement whose files another writer has replaced. */
class Overtaken extends Error {}
