// The file of the link that signs an administrator in, for a service that nobody watches from a terminal: logs are read by more people than this
// file is.

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../store/index.ts";

const NAME = "login-link";

/** A file with a login link; `remove` takes it away unless another service has put its own there since. */
export interface LoginFile {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Puts a link into the file, in place of the one of the start before; only the service's own user may read it (mode 0600). */
export async function writeLoginFile(dir: string, link: string): Promise<LoginFile> {
  const path = join(dir, NAME);
  const text = `${link}\n`;
  await writeWhole(path, text);
  return {
    path,
    remove: async () => {
      const there = await readFile(path, "utf8").catch(() => undefined);
      if (there === text) await rm(path, { force: true });
    },
  };
}
