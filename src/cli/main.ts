// The entry of the command line: parses, runs one command, turns its result into an exit code. Commands are loaded when they run.

import { buildProgram } from "./program.ts";

const code = await buildProgram().run(process.argv.slice(2));
// Set already when stdout failed.
process.exitCode ||= code;
