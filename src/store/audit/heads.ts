// Heads of the log at places outside the database: updated after commits, compared at the start and while the process runs.

import { hash } from "node:crypto";
import { type Clock, messageOf } from "../../kernel/index.ts";
import type { Database } from "../database/database.ts";
import type { StoreLog } from "../log.ts";
import type { Appended } from "./append.ts";
import type { Hold, StandingConflict } from "./hold.ts";
import { type Checkpoint, openCheckpoint, type Signer, signatureLine, verifySignatureLine } from "./note.ts";
import { conflictWith, type HeadConflict, type HeadPlace, type LogView, type Meeting, type MeetOptions } from "./places.ts";
import { consistencyPath } from "./proof.ts";

/** The caller's transaction. */
interface Rows {
  query<Row extends object>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A head as read from its place, signed by the log's key. */
export interface KeptHead extends Checkpoint {
  readonly place: string;
}

/** The result of comparing one place. */
export interface HeadFinding {
  readonly place: string;
  /** Whether the place survives when the store is set back. */
  readonly outside: boolean;
  /**
   * - `fits`: the head is of this log, which had `size` entries then
   * - `empty`: the place has no head yet
   * - `differs`: it is of another history, or of more entries than the log has
   * - `accepted`: it differs, and a person accepted that
   * - `unreachable`: the place cannot be read, or does not answer
   */
  readonly state: Meeting["state"];
  readonly size: number | null;
  readonly message: string | null;
}

/** Longer than a service's interval between comparing remote places, ms: a call through the service does not wait for them. */
const REMOTE_GOOD_MS = 120_000;

/** How long a look before a call waits for a place, ms. A later answer is still used. */
const LOOK_MS = 2_000;

/** Name of the place for what this process has written itself. */
const MEMORY = "the memory of this process";

/** The text that is signed when a conflict is accepted. */
const acceptance = (id: string) => `outdial-audit-accept@1\n${id}\n`;

const STANDING = `select id, place, kind, size, message, found_at as "foundAt" from outdial.audit_conflicts where accepted_at is null order by found_at, id`;

/** Keeps heads of the audit log outside the store, and detects when the database was set back. */
export class Heads {
  readonly #places: readonly HeadPlace[];
  readonly #keepers: readonly Keeper[];
  readonly #database: Database;
  readonly #signer: Signer;
  readonly #hold: Hold;
  readonly #log: StoreLog;
  readonly #view: LogView;
  readonly #clock: Clock;
  /** The longest log that this process has written: a reliable memory when the database was set back. */
  #longest: Appended | undefined;
  /** Conflicts of a process whose key is not the log's: it holds by itself, and says nothing to those that have the key. */
  #unsaid: readonly StandingConflict[] = [];
  /** When the remote places were last asked, ms since the epoch. */
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    places: readonly HeadPlace[],
    given: {
      readonly database: Database;
      readonly signer: Signer;
      readonly hold: Hold;
      readonly log: StoreLog;
      readonly clock: Clock;
    },
  ) {
    const { database, signer, hold, log, clock } = given;
    this.#places = places;
    this.#database = database;
    this.#signer = signer;
    this.#hold = hold;
    this.#log = log;
    this.#clock = clock;
    this.#view = this.#viewOf(database, signer);
    this.#keepers = places.map((place) => new Keeper(place, (latest) => this.#meet(place, { keep: true, latest })));
  }

