// A yes-or-no question on the terminal; without a terminal, --yes is the answer. And the agreement of a second person.

import { createInterface } from "node:readline/promises";
import { OutdialError } from "../kernel/index.ts";
import type { ApprovalView } from "../operations/views/index.ts";
import { EXIT } from "./exit.ts";
import type { Io } from "./io.ts";
import { printable } from "./text.ts";

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

/** Answers that another person must agree in the service first. @returns the exit code */
export async function answerWaits(approval: ApprovalView, io: Io, json: object = { approval }): Promise<number> {
  await io.answer(json, `not done yet: another person must agree to ${printable(approval.id)}, in the service`);
  return EXIT.partlyFailed;
}
