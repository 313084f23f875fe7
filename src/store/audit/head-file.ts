// A head's text in a file.

import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "../embedded/files.ts";
import type { HeadKeep } from "./stored-head.ts";

/** A busy log commits a hundred times a second, and each write costs as much as several items. */
const REST_MS = 200;

export class HeadFile implements HeadKeep {
  readonly name: string;
  readonly outside: boolean;
  readonly remote = false;
  readonly restMs = REST_MS;
  readonly #create: boolean;

  /** @param path the file */
  constructor(path: string, { outside, create }: { readonly outside: boolean; readonly create: boolean }) {
    this.name = path;
    this.outside = outside;
    this.#create = create;
  }

  async read(): Promise<string | undefined> {
    try {
      return await readFile(this.name, "utf8");
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      // A disk that is not mounted has no head; that is not the same as a place where none was kept yet.
      if (!this.#create) await stat(dirname(this.name));
      return undefined;
    }
  }

  async write(note: string): Promise<void> {
    if (this.#create) await mkdir(dirname(this.name), { recursive: true, mode: 0o700 });
    await writeWhole(this.name, note, 0o644);
  }

  setAside(mark: string): Promise<void> {
    return rename(this.name, `${this.name}.${mark}`);
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}
