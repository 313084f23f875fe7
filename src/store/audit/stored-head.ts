// A head that is stored as a text: in a file of the working folder, on another disk or host, or in object storage.

import { hash } from "node:crypto";
import { messageOf } from "../../kernel/index.ts";
import type { Appended } from "./append.ts";
import { openCheckpoint } from "./note.ts";
import { conflictWith, type HeadPlace, type LogView, type Meeting, type MeetOptions } from "./places.ts";

/** The name of a head among those of several logs. */
export const headFileOf = (origin: string): string => `${origin.replaceAll(/[^A-Za-z0-9.-]/g, "-")}.head`;

/** The storage of a text. Its methods reject when the storage fails. */
export interface HeadKeep extends Pick<HeadPlace, "name" | "outside" | "remote" | "restMs"> {
  /** Undefined when no head was stored yet. */
  read(): Promise<string | undefined>;
  /** Replaces what was read last. */
  write(note: string): Promise<void>;
  /** Keeps what was read last under another name, where possible. */
  setAside(mark: string): Promise<void>;
}

/**
 * A head is never replaced by an older one. One that is not of the database's history is evidence: it is left alone, and set
 * aside under another name when a person has accepted the conflict.
 */
export class StoredHead implements HeadPlace {
  readonly name: string;
  readonly outside: boolean;
  readonly remote: boolean;
  readonly restMs: number;
  readonly #keep: HeadKeep;
  /** The text that is known to be of this log. */
  #sure: string | undefined;

  constructor(keep: HeadKeep) {
    const { name, outside, remote, restMs } = keep;
    this.name = name;
    this.outside = outside;
    this.remote = remote;
    this.restMs = restMs;
    this.#keep = keep;
  }

  read(): Promise<string | undefined> {
    return this.#keep.read();
  }

  async meet(log: LogView, { keep, latest }: MeetOptions): Promise<Meeting> {
    let text: string | undefined;
    try {
      text = await this.read();
    } catch (cause) {
      return { state: "unreachable", message: messageOf(cause) };
    }
    // The log is read after the place: an honest log is never behind it.
    const newest = latest ?? (await log.latest());
    const sizeOf = (note: string) => openCheckpoint(note, log.verifier)?.size ?? 0;
    const found = text === undefined ? undefined : await this.#judge(text, newest, log, latest !== undefined);
    if (found !== undefined && found.state !== "fits" && found.state !== "accepted") return found;
    const behind = text === undefined || found?.state === "accepted" || (newest !== undefined && sizeOf(text) < newest.size);
    if (keep && newest !== undefined && behind) {
      try {
        if (found?.state === "accepted") await this.#keep.setAside(`accepted-${hash("sha256", text ?? "").slice(0, 12)}`);
        await this.#write(newest.note);
      } catch (cause) {
        return { state: "unreachable", message: messageOf(cause) };
      }
    }
    return found ?? { state: "empty" };
  }

  /** @param quick trust what this process has written itself, without asking the database */
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

  /** When two processes write at once, the older head may be written last; the next comparison writes the newest. */
  async #write(note: string): Promise<void> {
    await this.#keep.write(note);
    this.#sure = note;
  }
}
