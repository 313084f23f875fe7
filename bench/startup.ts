// Start-up of `outdial --help` against a bare `node -e 0`, as a user waits for it: whole processes, in turn, medians.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, rounded } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));
const timed = (args: string[]) => {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
};

timed([BIN, "--help"]);
const bare: number[] = [];
const help: number[] = [];
for (let n = 0; n < 15; n++) {
  bare.push(timed(["-e", "0"]));
  help.push(timed([BIN, "--help"]));
}
process.stdout.write(
  `${JSON.stringify({ ratio: rounded(median(help) / median(bare)), below: 3, helpMs: rounded(median(help), 0), bareMs: rounded(median(bare), 0) })}\n`,
);
