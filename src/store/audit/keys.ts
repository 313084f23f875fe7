// The signing key on disk: `audit.key` (private, mode 0600) and `audit.pub` (the verifier key, to hand out).

import { link, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../kernel/index.ts";
import { draftOf, writeWhole } from "../embedded/files.ts";
import { StoreError } from "../error.ts";
import { generateKey, readSigner, type Signer } from "./note.ts";

/** The signer from a given PEM, otherwise from the folder's key, which is created when missing. Writes `audit.pub` beside it. */
export async function loadSigner(dir: string, given: string | undefined): Promise<Signer> {
  const signer = readSigner(given ?? (await folderKey(dir)));
  const published = join(dir, "audit.pub");
  const there = await readFile(published, "utf8").catch(() => undefined);
  if (there?.trim() !== signer.vkey) await writeWhole(published, `${signer.vkey}\n`, 0o644);
  return signer;
}

async function folderKey(dir: string): Promise<string> {
  const file = join(dir, "audit.key");
  const read = async () => readFile(file, "utf8");
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) {
      throw new StoreError("audit_key", `cannot read ${file}: ${messageOf(cause)}`, { cause });
    }
  }
  // Two processes may do this at once: the key file appears complete, and the first one stays.
  const draft = draftOf(file);
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(generateKey());
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) throw cause;
  } finally {
    await rm(draft, { force: true });
  }
  return read();
}
