// outdial outcomes export: the latest version of each call as Parquet, CSV or NDJSON.

import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { openOutcomeRecords } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf } from "../options.ts";
import { grouped } from "../render-tagging.ts";
import { instant, words } from "../time-options.ts";

interface ExportFlags extends GlobalFlags {
  readonly format: string;
  readonly campaign?: string;
  readonly from?: string;
  readonly to?: string;
  readonly codes?: string;
  readonly out?: string;
  readonly databaseUrl?: string;
}

export async function exportOutcomes(_args: readonly string[], flags: ExportFlags, io: Io): Promise<number> {
  const format = oneOf("--format", flags.format, ["parquet", "csv", "ndjson"] as const);
  const toFile = flags.out !== undefined && flags.out !== "-";
  if (!toFile && format === "parquet") throw new OperationError("invalid_input", "--format parquet needs --out FILE");
  const query = {
    campaignId: flags.campaign,
    from: instant("--from", flags.from),
    to: instant("--to", flags.to),
    codes: words(flags.codes),
  };
  await using records = await openOutcomeRecords(flags, io.env);
  // Written before anything leaves: who asked for what is known even if the rest fails.
  const target = toFile ? resolve(flags.out ?? "") : "stdout";
  await records.recordExport({ ...query, format, target }, flags.campaign ?? "all campaigns");
  if (toFile) {
    const rows = await records.lake.exportTo(target, format, query);
    io.say(`${grouped(rows)} calls in ${target}`);
    if (io.json) await io.data(JSON.stringify({ calls: rows, file: target }));
    return EXIT.done;
  }
  const folder = await mkdtemp(join(tmpdir(), "outdial-export-"));
  try {
    const file = join(folder, "calls");
    const rows = await records.lake.exportTo(file, format, query);
    for await (const line of createInterface({ input: createReadStream(file) })) await io.data(line);
    io.say(`${grouped(rows)} calls`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return EXIT.done;
}
