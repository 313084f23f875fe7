// A head of the audit log in a file.

import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { writeWhole } from "../embedded/files.ts";
import type { HeadKeep } from "./heads.ts";

/** Pause between two writes: a busy log commits a hundred times a second, and a write costs as much as several items. */
const REST_MS = 200;
/** Time limit for the file system, ms; after it the place counts as not compared. */
const ANSWER_MS = 2_000;

/** A head of the audit log kept in a file outside the store. */
export class HeadFile implements HeadKeep {
  readonly name: string;
  readonly outside: boolean;
  readonly remote = false;
  readonly restMs = REST_MS;
  readonly #create: boolean;
  /** A file system call that has not ended. Each one blocks one of a few threads, so no second one is started. */
  #hanging = false;
  #reading: Promise<string | undefined> | undefined;
  readonly #answerMs: number;

  /** @param path the file */
  constructor(
    path: string,
    {
      outside,
      create,
      answerMs = ANSWER_MS,
    }: { readonly outside: boolean; readonly create: boolean; readonly answerMs?: number },
  ) {
    this.#answerMs = answerMs;
    this.name = path;
    this.outside = outside;
    this.#create = create;
  }

  /** One read for all concurrent callers. */
  read(): Promise<string | undefined> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  #read(): Promise<string | undefined> {
    return this.#inTime(async () => {
      try {
        return await readFile(this.name, "utf8");
      } catch (thrown) {
        if (!isMissing(thrown)) throw thrown;
        // When the folder is missing the disk is not mounted, which is different from a place without a head.
        if (!this.#create) await stat(dirname(this.name));
        return undefined;
      }
    });
  }

  write(note: string): Promise<void> {
    return this.#inTime(async () => {
      if (this.#create) await mkdir(dirname(this.name), { recursive: true, mode: 0o700 });
      await writeWhole(this.name, note);
    });
  }

  setAside(mark: string): Promise<void> {
    return this.#inTime(() => rename(this.name, `${this.name}.${mark}`));
  }

  /**
   * Calls to a network disk whose server is away can hang for minutes. Rejects when there is no answer in time, and at once while
   * an earlier call hangs.
   */
  async #inTime<T>(work: () => Promise<T>): Promise<T> {
    if (this.#hanging) throw new Error("not looked at: an earlier look at its disk has not ended");
    const working = work();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#hanging = true;
        const over = () => {
          this.#hanging = false;
        };
        working.then(over, over);
        reject(new Error(`not looked at: its disk gave no answer within ${this.#answerMs / 1000} s`));
      }, this.#answerMs);
    });
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}