  /** The readable heads of all places, for a recomputation of the whole log. */
  async read(): Promise<KeptHead[]> {
    const texts = await Promise.all(
      this.#places.map(async (place) => ({ place: place.name, note: await place.read().catch(() => undefined) })),
    );
    return texts.flatMap(({ place, note }) => {
      const head = note === undefined ? undefined : openCheckpoint(note, this.#signer);
      return head === undefined ? [] : [{ place, ...head }];
    });
  }

  /** Records a committed checkpoint; the places are updated soon. */
  note(appended: Appended): void {
    // The log was longer a moment ago, or two commits were reported in the other order.
    if (this.#longest !== undefined && appended.size <= this.#longest.size) {
      void this.compare({ keep: false, remote: false }).catch(() => undefined);
      return;
    }
    this.#longest = appended;
    for (const keeper of this.#keepers) keeper.note(appended);
  }

  /** Resolves when what was recorded has been written to its places; it does not wait for witnesses, which are slow. */
  async flush(): Promise<void> {
    await Promise.all(this.#keepers.map((keeper) => keeper.flush()));
  }

  /** Ends the updates; witnesses get what they lack the next time. */
  close(): void {
    for (const keeper of this.#keepers) keeper.close();
  }

  /**
   * Compares the log with the places and sets the hold. A conflict is stored in the database, for all processes, until the head
   * fits or a person accepts it.
   * @param options.keep update places that fit or are empty
   * @param options.remote include witnesses; default true
   */
  async compare({ keep, remote = true }: { readonly keep: boolean; readonly remote?: boolean }): Promise<HeadFinding[]> {
    const asked = this.#places.filter((place) => remote || !place.remote);
    if (remote) this.#askedAt = this.#clock.now();
    const findings = await Promise.all(asked.map((place) => this.#meet(place, { keep })));
    await this.#remember();
    await this.#lookAgain();
    return findings;
  }

  /** Compares without updating any place; remote places are asked only when the last time was two minutes ago. */
  async look(): Promise<void> {
    const isDue = this.#places.some(({ remote }) => remote) && this.#clock.now() - this.#askedAt >= REMOTE_GOOD_MS;
    const local = this.compare({ keep: false, remote: false });
    if (isDue) await within(LOOK_MS, this.compare({ keep: false }));
    await local;
  }

  /** Accepts all open conflicts, in the caller's transaction. @returns them */
  async accept(tx: Rows, by: string, reason: string): Promise<StandingConflict[]> {
    const rows = await tx.query<StandingConflict>(`${STANDING} for update`);
    for (const { id } of rows)
      await tx.query(
        "update outdial.audit_conflicts set accepted_at = $2, accepted_by = $3, reason = $4, signature = $5 where id = $1",
        [id, new Date(this.#clock.now()), by, reason, signatureLine(acceptance(id), this.#signer)],
      );
    return rows;
  }

  async #meet(
    place: HeadPlace,
    options: { readonly keep: boolean; readonly latest?: Appended | undefined },
  ): Promise<HeadFinding> {
    const { name, outside } = place;
    const met = await place.meet(this.#view, options);
    if (met.state === "differs") await this.#enter(name, met.conflict);
    if (met.state === "unreachable") {
      this.#hold.unseen.set(name, met.message);
      this.#log("warn", `a head of the audit log cannot be compared: ${name}`, { error: met.message });
    } else this.#hold.unseen.delete(name);
    return {
      place: name,
      outside,
      state: met.state,
      size: met.state === "fits" ? met.size : met.state === "differs" ? met.conflict.size : null,
      message: met.state === "unreachable" ? met.message : met.state === "differs" ? met.conflict.message : null,
    };
  }

  /** Compares with what this process has written. */
  async #remember(): Promise<void> {
    const own = this.#longest;
    if (own === undefined || (await this.#view.noteAt(own.size)) === own.note) return;
    const root = openCheckpoint(own.note, this.#signer)?.root ?? Buffer.alloc(0);
    const latest = await this.#view.latest();
    const conflict = conflictWith(MEMORY, { ...own, root }, latest?.size ?? 0);
    if (await this.#view.isAccepted(conflict.id)) this.#longest = latest;
    else await this.#enter(MEMORY, conflict);
  }

  /** Stores a conflict, once for all places and processes. While that fails, this process holds nevertheless. */
  async #enter(place: string, { id, kind, size, note, message }: HeadConflict): Promise<void> {
    const foundAt = this.#clock.now();
    if (this.#hold.conflicts.some((one) => one.id === id)) return;
    const conflict = { id, place, kind, size, message, foundAt };
    this.#hold.set([...this.#hold.conflicts, conflict]);
    this.#log("error", `the database was set back or replaced: ${message}; nothing new is begun on it`, { place });
    if (!(await this.#hasKey())) {
      this.#unsaid = [...this.#unsaid, conflict];
      return;
    }
    await this.#database.query(
      `insert into outdial.audit_conflicts (id, place, kind, size, log_size, note, message, found_at)
       values ($1, $2, $3, $4, (select size from outdial.audit_head), $5, $6, $7) on conflict do nothing`,
      [id, place, kind, size, note, message, new Date(foundAt)],
    );
  }

  /** Reads the open conflicts; one that fits again, because the right database is back, is no longer open. */
  async #lookAgain(): Promise<void> {
    if (this.#unsaid.length > 0 && (await this.#hasKey())) this.#unsaid = [];
    const standing = await this.#database.query<StandingConflict>(STANDING);
    // A read-only database is not written to without need.
    if (standing.length === 0) return this.#hold.set(this.#unsaid);
    await this.#database.query(
      `delete from outdial.audit_conflicts c where accepted_at is null and exists (
         select from outdial.audit_checkpoints k where k.size = c.size and k.note = c.note)`,
    );
    this.#hold.set([...(await this.#database.query<StandingConflict>(STANDING)), ...this.#unsaid]);
  }

  /** Whether this process's key is the one that the log names. */
  async #hasKey(): Promise<boolean> {
    const [head] = await this.#database.query<{ vkey: string | null }>("select vkey from outdial.audit_head");
    return (head?.vkey ?? null) === null || head?.vkey === this.#signer.vkey;
  }

  #viewOf(database: Database, signer: Signer): LogView {
    return {
      verifier: signer,
      async latest() {
        const rows = await database.query<Appended>(
          "select size, note from outdial.audit_checkpoints order by size desc limit 1",
        );
        return rows[0];
      },
      async noteAt(size) {
        const rows = await database.query<{ note: string }>("select note from outdial.audit_checkpoints where size = $1", [size]);
        return rows[0]?.note;
      },
      consistency: (first, second) =>
        database.transaction((connection) => consistencyPath(connection, first, second), "begin read only"),
      async isAccepted(id) {
        const [row] = await database.query<{ signature: string | null }>(
          "select signature from outdial.audit_conflicts where id = $1 and accepted_at is not null",
          [id],
        );
        return typeof row?.signature === "string" && verifySignatureLine(acceptance(id), row.signature, signer.vkey);
      },
      async cosignedSize(witness) {
        const [row] = await database.query<{ size: number }>(
          "select coalesce(max(size), 0) as size from outdial.audit_cosignatures where witness = $1",
          [witness],
        );
        return row?.size ?? 0;
      },
      async keepCosignature({ size, witness, line, at }) {
        await database.query(
          `insert into outdial.audit_cosignatures (size, witness, line, at) values ($1, $2, $3, $4)
           on conflict (witness, size) do update set line = excluded.line, at = excluded.at`,
          [size, witness, line, new Date(at)],
        );
        // It signs nothing that is not of the history it knows.
        await database.query(
          "delete from outdial.audit_conflicts where accepted_at is null and left(id, length($1) + 1) = $1 || ':'",
          [witness],
        );
      },
    };
  }
}

// Keeps the latest head at one place.

/** Waits for work, but at most so many ms; after that its result is ignored. Rejects when the work rejects in that time. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  work.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Updates one place after commits: one update at a time, with a pause after each. */
class Keeper {
  readonly #place: HeadPlace;
  readonly #update: (latest: Appended) => Promise<unknown>;
  #latest: Appended | undefined;
  #writing: Promise<void> | undefined;
  #hurry = false;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(place: HeadPlace, update: (latest: Appended) => Promise<unknown>) {
    this.#place = place;
    this.#update = update;
  }

  note(appended: Appended): void {
    if (this.#closed) return;
    this.#latest = appended;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async flush(): Promise<void> {
    if (this.#place.remote) return;
    this.#hurry = true;
    this.#wake();
    try {
      await this.#writing;
    } finally {
      this.#hurry = false;
    }
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async #write(): Promise<void> {
    for (let written: Appended | undefined; this.#latest !== undefined && this.#latest !== written && !this.#closed; ) {
      written = this.#latest;
      // When the database is away, the regular comparison updates the place later.
      await this.#update(written).catch(() => undefined);
      await this.#rest();
    }
  }

  /** Waits for further checkpoints, unless a caller is waiting. */
  async #rest(): Promise<void> {
    if (this.#hurry || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#place.restMs);
      // A command that ends does not wait for the pause.
      if (this.#place.remote) timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

// A head that is stored as a text: in a file of the working folder, on another disk or host, or in object storage.

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
