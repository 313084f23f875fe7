// outdial audit verify-proof: checks a proof offline.

import { join } from "node:path";
import { storeFolder } from "../../app/index.ts";
import { verifyProof } from "../../store/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/audit.ts";
import { parseJson, readText } from "../source.ts";
import { grouped, printable } from "../text.ts";

export const verifyProofFile: Run<typeof declared.verifyProofFile> = async ({ args, options, io }) => {
  const key = options.key ?? join(await storeFolder(options, io.env), "audit.pub");
  const proof = parseJson(await readText(args.file, io, "the proof"), `${args.file}: not JSON`);
  const verdict = verifyProof(proof, await readText(key, io, "the public key"));
  await io.answer(verdict, () => {
    if (!verdict.ok) return `NOT proved: ${printable(verdict.message)}`;
    const { seq, time, actor, action, subject } = verdict.entry;
    return [
      `proved: entry ${seq} is in the log of ${grouped(verdict.size)} entries signed by ${printable(verdict.origin)}`,
      `  ${time}  ${printable(actor)}  ${printable(action)}  ${printable(subject)}`,
    ];
  });
  return verdict.ok ? EXIT.done : EXIT.failed;
};
