// Files of records that a campaign file names: checked when a plan is made, read when they are uploaded.

import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import machine, { dirname, resolve } from "node:path";
import { z } from "zod";
import { fileTrouble } from "../../../kernel/index.ts";
import { OperationError } from "../../error.ts";
import { csvRecords } from "../../table/csv.ts";
import type { RecordsFile, RecordsProblem } from "../plan/types.ts";
import type { CampaignDocument } from "./document.ts";
import type { Place } from "./read-texts.ts";

/** Limits of one upload: records by the vendor's help, bytes so that its body fits in one text. */
const MOST_RECORDS = 500_000;
const MOST_BYTES = 100 * 1024 * 1024;
const LINE_FEED = 10;
const TAB = 9;
/** Most columns of a header that a message names. */
const SHOWN_COLUMNS = 12;

const named = z.object({
  path: z.string(),
  externalId: z.string().catch(""),
  phone: z.string().catch(""),
  columns: z.record(z.string(), z.string()).catch({}),
});

/** Path of the records of a campaign's list: relative to its file, unless it is absolute. */
export function recordsPathOf({ contactListFile }: CampaignDocument, { file }: Place): string | undefined {
  const { data } = named.safeParse(contactListFile);
  return data === undefined ? undefined : resolve(dirname(file), data.path);
}

/** Whether a path, following links, leaves the folder of a campaign file: such a path is not read. */
export async function isOutside(path: string, { file }: Place): Promise<boolean> {
  const folder = resolve(dirname(file));
  if (!isBelow(path, folder)) return true;
  try {
    return !isBelow(await realpath(path), await realpath(folder));
  } catch {
    // A missing file is reported when it is read.
    return false;
  }
}

/**
 * Whether an absolute path is in a folder, or deeper. Windows gives the way to another drive as an absolute path.
 * @param paths of the machine, unless another one's are asked about
 */
export function isBelow(path: string, folder: string, paths: typeof machine.posix = machine): boolean {
  const way = paths.relative(folder, path);
  const leaves = way === "" || way === ".." || way.startsWith(`..${paths.sep}`) || paths.isAbsolute(way);
  return !leaves && paths.resolve(folder, way) === path;
}

/** Checks a file of records: whether it can be uploaded, and has the columns that the campaign file names. */
export async function lookAtRecords(path: string, { contactListFile }: CampaignDocument): Promise<RecordsFile | RecordsProblem> {
  try {
    const { bytes, ...file } = await readRecords(path);
    if (!isUtf8(bytes)) return { field: "contactListFile.path", problem: `${path} is not UTF-8` };
    return missingColumn(await headerOf(bytes), contactListFile) ?? file;
  } catch (thrown) {
    if (!(thrown instanceof OperationError)) throw thrown;
    return { field: "contactListFile.path", problem: thrown.message };
  }
}

/**
 * The first column that is named but missing, duplicated, or named for two things: the tenant would refuse that after the
 * campaign was created.
 */
function missingColumn(header: readonly string[], contactListFile: unknown): RecordsProblem | undefined {
  const { externalId, phone, columns } = named.parse(contactListFile);
  const wanted = [
    ["externalId", externalId],
    ["phone", phone],
    ...Object.entries(columns).map(([of, name]) => [`columns.${of}`, name]),
  ];
  for (const [index, [of = "", name = ""]] of wanted.entries()) {
    const earlier = wanted.slice(0, index).find(([, other]) => other === name);
    if (earlier !== undefined)
      return {
        field: `contactListFile.${of}`,
        problem: `the column ${JSON.stringify(name)} is already used for ${earlier[0]}; use another column`,
      };
    const there = header.filter((column) => column === name).length;
    if (there === 1) continue;
    const has = header.slice(0, SHOWN_COLUMNS).map((column) => JSON.stringify(column));
    const more = header.length > SHOWN_COLUMNS ? ", …" : "";
    const problem =
      there > 1
        ? `the header names the column ${JSON.stringify(name)} ${there} times`
        : `the header has no column ${JSON.stringify(name)}; it has, separated by comma or tab, ${has.join(", ")}${more}`;
    return { field: `contactListFile.${of}`, problem };
  }
  return undefined;
}

/**
 * The names of the columns; a tab in the header line makes tabs the separator, as at the vendor. @throws OperationError
 * `invalid_input`
 */
async function headerOf(bytes: Uint8Array): Promise<readonly string[]> {
  const end = bytes.indexOf(LINE_FEED);
  const line = bytes.subarray(0, end < 0 ? bytes.length : end + 1);
  const source = async function* () {
    yield line;
  };
  for await (const { record } of csvRecords(source(), line.includes(TAB) ? "\t" : ",", ""))
    return record.map((name) => name.trim());
  return [];
}

/** A file in its present state. @throws OperationError `invalid_input` */
async function readRecords(path: string): Promise<RecordsFile & { readonly bytes: Uint8Array }> {
  const bytes = await bytesOf(path);
  let lines = bytes.length > 0 && bytes.at(-1) !== LINE_FEED ? 1 : 0;
  for (const byte of bytes) if (byte === LINE_FEED) lines += 1;
  const records = lines - 1;
  if (records < 1) throw new OperationError("invalid_input", `${path} has no record below its header`);
  if (records > MOST_RECORDS)
    throw new OperationError(
      "invalid_input",
      `${path} has ${records} lines; one upload may have at most ${MOST_RECORDS} records`,
    );
  return { path, sha256: createHash("sha256").update(bytes).digest("hex"), records, bytes };
}

/** The people in a file of records, with what determines their place. @throws OperationError `invalid_input` */
export async function* peopleIn(path: string, { contactListFile }: CampaignDocument) {
  const { phone, columns } = named.parse(contactListFile);
  const bytes = await bytesOf(path);
  const end = bytes.indexOf(LINE_FEED);
  const delimiter = bytes.subarray(0, end < 0 ? bytes.length : end).includes(TAB) ? "\t" : ",";
  const source = async function* () {
    yield bytes;
  };
  let at: { readonly phone: number; readonly zip: number } | undefined;
  for await (const { record } of csvRecords(source(), delimiter, "")) {
    const cell = (index: number) => record[index]?.trim() || undefined;
    if (at !== undefined) yield { phoneNumber: cell(at.phone), postalCode: cell(at.zip) };
    else {
      const header = record.map((name) => name.trim());
      at = { phone: header.indexOf(phone), zip: header.indexOf(columns["zip"] ?? "") };
    }
  }
}

/** The records of a plan. @throws OperationError `invalid_input` when the file is missing, or has changed since the plan */
export async function readPlannedRecords(planned: RecordsFile | undefined): Promise<Uint8Array> {
  if (planned === undefined)
    throw new OperationError("invalid_input", "the plan had nothing to upload, and the campaign has lost its list since");
  const { bytes, sha256 } = await readRecords(planned.path);
  if (sha256 === planned.sha256) return bytes;
  throw new OperationError("invalid_input", `${planned.path} has changed since the plan was made`);
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const found = await stat(path);
    // Reading a pipe would block.
    if (!found.isFile() && !found.isDirectory()) throw new OperationError("invalid_input", `${path} is no file`);
    const { size } = found;
    if (size > MOST_BYTES)
      throw new OperationError("invalid_input", `${path} has ${size} bytes; one upload may have at most ${MOST_BYTES}: split it`);
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw new OperationError("invalid_input", `cannot read ${path}: ${fileTrouble(thrown)}`, { cause: thrown });
  }
}
