// The entry of the command line: runs one in the process's own surroundings and turns its result into an exit code.

import { runCommandLine } from "./program.ts";
import { processSurroundings } from "./surroundings.ts";

let left = false;
const leave = () => {
  left = true;
};
// Nothing is loaded for it where there is no proxy.
const { https_proxy: small, HTTPS_PROXY: large } = process.env;
if (small || large) await (await import("../app/egress.ts")).fetchThroughProxy(process.env);
const code = await runCommandLine(process.argv.slice(2), { ...processSurroundings(), leave });
// Set already when stdout failed.
process.exitCode ||= code;
// oxlint-disable-next-line unicorn/no-process-exit -- nothing else ends what a command line could not
if (left) process.exit();
