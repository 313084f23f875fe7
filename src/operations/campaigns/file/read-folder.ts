// Campaign files on disk: one, or all in a folder and its subfolders.

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileTrouble } from "../../../kernel/index.ts";
import { boundedFileText, TooLongError } from "../../bounded-text.ts";
import { OperationError } from "../../error.ts";
import type { FileText } from "./parse.ts";

const NAMED = /\.(ya?ml|json)$/i;
/** A campaign file is about a page of text; a larger file is something else. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * The files at a path, sorted by name. Files and folders that begin with a dot are ignored.
 * @throws OperationError `invalid_input` when there is nothing to read
 */
export async function readCampaignFiles(path: string): Promise<FileText[]> {
  try {
    const names = (await stat(path)).isDirectory() ? await namesIn(path) : [path];
    if (names.length === 0) throw new OperationError("invalid_input", `${path} has no campaign file (*.yaml, *.yml or *.json)`);
    return await Promise.all(names.map(async (name) => ({ name, text: await textOf(name) })));
  } catch (thrown) {
    if (thrown instanceof OperationError) throw thrown;
    throw new OperationError("invalid_input", `cannot read ${path}: ${fileTrouble(thrown)}`, { cause: thrown });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await namesIn(path)));
    else if (NAMED.test(entry.name)) found.push(path);
  }
  return found;
}

async function textOf(name: string): Promise<string> {
  return boundedFileText(name, LARGEST_BYTES).catch((thrown: unknown) => {
    if (!(thrown instanceof TooLongError)) throw thrown;
    throw new OperationError(
      "invalid_input",
      `${name} has more than ${LARGEST_BYTES} bytes, the most that a campaign file may have`,
    );
  });
}
