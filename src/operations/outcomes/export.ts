// Exports outcomes from the lake: the latest version of each call, to a file or as text. An audit entry is written before.

import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OutcomeLake, OutcomeMap, RecordQuery } from "../../outcomes/index.ts";
import type { Store } from "../../store/index.ts";

/** Which calls are exported. */
export type ExportQuery = Pick<RecordQuery, "campaignId" | "from" | "to" | "codes">;

interface Over {
  readonly lake: OutcomeLake;
  readonly store: Pick<Store, "audit">;
}

interface Asked<Format extends string> {
  readonly query: ExportQuery;
  /** What disposition codes mean. */
  readonly map: OutcomeMap;
  readonly format: Format;
  /** Its destination, for the audit log. */
  readonly target: string;
  readonly by: string;
}

/** Writes an export to the file `asked.target`. @returns the number of calls */
export async function exportToFile({ lake, store }: Over, asked: Asked<"parquet" | "csv" | "ndjson">): Promise<number> {
  await noteExport(store, asked);
  return lake.exportTo(asked.target, asked.format, asked.map, asked.query);
}

/** An export as text. @param onCalls called with the number of calls, before the text */
export async function* exportedText(
  { lake, store }: Over,
  asked: Asked<"csv" | "ndjson">,
  onCalls?: (calls: number) => void,
): AsyncGenerator<string> {
  await noteExport(store, asked);
  const folder = await mkdtemp(join(tmpdir(), "outdial-export-"));
  try {
    const file = join(folder, "calls");
    const calls = await lake.exportTo(file, asked.format, asked.map, asked.query);
    onCalls?.(calls);
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) yield String(chunk);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function noteExport({ audit }: Over["store"], { query, map, format, target, by }: Asked<string>): Promise<void> {
  const details = { ...query, format, target, definition: map.id };
  await audit.append([{ actor: by, action: "outcomes.export", subject: query.campaignId ?? "all campaigns", details }]);
}
