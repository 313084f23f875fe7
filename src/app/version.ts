// The running version: of the package, and the commit that it was built from.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

/** The package's version, from package.json. */
export function packageVersion(): string {
  const found: unknown = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8"));
  return typeof found === "object" && found !== null && "version" in found ? String(found.version) : "0.0.0";
}

/** The commit: from git in a checkout, from the build's record in a package; undefined when neither is available. */
export function packageCommit(): string | undefined {
  try {
    if (!existsSync(new URL(".git", ROOT))) return readFileSync(new URL("dist/commit", ROOT), "utf8").trim() || undefined;
    const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: fileURLToPath(ROOT), encoding: "utf8" });
    return status === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}
