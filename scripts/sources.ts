// Whether what was built is still that of its sources.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** A hash of all files below some paths of the project, without tests. */
export function sourceHash(sources: readonly string[]): string {
  const sum = createHash("sha256");
  for (const path of sources.flatMap((source) => filesIn(join(ROOT, source)))) {
    if (path.endsWith(".test.ts")) continue;
    sum.update(relative(ROOT, path)).update("\0").update(readFileSync(path)).update("\0");
  }
  return sum.digest("hex");
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
