// Rule packs sent by users: large ones are read on a separate thread.

import { ComplianceError, type RulePack } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import { readAside } from "../aside/index.ts";
import { OperationError } from "../error.ts";
import { packOfDocument } from "./packs.ts";

/** For a thread. */
const PACK = { of: "rule pack", name: "readPack", module: "./read-pack", from: import.meta.url };
/** Up to this size (three times the shipped pack) a pack is read within a few hundredths of a second. Characters. */
const SMALL = 150_000;

/** The input of the thread. */
interface PackToRead {
  readonly document: object;
  /** Names it in messages. */
  readonly where: string;
}

/** A pack, or why it cannot be used. */
type PackRead = { readonly pack: RulePack } | { readonly refused: Pick<OutdialError, "code" | "message" | "advice" | "details"> };

/** The function that runs on the thread. */
export async function readPack({ document, where }: PackToRead): Promise<PackRead> {
  try {
    return { pack: packOfDocument(document, where) };
  } catch (thrown) {
    if (!(thrown instanceof OutdialError)) throw thrown;
    const { code, message, advice, details } = thrown;
    return { refused: { code, message, advice, details } };
  }
}

/** The pack of a document, as `packOfDocument` reads it. Throws ComplianceError `invalid_pack`, OperationError `invalid_input`. */
export async function packSent(document: object, where: string): Promise<RulePack> {
  if (JSON.stringify(document).length <= SMALL) return packOfDocument(document, where);
  const read = await readAside<typeof readPack>(PACK, { document, where });
  if ("pack" in read) return read.pack;
  const { code, message, advice, details } = read.refused;
  const more = { ...(advice === undefined ? {} : { advice }), details };
  throw code === "invalid_pack" ? new ComplianceError(code, message, more) : new OperationError("invalid_input", message, more);
}
