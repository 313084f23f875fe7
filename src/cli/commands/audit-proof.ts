// outdial audit verify-proof: checks a proof offline.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { verifyProof } from "../../store/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import type { GlobalFlags } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";

export async function verifyProofFile(
  [path = "-"]: readonly string[],
  flags: GlobalFlags & { key?: string },
  io: Io,
): Promise<number> {
  const keyPath = flags.key ?? io.path(join(flags.dir || io.env["OUTDIAL_DIR"] || ".outdial", "audit.pub"));
  const verdict = verifyProof(parse(await read(path, "the proof", io), path), await read(keyPath, "the public key", io));
  if (io.json) await io.data(JSON.stringify(verdict));
  else if (verdict.ok) {
    const { seq, time, actor, action, subject } = verdict.entry;
    await io.data(
      `proved: entry ${seq} is in the log of ${grouped(verdict.size)} entries signed by ${printable(verdict.origin)}\n` +
        `  ${time}  ${printable(actor)}  ${printable(action)}  ${printable(subject)}`,
    );
  } else await io.data(`NOT proved: ${printable(verdict.message)}`);
  return verdict.ok ? EXIT.done : EXIT.failed;
}

async function read(path: string, what: string, io: Io): Promise<string> {
  try {
    return path === "-" ? await text(io.stdin) : await readFile(path, "utf8");
  } catch (thrown) {
    throw new OutdialError("invalid_input", `cannot read ${what} ${path}: ${messageOf(thrown)}`);
  }
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (thrown) {
    throw new OutdialError("invalid_input", `${path}: not JSON: ${messageOf(thrown)}`);
  }
}
