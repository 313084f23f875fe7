// A page's records, and its rows that are none, written as files for the lake to take up. Works on any thread: it knows a folder and nothing
// else, and it writes where it stands, because the bytes are in memory that the next file is made in.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OutcomeRecord } from "../record/index.ts";
import { callColumns, FILE_METADATA, QUARANTINED } from "./columns.ts";
import type { LakeFile, QuarantinedRow, StagedFile, StagingPlace } from "./lake.ts";
import { dayOf } from "./layout.ts";
import { type ColumnSpec, ParquetWriter } from "./parquet/index.ts";

const DAY_MS = 86_400_000;

/** Writes files for `OutcomeLake.adopt`. Keeps its memory from file to file. */
export class PartWriter {
  readonly #writer = new ParquetWriter();

  /** Writes records by campaign and UTC day of start. */
  records(records: readonly OutcomeRecord[], place: StagingPlace): readonly StagedFile[] {
    return [...groupRecords(records)].map((group, n) => {
      const { campaignId, runId, startTime } = group[0] as OutcomeRecord;
      return this.#file({ kind: "part", campaignId, runId, day: dayOf(startTime) }, callColumns(group), group, place, n);
    });
  }

  /** Writes rows that are no records by campaign and UTC day of the retrieval. */
  quarantine(rows: readonly QuarantinedRow[], place: StagingPlace): readonly StagedFile[] {
    return [...Map.groupBy(rows, ({ campaignId }) => campaignId).values()].map((group, n) => {
      const { campaignId, runId, observedAt } = group[0] as QuarantinedRow;
      return this.#file({ kind: "quarantine", campaignId, runId, day: dayOf(observedAt) }, QUARANTINED, group, place, n);
    });
  }

  #file<Row>(
    of: Pick<LakeFile, "kind" | "campaignId" | "runId" | "day">,
    columns: readonly ColumnSpec<Row>[],
    rows: readonly Row[],
    { folder, unique }: StagingPlace,
    n: number,
  ): StagedFile {
    const temporary = join(folder, `${unique}-${of.kind}-${n}.parquet`);
    writeFileSync(temporary, this.#writer.encode(columns, rows, FILE_METADATA), { flag: "wx" });
    return { ...of, rows: rows.length, temporary };
  }
}

/** Records by what all rows of a file share: the campaign and the UTC day of start. */
function groupRecords(records: readonly OutcomeRecord[]): Iterable<OutcomeRecord[]> {
  const groups = new Map<string, OutcomeRecord[]>();
  let group: OutcomeRecord[] = [];
  let [campaign, day] = ["", Number.NaN];
  for (const record of records) {
    const start = Math.floor(record.startTime / DAY_MS);
    // Neighbours nearly always belong together, so a key is made only where they do not.
    if (start !== day || record.campaignId !== campaign) {
      [campaign, day] = [record.campaignId, start];
      const key = `${day}/${campaign}`;
      group = groups.get(key) ?? [];
      groups.set(key, group);
    }
    group.push(record);
  }
  return groups.values();
}
