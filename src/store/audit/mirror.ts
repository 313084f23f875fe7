// `audit.head`: the latest checkpoint outside the database, so that a log cut short or set back to an older backup is noticed.

import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../kernel/index.ts";
import type { Database } from "../database/database.ts";
import { draftOf } from "../embedded/files.ts";
import type { StoreLog } from "../log.ts";
import type { Appended } from "./append.ts";
import { type Checkpoint, openCheckpoint, type Verifier } from "./note.ts";

/** Between two writes: a busy log commits a hundred times a second, and each write costs as much as several items. */
const REST_MS = 200;

/** The mirrored checkpoint: absent, not to be believed, or what it says with the note itself. */
export type Mirrored =
  | { readonly kind: "absent" }
  | { readonly kind: "forged" }
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint; readonly note: string };

/**
 * Keeps the mirror up to date behind the commits, at most one write at a time, never backwards. A mirror that does not belong to the
 * database's history is evidence and is left alone.
 */
export class Mirror {
  readonly #dir: string;
  readonly #database: Database;
  readonly #verifier: Verifier;
  readonly #log: StoreLog;
  #latest: Appended | undefined;
  #writing: Promise<void> | undefined;
  #trusted: boolean | undefined;
  #hurry = false;
  #wake: () => void = () => undefined;

  constructor(dir: string, database: Database, verifier: Verifier, log: StoreLog) {
    this.#dir = dir;
    this.#database = database;
    this.#verifier = verifier;
    this.#log = log;
  }

  /** What the folder's mirror says now. */
  async read(): Promise<Mirrored> {
    const note = await readFile(join(this.#dir, "audit.head"), "utf8").catch(() => undefined);
    if (note === undefined) return { kind: "absent" };
    const checkpoint = openCheckpoint(note, this.#verifier);
    return checkpoint ? { kind: "checkpoint", checkpoint, note } : { kind: "forged" };
  }

  /** Notes a committed checkpoint; it is written soon. */
  note(appended: Appended): void {
    if (appended.size <= (this.#latest?.size ?? 0)) return;
    this.#latest = appended;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when what was noted is written. */
  async flush(): Promise<void> {
    this.#hurry = true;
    this.#wake();
    try {
      await this.#writing;
    } finally {
      this.#hurry = false;
    }
  }

  /** Lets further checkpoints gather, unless somebody waits for them. */
  async #rest(): Promise<void> {
    if (this.#hurry) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, REST_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #write(): Promise<void> {
    try {
      for (let written = 0; this.#latest && this.#latest.size > written; ) {
        const { size, note } = this.#latest;
        const there = await this.read();
        this.#trusted ??= await this.#belongs(there);
        if (!this.#trusted) return;
        if (there.kind !== "checkpoint" || there.checkpoint.size < size) {
          const draft = draftOf(join(this.#dir, "audit.head"));
          await writeFile(draft, note, { mode: 0o644 });
          await rename(draft, join(this.#dir, "audit.head"));
        }
        written = size;
        await this.#rest();
      }
    } catch (cause) {
      this.#log("warn", "audit.head could not be written", { error: messageOf(cause) });
    }
  }

  /** Whether the mirror found is a checkpoint that this database made, or there is none. */
  async #belongs(there: Mirrored): Promise<boolean> {
    if (there.kind === "absent") return true;
    if (there.kind === "checkpoint") {
      const { size } = there.checkpoint;
      const [row] = await this.#database.query<{ note: string }>("select note from outdial.audit_checkpoints where size = $1", [
        size,
      ]);
      if (row?.note === there.note) return true;
    }
    this.#log("error", "audit.head does not fit the audit log of this database: it is left as it is; run outdial audit verify");
    return false;
  }
}
