// Start-up of `outdial --help` and of `import "outdial"` against a bare `node -e 0`, as a user waits for them: whole processes, in turn, medians.
// The import is that of the built package when there is a build (npm run build), else of the sources.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { median, rounded, sized } from "./support.ts";

const BIN = fileURLToPath(new URL("../bin/outdial.mjs", import.meta.url));
const BUILT = new URL("../dist/index.js", import.meta.url);
const LIBRARY = existsSync(BUILT) ? BUILT : new URL("../src/index.ts", import.meta.url);
const IMPORT = ["-e", `import(${JSON.stringify(LIBRARY.href)})`];
const TURNS = sized(15, 1);
const timed = (args: string[]) => {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
};

timed([BIN, "--help"]);
const bare: number[] = [];
const help: number[] = [];
const library: number[] = [];
for (let n = 0; n < TURNS; n++) {
  bare.push(timed(["-e", "0"]));
  help.push(timed([BIN, "--help"]));
  library.push(timed(IMPORT));
}
process.stdout.write(
  `${JSON.stringify({ ratio: rounded(median(help) / median(bare)), below: 3, helpMs: rounded(median(help), 0), bareMs: rounded(median(bare), 0), importMs: rounded(median(library), 0), importBuilt: LIBRARY === BUILT })}\n`,
);
