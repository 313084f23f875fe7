// Erases a person: what no duty holds is removed or replaced in every place of the table of lives, the log says so, and a list outside the database lets a backup
// of before be brought up to it.

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { type Kept, messageOf, type RandomStream } from "../../kernel/index.ts";
import type { HeadFile } from "../audit/head-file.ts";
import type { AuditLog } from "../audit/log.ts";
import { Ledger, type StoreCore } from "../commit.ts";
import { StoreError } from "../error.ts";
import type { PhoneKey } from "../facts/types.ts";
import { atWork, callsOf, type ErasedPerson, type ErasedRows, eraseInTables, personPattern, redacting } from "./person.ts";
import type { Lives, PersonPlace, PersonSearch } from "./removal.ts";

/** Rounds until one finds nothing to erase any more. */
const ROUNDS = 20;
/** Between two rounds of which one met rows that others held, s. */
const REST_S = 0.2;
/** A number with leading spaces: how long it is is not told. */
const WIDTH = 16;
const [NONCE, TAG] = [12, 16] as const;

/** Where a person stands besides the database, and its erasure there. */
export interface Beyond {
  readonly find: PersonSearch;
  erase(person: ErasedPerson): Promise<ReadonlyMap<string, ErasedRows>>;
}

/** What an erasure would do. */
interface ErasurePreview {
  readonly places: readonly PersonPlace[];
  /** Why it must wait, as sentences. */
  readonly refusals: readonly string[];
}

/** What an erasure did. */
export interface Erasure {
  /** What stands in place of the number. */
  readonly id: string;
  readonly at: number;
  /** Rows, entries of the log and files that were removed or changed. */
  readonly erased: readonly { readonly name: string; readonly rows: number }[];
  /** What is left of the person, and why. */
  readonly left: readonly PersonPlace[];
}

const listed = z.object({ id: z.string(), at: z.number(), sealed: z.string() });
type Listed = z.output<typeof listed>;

/** The erasures of a store. */
export class Erasures extends Ledger {
  readonly #audit: AuditLog;
  readonly #lives: Lives;
  readonly #key: Uint8Array;
  readonly #lists: readonly Pick<HeadFile, "name" | "read" | "write">[];
  readonly #random: RandomStream;

  /** @param given.lists files outside the database, each with the whole list */
  constructor(
    store: StoreCore,
    given: {
      readonly audit: AuditLog;
      readonly lives: Lives;
      readonly key: Uint8Array;
      readonly lists: readonly Pick<HeadFile, "name" | "read" | "write">[];
      readonly random: RandomStream;
    },
  ) {
    super(store);
    this.#audit = given.audit;
    this.#lives = given.lives;
    this.#key = given.key;
    this.#lists = given.lists;
    this.#random = given.random;
  }

