// The command line's entry point: for the scripts that document it, the tests, and programs that run it in their own process.

export { pathOf } from "./command.ts";
export { buildProgram, runCommandLine } from "./program.ts";
export { MAKE_A_STORE } from "./tree.ts";
