// The entry of the command line: runs one in the process's own surroundings and turns its result into an exit code.

import { runCommandLine } from "./program.ts";
import { processSurroundings } from "./surroundings.ts";

const code = await runCommandLine(process.argv.slice(2), processSurroundings());
// Set already when stdout failed.
process.exitCode ||= code;
