// Where the built dashboard is: beside the compiled package, or in dist/web of a checkout.

import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const PLACES = ["../../web/", "../../../dist/web/"];

/** The folder of the built dashboard; undefined when there is none. */
export async function dashboardFolder(): Promise<string | undefined> {
  for (const place of PLACES) {
    const folder = new URL(place, import.meta.url);
    const found = await stat(new URL("index.html", folder)).catch(() => undefined);
    const assets = await stat(new URL("assets", folder)).catch(() => undefined);
    // The sources of the dashboard have an index.html as well, but no assets that a build made.
    if (found?.isFile() === true && assets?.isDirectory() === true) return fileURLToPath(folder);
  }
  return undefined;
}
