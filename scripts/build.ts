// Compiles src to dist for publishing.

import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";

rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, ["node_modules/typescript-7/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
// What the package was made of: see src/app/version.ts. A build without git leaves it out.
const { status: known, stdout: commit } = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8" });
if (status === 0 && known === 0) writeFileSync(new URL("../dist/commit", import.meta.url), commit);
