// Packs the package and checks what a user would install: publint and attw on the tarball, and that the CLI in it starts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "outdial-pack-"));
try {
  run("npm", ["pack", "--silent", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  const path = join(folder, tarball);
  run("publint", ["run", path, "--strict"]);
  run("attw", [path, "--profile", "esm-only"]);
  run("tar", ["-xzf", path, "-C", folder]);
  // The tarball's dependencies are those of this checkout.
  run("ln", ["-s", join(import.meta.dirname, "../node_modules"), join(folder, "node_modules")]);
  run("node", [join(folder, "package/bin/outdial.mjs"), "--help"], "ignore");
  run("node", [
    "--input-type=module",
    "-e",
    `import(${JSON.stringify(join(folder, "package/dist/index.js"))}).then((m) => { if (!m.createTenant) process.exit(1); })`,
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function run(command: string, args: string[], stdout: "inherit" | "ignore" = "inherit"): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", stdout, "inherit"] });
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`${command} ${args.join(" ")} ended with ${status}\n`);
    throw new Error("the package check failed");
  }
}
