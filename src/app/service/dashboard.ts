// Finds the built dashboard: beside the bundled package, or in dist/web of a checkout, where it is built when its sources have
// changed.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PLACES = ["../web/", "../../../dist/web/"];
/** Exists only in a checkout. */
const BUILD = new URL("../../../scripts/build-web.ts", import.meta.url);
const run = promisify(execFile);

/**
 * The folder of the built dashboard; undefined when there is none.
 * @param say called with a line when the build of a checkout failed, so that the existing dashboard is older than its sources
 */
export async function dashboardFolder(say: (line: string) => void, build = BUILD): Promise<string | undefined> {
  // After a failed build the previous build remains, or none: the service works without.
  const isBuilt =
    !(await isFile(build)) ||
    (await run(process.execPath, [fileURLToPath(build), "--changed"]).then(
      () => true,
      () => false,
    ));
  const folder = await builtFolder();
  if (folder !== undefined && !isBuilt)
    say("the dashboard is an older build: building the changed sources failed; npm run build:web shows the reason");
  return folder;
}

async function builtFolder(): Promise<string | undefined> {
  for (const place of PLACES) {
    const folder = new URL(place, import.meta.url);
    const assets = await stat(new URL("assets", folder)).catch(() => undefined);
    // The sources of the dashboard also have an index.html, but no built assets.
    if ((await isFile(new URL("index.html", folder))) && assets?.isDirectory() === true) return fileURLToPath(folder);
  }
  return undefined;
}

async function isFile(place: URL): Promise<boolean> {
  return (await stat(place).catch(() => undefined))?.isFile() === true;
}
