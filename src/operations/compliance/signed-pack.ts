// Rule packs as signed files: the pack's JSON, an empty line, and a signature line (a C2SP signed note).

import { parseRulePack, type RulePack } from "../../compliance/index.ts";
import { verifySignatureLine } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { compileRulePack, packOfDocument } from "./packs.ts";

/** Signs a pack's document. Throws ComplianceError `invalid_pack` when it has faults. @param sign the audit log's `sign` */
export function signPack(document: object, sign: (text: string) => string): string {
  parseRulePack(document, "the pack");
  const text = `${JSON.stringify(document, undefined, 2)}\n`;
  return `${text}\n${sign(text).trimEnd()}\n`;
}

/** A signed pack after checking. */
export interface CheckedPack {
  /** The signed document. */
  readonly text: string;
  /** The pack, laid over the shipped one when that is its base. */
  readonly pack: RulePack;
}

/**
 * Checks a signed file before it is used: signed by this key, unchanged, and a usable pack. Throws OperationError `invalid_input`
 * for any other file, ComplianceError `invalid_pack` with every fault, StoreError `audit_key` for a malformed key.
 * @param vkey the signer's verifier key, as in `audit.pub`
 */
export function openSignedPack(note: string, vkey: string): CheckedPack {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw refused("it has no signature below its text");
  const text = note.slice(0, end + 1);
  if (!verifySignatureLine(text, note.slice(end + 2), vkey))
    throw refused("the signature does not fit: it was changed, or signed by another key");
  const document: unknown = parsed(text);
  if (typeof document !== "object" || document === null) throw refused("what was signed is no rule pack");
  const pack = packOfDocument(document, "the signed pack");
  compileRulePack(pack);
  return { text, pack };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused("what was signed is no JSON");
  }
}

function refused(why: string): OperationError {
  return new OperationError("invalid_input", `the rule pack is not used: ${why}`, {
    advice: "Ask the publisher for a file and a public key that belong together.",
  });
}