  /** What stands for a number where a hash of it could be tried out: only the log's key makes it. */
  pseudonym(number: PhoneKey): string {
    return createHmac("sha256", this.#key).update(String(number)).digest("hex");
  }

  async preview(number: PhoneKey, kept: Partial<Kept>, beyond: Pick<Beyond, "find">): Promise<ErasurePreview> {
    const calls = await callsOf(this.store, number, null);
    return {
      places: await this.#lives.find(number, kept, beyond.find),
      refusals: await atWork(this.store, { number, calls }),
    };
  }

  /**
   * Erases a person, or goes on where an earlier attempt ended. Beside all other work; nothing of others is touched. Throws StoreError `invalid_state` while
   * the person is at work, or while others hold rows: what was erased until then is.
   */
  async erase(
    number: PhoneKey,
    by: { readonly actor: string; readonly reason: string },
    kept: Partial<Kept>,
    beyond: Beyond,
  ): Promise<Erasure> {
    await this.#audit.requireKey();
    const unfinished = (await this.#rows()).find(({ sealed, ended }) => !ended && this.#open(sealed) === number);
    return this.#carryOut(unfinished ?? this.#listedFor(number), number, by, kept, beyond);
  }

  /** Erases again whoever the list outside has and the database has not, or not to the end: it is a backup of before. @returns what was done */
  async again(actor: string, kept: Partial<Kept>, beyond: Beyond): Promise<readonly Erasure[]> {
    await this.#audit.requireKey();
    const done: Erasure[] = [];
    for (const one of await this.missing())
      done.push(
        await this.#carryOut(
          one,
          this.#open(one.sealed),
          { actor, reason: "the database had it no more, or not to the end" },
          kept,
          beyond,
        ),
      );
    return done;
  }

  /** Erasures of which the database does not say that they came to their end. */
  async missing(): Promise<readonly Listed[]> {
    const rows = await this.#rows();
    const all = new Map([...rows, ...(await this.#outside())].map(({ id, at, sealed }) => [id, { id, at, sealed }]));
    for (const { id, ended } of rows) if (ended) all.delete(id);
    return [...all.values()].sort((a, b) => a.at - b.at);
  }

  #listedFor(number: PhoneKey): Listed {
    const letters = Array.from({ length: 14 }, () => String.fromCharCode(97 + this.#random.int(26))).join("");
    return { id: `erased-${letters}`, at: this.store.now(), sealed: this.#seal(number) };
  }

  async #carryOut(
    one: Listed,
    number: PhoneKey,
    by: { readonly actor: string; readonly reason: string },
    kept: Partial<Kept>,
    beyond: Beyond,
  ): Promise<Erasure> {
    const redact = redacting(number, one.id);
    const [actor, reason] = [redact(by.actor), redact(by.reason)];
    const personNow = async (): Promise<ErasedPerson> => ({ number, redact, calls: await callsOf(this.store, number, null) });
    await this.#requireRest(await personNow());
    await this.#begin(one, { actor, reason });
    const done = new Map<string, { rows: number; left: readonly string[] }>();
    const add = (name: string, { rows, left }: ErasedRows) => {
      const before = done.get(name) ?? { rows: 0, left: [] };
      if (rows > 0) done.set(name, { rows: before.rows + rows, left: [...before.left, ...left] });
      return rows;
    };
    for (let round = 0; ; round++) {
      const person = await personNow();
      const { changed, skipped } = await eraseInTables(this.store, person);
      const entries = await this.#audit.erase(personPattern(number), redact, { actor, subject: one.id, details: { reason } });
      const places = [...changed, ...(await beyond.erase(person)), ["outdial.audit", { rows: entries, left: [] }] as const];
      const rows = places.reduce((sum, [name, what]) => sum + add(name, what), 0);
      if (rows + skipped === 0) break;
      if (round >= ROUNDS)
        throw new StoreError(
          "invalid_state",
          "rows of the person are held, or written anew, all the time: not all of them could be erased",
          {
            advice: "Ask for it again: it goes on where it is.",
          },
        );
      if (skipped > 0) await this.store.query("select pg_sleep($1)", [REST_S]);
    }
    await this.#requireRest(await personNow());
    const left = await this.#lives.find(number, kept, beyond.find);
    const erased = [...done].map(([name, { rows }]) => ({ name, rows }));
    await this.#end(
      one,
      { actor, reason },
      {
        erased: [...done].map(([name, { rows, left: rest }]) => ({ name, rows, left: hashOver(rest) })),
        held: left.map(({ name, rows, calls, erased: why }) => ({ name, rows, calls, why })),
      },
    );
    return { id: one.id, at: one.at, erased, left };
  }

  async #requireRest(person: ErasedPerson): Promise<void> {
    const refusals = await atWork(this.store, person);
    if (refusals.length > 0) throw new StoreError("invalid_state", refusals.join("; "));
  }

  async #rows(): Promise<readonly (Listed & { readonly ended: boolean })[]> {
    return this.store.query(
      "select id, begun_at as at, sealed, ended_at is not null as ended from outdial.erasures order by begun_at, id",
    );
  }

  /** In the list outside first: a backup that lacks it is brought up to it, whenever it was made. */
  async #begin(one: Listed, { actor, reason }: { readonly actor: string; readonly reason: string }): Promise<void> {
    await this.store.commit(async (tx) => {
      // One process writes the lists at a time.
      await tx.query("lock table outdial.erasures in exclusive mode");
      await tx.query(
        `insert into outdial.erasures (id, sealed, actor, reason, begun_at) values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
        [one.id, one.sealed, actor, reason, new Date(one.at)],
      );
      const rows = await tx.query<Listed>("select id, begun_at as at, sealed from outdial.erasures order by begun_at, id");
      for (const list of this.#lists) {
        const all = new Map([...(await this.#read(list)), ...rows].map((row) => [row.id, row]));
        const text = [...all.values()].map(({ id, at, sealed }) => `${JSON.stringify({ id, at, sealed })}\n`).join("");
        await list.write(text).catch((thrown: unknown) => {
          throw notKept(list.name, thrown);
        });
      }
    });
  }

  async #end(
    { id }: Listed,
    { actor, reason }: { readonly actor: string; readonly reason: string },
    details: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    await this.store.commit(async (tx) => {
      await tx.query("update outdial.erasures set ended_at = $2 where id = $1", [id, new Date(this.store.now())]);
      tx.audit([{ actor, action: "data.erase", subject: id, details: { reason, ...details } }]);
    });
  }

  async #outside(): Promise<readonly Listed[]> {
    return (await Promise.all(this.#lists.map((list) => this.#read(list)))).flat();
  }

  async #read(list: Pick<HeadFile, "name" | "read">): Promise<readonly Listed[]> {
    try {
      const lines = ((await list.read()) ?? "").split("\n").filter((line) => line !== "");
      return lines.map((line) => listed.parse(JSON.parse(line)));
    } catch (thrown) {
      throw notKept(list.name, thrown);
    }
  }

  #seal(number: PhoneKey): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const text = Buffer.concat([cipher.update(String(number).padStart(WIDTH)), cipher.final()]);
    return Buffer.concat([nonce, text, cipher.getAuthTag()]).toString("base64url");
  }

  #open(sealed: string): PhoneKey {
    const bytes = Buffer.from(sealed, "base64url");
    try {
      const cipher = createDecipheriv("aes-256-gcm", this.#key, bytes.subarray(0, NONCE));
      cipher.setAuthTag(bytes.subarray(-TAG));
      return Number(Buffer.concat([cipher.update(bytes.subarray(NONCE, -TAG)), cipher.final()]).toString());
    } catch (cause) {
      throw new StoreError("audit_key", "the list of erasures was not sealed with this log's key", { cause });
    }
  }
}

function hashOver(hashes: readonly string[]): string | null {
  if (hashes.length === 0) return null;
  const sum = createHash("sha256");
  for (const hash of hashes.toSorted()) sum.update(Buffer.from(hash, "hex"));
  return sum.digest("hex");
}

const notKept = (name: string, cause: unknown) =>
  new StoreError(
    "store_unavailable",
    `the list of erasures at ${name} cannot be kept: ${messageOf(cause)}; without it a backup would have the person again`,
    {
      advice: "Nothing more is erased until it can be read and written.",
      cause,
    },
  );
