// Removes what is older than its life: by one of the processes on a database at a time, in small batches beside all other work.

import { DAY_MS, HOUR_MS, type Kept, keptOf } from "../../kernel/index.ts";
import { Ledger } from "../commit.ts";
import type { PhoneKey } from "../facts/types.ts";
import { anyOfPattern, callsOf, findInTables, type PersonRows, personPattern } from "./person.ts";
import { LIVES, type Life, lifeWords, spanMs } from "./table.ts";

/** How often a process begins. */
const EVERY_MS = HOUR_MS;
/** The actor of entries in the audit log. */
const ACTOR = "outdial";
const OWN = "outdial.removals";

/** Removes what the store does not by itself, of before an instant. @returns how many */
export type Remover = (before: Date) => Promise<number>;

type Others = Readonly<Record<Extract<Life["remove"], string>, Remover>>;

/** A life with what was removed by it. */
export interface LifeStanding extends ReturnType<typeof lifeWords>, Pick<Life, "name" | "kind" | "holds"> {
  /** Whole days; null where it is not kept for a time. */
  readonly days: number | null;
  /** Rows so far, and when the last ones; null where nothing was ever removed. */
  readonly removed: number | null;
  readonly removedAt: number | null;
}

/** A place that has a person, with how long what it has is kept, and why. */
export interface PersonPlace
  extends PersonRows,
    Pick<LifeStanding, "name" | "kind" | "holds" | "kept" | "by" | "erased" | "held"> {}

/** Where a person stands besides the database. @param number,calls regular expressions of the number, and of the ids of the person's calls */
export type PersonSearch = (number: string, calls: string | undefined) => Promise<ReadonlyMap<string, PersonRows>>;

/** The table of lives at work. */
export class Lives extends Ledger {
  /** What is kept, for how long, and what was removed so far. */
  async list(set: Partial<Kept> = {}): Promise<readonly LifeStanding[]> {
    const kept = keptOf(set);
    const rows = await this.store.query<{ name: string; removed: number; at: number }>(
      "select name, removed, at from outdial.removals",
    );
    const done = new Map(rows.map((row) => [row.name, row]));
    return LIVES.map((life) => {
      const { name, kind, holds } = life;
      const ms = spanMs(life, kept);
      const { removed = null, at = null } = name === OWN ? {} : (done.get(name) ?? {});
      return { name, kind, holds, ...lifeWords(life, kept), days: ms === null ? null : ms / DAY_MS, removed, removedAt: at };
    });
  }

  /** Every place that has a person, by the number in whatever form and by the ids of the calls to it. Reads everything. */
  async find(number: PhoneKey, set: Partial<Kept>, besides: PersonSearch): Promise<readonly PersonPlace[]> {
    const kept = keptOf(set);
    const calls = await callsOf(this.store, number);
    const found = new Map([
      ...(await findInTables(this.store, number, calls)),
      ...(await besides(personPattern(number), anyOfPattern(calls))),
    ]);
    return LIVES.flatMap((life) => {
      const { name, kind, holds } = life;
      const here = found.get(name);
      const { changed: _, ...words } = lifeWords(life, kept);
      return here === undefined || here.rows + here.calls === 0 ? [] : [{ name, kind, holds, ...words, ...here }];
    });
  }

  /**
   * Removes what is older than its life, unless a process has begun within the last hour. Nothing while the audit log is held. A batch is whole or not
   * there, with its entry in the audit log. @param others what the store does not remove by itself @param options.everyMs 1 h
   */
  async sweep(
    set: Partial<Kept>,
    others: Others,
    { signal, everyMs = EVERY_MS }: { readonly signal?: AbortSignal; readonly everyMs?: number } = {},
  ): Promise<void> {
    if (this.store.hold.stands || !(await this.#begins(everyMs))) return;
    const kept = keptOf(set);
    const failed: unknown[] = [];
    // What cannot be removed keeps nothing else.
    for (const life of LIVES)
      await this.#end(life, kept, others, signal).catch((thrown: unknown) => {
        failed.push(thrown);
      });
    if (failed.length > 0) throw failed[0];
  }

  async #end(life: Life, kept: Kept, others: Others, signal: AbortSignal | undefined): Promise<void> {
    const { remove, name } = life;
    const ms = spanMs(life, kept);
    if (remove === undefined || ms === null) return;
    const before = new Date(this.store.now() - ms);
    if (typeof remove === "string") {
      const removed = await others[remove](before);
      if (removed > 0) await this.store.query(NOTE, [name, removed, new Date(this.store.now())]);
      return;
    }
    do {
      if (signal?.aborted === true) return;
    } while ((await this.#batch(life, remove, before)) >= remove.size);
  }

  async #begins(everyMs: number): Promise<boolean> {
    const rows = await this.store.query(
      `insert into outdial.removals (name, at) values ($1, clock_timestamp()) on conflict (name) do update set at = excluded.at
       where removals.at <= excluded.at - $2 * interval '1 millisecond' returning 1`,
      [OWN, everyMs],
    );
    return rows.length === 1;
  }

  #batch(life: Life, { sql, appendOnly }: Exclude<Life["remove"], string | undefined>, before: Date): Promise<number> {
    return this.store.commit(async (tx) => {
      if (appendOnly !== undefined) await tx.query("select set_config('outdial.removes', $1, true)", [appendOnly]);
      // Times in the rows' hash are in UTC.
      await tx.query("set local timezone to 'UTC'");
      const [row] = await tx.query<{ removed: number; hash: string | null }>(sql, sql.includes("$1") ? [before] : []);
      const { removed = 0, hash = null } = row ?? {};
      if (removed === 0) return 0;
      await tx.query(NOTE, [life.name, removed, new Date(this.store.now())]);
      if (life.told === true)
        tx.audit([
          {
            actor: ACTOR,
            action: "data.removed",
            subject: life.name,
            details: { removed, hash, before: before.toISOString(), setting: settingOf(life) },
          },
        ]);
      return removed;
    });
  }
}

const NOTE = `insert into outdial.removals (name, removed, at) values ($1, $2, $3)
  on conflict (name) do update set removed = removals.removed + excluded.removed, at = excluded.at`;

const settingOf = ({ span }: Life): string | null => ("setting" in span ? `kept.${span.setting}` : null);
