// Bundles src into dist for publishing, with the type declarations that a door of the package leads to.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { bundlePackage } from "./bundle.ts";

const ROOT = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: { out: { type: "string", default: join(ROOT, "dist") }, unchecked: { type: "boolean" } },
});
const out = values.out;

rmSync(out, { recursive: true, force: true });
// Before the declarations: it empties its own folder first, which has those of src/app, too.
await bundlePackage(out);
const compiler = join(ROOT, "node_modules/typescript-7/bin/tsc");
const build = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", out, ...(values.unchecked === true ? ["--noCheck"] : [])];
const { status } = spawnSync(process.execPath, [compiler, ...build], { stdio: "inherit" });
process.exitCode = status ?? 1;
if (status === 0) {
  keepReachableTypes();
  // What the package was made of: see src/app/version.ts. A build without git leaves it out.
  const { status: known, stdout: commit } = spawnSync("git", ["rev-parse", "HEAD"], { encoding: "utf8", cwd: ROOT });
  if (known === 0) writeFileSync(join(out, "commit"), commit);
}

/** Removes declarations that no program sees: those that no door of package.json leads to. */
function keepReachableTypes(): void {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, string | { types: string }>;
  };
  const reached = new Set<string>();
  const open = Object.values(exports).flatMap((door) =>
    typeof door === "string" ? [] : [join(out, door.types.replace("./dist/", ""))],
  );
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/(?:from |import\(|import )"(\.[^"]+)\.[tj]s"/g))
      open.push(join(dirname(file), `${path}.d.ts`));
  }
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.name.endsWith(".d.ts") && !reached.has(path)) rmSync(path);
  }
}
