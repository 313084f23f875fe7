// A head in a file: of the working folder, or of a folder on another disk or host.

import { hash } from "node:crypto";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { messageOf } from "../../kernel/index.ts";
import { writeWhole } from "../embedded/files.ts";
import type { Appended } from "./append.ts";
import { openCheckpoint } from "./note.ts";
import { conflictWith, type HeadPlace, type LogView, type Meeting, type MeetOptions } from "./places.ts";

/** A busy log commits a hundred times a second, and each write costs as much as several items. */
const REST_MS = 200;

/** The file's name in a folder that several logs may share. */
export const headFileOf = (origin: string): string => `${origin.replaceAll(/[^A-Za-z0-9.-]/g, "-")}.head`;

/**
 * Never written backwards. A head that does not belong to the database's history is evidence: it is left alone, and set aside under another name
 * when a person has accepted that it does not fit.
 */
export class FolderHead implements HeadPlace {
  readonly name: string;
  readonly outside: boolean;
  readonly remote = false;
  readonly restMs = REST_MS;
  readonly #create: boolean;
  /** The text that is known to be of this log. */
  #sure: string | undefined;

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

  async meet(log: LogView, { keep, latest }: MeetOptions): Promise<Meeting> {
    let text: string | undefined;
    try {
      text = await this.read();
    } catch (cause) {
      return { state: "unreachable", message: messageOf(cause) };
    }
    // Read behind the place: an honest log is never behind it.
    const newest = latest ?? (await log.latest());
    const sizeOf = (note: string) => openCheckpoint(note, log.verifier)?.size ?? 0;
    const found = text === undefined ? undefined : await this.#judge(text, newest, log, latest !== undefined);
    if (found !== undefined && found.state !== "fits" && found.state !== "accepted") return found;
    const behind = text === undefined || found?.state === "accepted" || (newest !== undefined && sizeOf(text) < newest.size);
    if (keep && newest !== undefined && behind) {
      try {
        if (found?.state === "accepted")
          await rename(this.name, `${this.name}.accepted-${hash("sha256", text ?? "").slice(0, 12)}`);
        await this.#write(newest.note);
      } catch (cause) {
        return { state: "unreachable", message: messageOf(cause) };
      }
    }
    return found ?? { state: "empty" };
  }

  /** @param quick whether what this process wrote itself may be trusted without asking the database */
  async #judge(text: string, newest: Appended | undefined, log: LogView, quick: boolean): Promise<Meeting> {
    const head = openCheckpoint(text, log.verifier);
    if (head === undefined) {
      const id = `forged:${hash("sha256", text)}`;
      if (await log.isAccepted(id)) return { state: "accepted" };
      const message = `the head in ${this.name} is not a checkpoint signed by the log's key`;
      return { state: "differs", conflict: { id, kind: "checkpoint_forged", size: null, note: text, message } };
    }
    const { size } = head;
    const fits = { state: "fits", size } as const;
    if (size === 0 || (quick && text === this.#sure && newest !== undefined && newest.size >= size)) return fits;
    if ((await log.noteAt(size)) === text) {
      this.#sure = text;
      return fits;
    }
    const conflict = conflictWith(this.name, { ...head, note: text }, (await log.latest())?.size ?? 0);
    return (await log.isAccepted(conflict.id)) ? { state: "accepted" } : { state: "differs", conflict };
  }

  /** Of two processes that write at the same moment the one with the older head may be the last; the next comparison writes the newest. */
  async #write(note: string): Promise<void> {
    if (this.#create) await mkdir(dirname(this.name), { recursive: true, mode: 0o700 });
    await writeWhole(this.name, note, 0o644);
    this.#sure = note;
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
}
