// The example files that come with the package.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = "examples/";

/** Path of an example of the package. @param name without the folder */
export const examplePath = (name: string): string => fileURLToPath(new URL(`../../${FOLDER}${name}`, import.meta.url));

/**
 * The package's example that the help and the README call `path`, when the working folder has no such file; undefined for every
 * other path.
 */
export function shippedExample(path: string, cwd: string): string | undefined {
  if (!path.startsWith(FOLDER) || path.includes("..") || existsSync(resolve(cwd, path))) return undefined;
  const shipped = examplePath(path.slice(FOLDER.length));
  return existsSync(shipped) ? shipped : undefined;
}
