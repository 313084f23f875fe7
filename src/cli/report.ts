// Turns an error into a message and an exit code; the only place that does.

import { messageOf, missingPackage, OutdialError } from "../kernel/index.ts";
import { EXIT, exitOf } from "./exit.ts";
import { type Io, StdoutError } from "./io.ts";

/** The command line needs packages that are optional for the library. */
const ALL_PACKAGES =
  "outdial was installed without its optional packages; this brings them: npm install --include=optional outdial";

/** Prints the error on stderr (or as one JSON object on stdout with --json) and returns the exit code. */
export async function report(failure: unknown, io: Io): Promise<number> {
  const thrown = missingPackage(failure, ALL_PACKAGES) ?? failure;
  // A reader that closed stdout has read enough (| head), and needs no message; any other trouble with it was told when it came.
  if (thrown instanceof StdoutError) return thrown.closed ? EXIT.done : EXIT.failed;
  const code = thrown instanceof OutdialError ? thrown.code : "internal";
  const advice = thrown instanceof OutdialError ? thrown.advice : undefined;
  const inWords = () => {
    io.complain(`outdial: ${messageOf(thrown)}`);
    if (advice !== undefined) io.complain(`  ${advice}`);
  };
  io.logger?.log("error", messageOf(thrown), { code, advice });
  if (io.json) {
    const { vendorBody } = thrown instanceof OutdialError && "vendorBody" in thrown ? thrown : {};
    const error = { code, message: messageOf(thrown), advice, vendorBody };
    await io.data(JSON.stringify({ error })).catch(inWords);
  } else inWords();
  if (code === "internal" && process.env["OUTDIAL_DEBUG"] !== undefined && thrown instanceof Error)
    io.complain(thrown.stack ?? "");
  return exitOf(code);
}
