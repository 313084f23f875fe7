// Files of records that a campaign file names: looked at when a plan is made, read when they are uploaded.

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { fileTrouble } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import type { RecordsFile } from "../plan/types.ts";

/** What one upload may hold: records by the vendor's help, bytes so that its body stays a text that can be held. */
const MOST_RECORDS = 500_000;
const MOST_BYTES = 100 * 1024 * 1024;
const LINE_FEED = 10;

/** A file as it is now. @throws OperationError `invalid_input` */
export async function readRecords(path: string): Promise<RecordsFile & { readonly bytes: Uint8Array }> {
  const bytes = await bytesOf(path);
  let lines = bytes.length > 0 && bytes.at(-1) !== LINE_FEED ? 1 : 0;
  for (const byte of bytes) if (byte === LINE_FEED) lines += 1;
  const records = lines - 1;
  if (records < 1) throw new OperationError("invalid_input", `${path} holds no record below its header`);
  if (records > MOST_RECORDS)
    throw new OperationError("invalid_input", `${path} has ${records} lines; one upload holds ${MOST_RECORDS} records at most`);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex"), records, bytes };
}

/** The records of a plan. @throws OperationError `invalid_input` when the file is not there, or not what the plan saw */
export async function readPlannedRecords(planned: RecordsFile | undefined): Promise<Uint8Array> {
  if (planned === undefined)
    throw new OperationError("invalid_input", "the plan saw nothing to upload, and the campaign has lost its list since");
  const { bytes, sha256 } = await readRecords(planned.path);
  if (sha256 === planned.sha256) return bytes;
  throw new OperationError("invalid_input", `${planned.path} has changed since the plan was made`);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES)
      throw new OperationError("invalid_input", `${path} has ${size} bytes; one upload holds ${MOST_BYTES} at most: split it`);
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw new OperationError("invalid_input", `cannot read ${path}: ${fileTrouble(thrown)}`, { cause: thrown });
  }
}
