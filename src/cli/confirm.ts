// A yes-or-no question on the terminal; without a terminal, --yes is the answer.

import { createInterface } from "node:readline/promises";
import { OutdialError } from "../kernel/index.ts";
import type { Io } from "./io.ts";

/**
 * Asks, unless --yes was given. Anything but y and yes means no.
 * @param advice what to do when nobody can be asked
 * @throws OutdialError `invalid_input` when nobody can be asked
 */
export async function confirmed(question: string, io: Io, advice = "Pass --yes to confirm."): Promise<boolean> {
  if (io.yes) return true;
  if (!io.canAsk) throw new OutdialError("invalid_input", `${question} There is no terminal for the answer`, { advice });
  const about = await io.about();
  if (about !== undefined) io.complain(about);
  const asking = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}
