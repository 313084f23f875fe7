// The file with the link that signs an administrator in, for a service without a terminal: logs have more readers than this file.

import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../store/index.ts";

const NAME = "login-link";

/** A file with a login link; `remove` deletes it unless another service has written its own link since. */
export interface LoginFile {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Writes a link to the file, replacing the one of the previous start; only the service's own user may read it (mode 0600). */
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
