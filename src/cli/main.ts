// The entry of the command line: runs one with the process's own environment and streams, and sets the exit code.

import { runCommandLine } from "./program.ts";
import { processSurroundings } from "./surroundings.ts";

let left = false;
const leave = () => {
  left = true;
};
// Started by an older Node (bin/outdial.mjs): when that is killed, this process would go on with nobody knowing of it.
if (process.channel !== undefined) {
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref();
}
// The module is only loaded when there is a proxy.
const { https_proxy: small, HTTPS_PROXY: large } = process.env;
if (small || large) await (await import("../app/egress.ts")).fetchThroughProxy(process.env);
const code = await runCommandLine(process.argv.slice(2), { ...processSurroundings(), leave });
// It is already set when stdout failed.
process.exitCode ||= code;
// oxlint-disable-next-line unicorn/no-process-exit -- nothing else ends what a command line could not
if (left) process.exit();
