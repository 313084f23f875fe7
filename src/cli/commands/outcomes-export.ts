// outdial outcomes export: the latest version of each call as Parquet, CSV or NDJSON.

import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { openOutcomeRecords } from "../../app/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/outcomes.ts";
import { grouped } from "../render-tagging.ts";

export const exportOutcomes: Run<typeof declared.exportOutcomes> = async ({ options, io }) => {
  const { format, campaign: campaignId, from, to, codes, out } = options;
  const toFile = out !== undefined && out !== "-";
  if (!toFile && format === "parquet") throw new OperationError("invalid_input", "--format parquet needs --out FILE");
  const query = { campaignId, from, to, codes };
  await using records = await openOutcomeRecords(options, io.env);
  // Written before anything leaves: who asked for what is known even if the rest fails.
  const target = toFile ? resolve(out) : "stdout";
  await records.recordExport({ ...query, format, target }, campaignId ?? "all campaigns");
  if (toFile) {
    const rows = await records.lake.exportTo(target, format, query);
    io.say(`${grouped(rows)} calls in ${target}`);
    return await io.answer({ calls: rows, file: target }, []);
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
};
