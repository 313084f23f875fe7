// Gets signed rule packs from a file or a URL.

import { readFile } from "node:fs/promises";
import { fileTrouble } from "../kernel/index.ts";
import { ConfigError } from "./config-error.ts";

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 20_000_000;

/** The text of a signed pack, not checked in any way. Throws ConfigError. @param from an https or http URL, or a file's path */
export async function readSignedPack(from: string): Promise<string> {
  try {
    if (!/^https?:\/\//i.test(from)) return await readFile(from, "utf8");
    const response = await fetch(from, { redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const bytes = await response.arrayBuffer();
    if (bytes.byteLength > MAX_BYTES) throw new Error(`it has more than ${MAX_BYTES} bytes`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw new ConfigError(`cannot read the signed pack ${from}: ${fileTrouble(thrown)}`);
  }
}
