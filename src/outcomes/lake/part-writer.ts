// Writes records, and rows that are not records, as files for the lake. Runs on any thread: all it needs is a folder.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY_MS } from "../../kernel/index.ts";
import type { OutcomeRecord } from "../record/record.ts";
import { callColumns, FILE_METADATA, QUARANTINED } from "./columns.ts";
import type { QuarantinedRow, StagedFile, StagingPlace } from "./lake.ts";
import { dayOf } from "./layout.ts";
import { ParquetWriter } from "./parquet/file.ts";

/** A file in memory. */
export interface Part extends Omit<StagedFile, "temporary"> {
  readonly bytes: Uint8Array;
}

/** Makes files for `OutcomeLake.adopt`. Its buffer is reused: the bytes of a part are valid until the next part is requested. */
export class PartWriter {
  readonly #writer = new ParquetWriter();

  /** One part for each campaign and UTC day of start. */
  *records(records: readonly OutcomeRecord[]): Generator<Part> {
    for (const group of groupRecords(records)) {
      const { campaignId, runId, startTime } = group[0] as OutcomeRecord;
      const bytes = this.#writer.encode(callColumns(group), group, FILE_METADATA);
      yield { kind: "part", campaignId, runId, day: dayOf(startTime), rows: group.length, bytes };
    }
  }

  /** One part of quarantined rows for each campaign and UTC day of the retrieval. */
  *quarantine(rows: readonly QuarantinedRow[]): Generator<Part> {
    for (const group of Map.groupBy(rows, ({ campaignId }) => campaignId).values()) {
      const { campaignId, runId, observedAt } = group[0] as QuarantinedRow;
      const bytes = this.#writer.encode(QUARANTINED, group, FILE_METADATA);
      yield { kind: "quarantine", campaignId, runId, day: dayOf(observedAt), rows: group.length, bytes };
    }
  }
}

/** Writes parts to files, each before the next one is requested, synchronously on this thread. */
export function stageParts(parts: Iterable<Part>, { folder, unique }: StagingPlace): readonly StagedFile[] {
  const staged: StagedFile[] = [];
  for (const { bytes, ...part } of parts) {
    const temporary = join(folder, `${unique}-${part.kind}-${staged.length}.parquet`);
    writeFileSync(temporary, bytes, { flag: "wx", mode: 0o600 });
    staged.push({ ...part, temporary });
  }
  return staged;
}

/** Groups records into files: by campaign and UTC day of start. */
function groupRecords(records: readonly OutcomeRecord[]): Iterable<OutcomeRecord[]> {
  const groups = new Map<string, OutcomeRecord[]>();
  let group: OutcomeRecord[] = [];
  let [campaign, day] = ["", Number.NaN];
  for (const record of records) {
    const start = Math.floor(record.startTime / DAY_MS);
    // Neighbouring records mostly belong to one file, so a key is only made where they do not.
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
