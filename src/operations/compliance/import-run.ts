// A running import: its process reports that it is working, how far it is and the result, so that an import that breaks off is
// noticed.

import { createHash, type Hash } from "node:crypto";
import { type Clock, doubledMs, messageOf, OutdialError, type RandomStream } from "../../kernel/index.ts";
import type { FactImport, Facts, ImportRow } from "../../store/index.ts";
import { STORE_TROUBLE } from "../run/left.ts";
import type { RecordOptions, RefusedLine } from "../table/records.ts";

/** What imports work with. */
export interface ImportDeps {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Ends waiting for a database that is away. */
  readonly signal?: AbortSignal | undefined;
}

/** A file to read. */
export interface FactSource {
  /** For people: a file name or "stdin". */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  /** Bytes; absent where it is not known. */
  readonly size?: number | undefined;
  readonly read?: RecordOptions | undefined;
}

/** Receives the progress of an import. */
export interface ImportSink {
  /** Each refused line, in order. */
  refused?(line: RefusedLine): void | Promise<void>;
  /** Each line that counts, although it is not certain whom it names. */
  doubted?(line: { readonly line: number; readonly reason: string }): void | Promise<void>;
  /** Lines read so far. */
  progress?(read: number): void;
  /** Called when the import waits, with the reason. */
  waiting?(what: string): void;
}

/** Interval of the signs of life, ms. */
const BEAT_MS = 2_000;
/** An import that was silent for so long has broken off, ms. */
export const SILENT_MS = 10_000;
/** How long an import waits for a database that is away, ms. */
const PATIENCE_MS = 120_000;

/** An import under way. */
export interface ImportRun {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Hash of all bytes read. */
  digest(): string;
  /** Runs a write; waits while the database is away. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Records how much of the file was read. */
  note(): Promise<void>;
  /** Ids of imports of the same file that had broken off: the bytes read so far begin with what they had read. */
  completes(): readonly string[];
}

/** Reads a file as an import. When it throws, it has broken off, which is recorded with what is in force. */
export async function underImport<T>(
  given: FactImport,
  source: FactSource,
  { facts, clock, signal }: Pick<ImportDeps, "facts" | "clock" | "signal">,
  sink: ImportSink,
  work: (run: ImportRun) => Promise<T>,
): Promise<T> {
  const onTrouble = ({ message }: OutdialError) => sink.waiting?.(`${message}; waiting for it`);
  const write = <R>(one: () => Promise<R>) => throughTrouble(one, { clock, withinMs: PATIENCE_MS, signal, onTrouble });
  await write(() => facts.startImport(given));
  const reading = new Reading(source, await write(() => facts.brokenImports(given.kind)));
  // Uses the process's own timer. Whether the import may continue is checked with the next batch.
  const beating = setInterval(() => void facts.beatImport(given.id).catch(() => undefined), BEAT_MS);
  beating.unref();
  try {
    return await work({
      bytes: reading.bytes(),
      digest: () => reading.digest(),
      write,
      note: () => write(() => facts.noteImport(given.id, reading.prefix())),
      completes: () => reading.completes(given.sourceName),
    });
  } catch (thrown) {
    // When the database is away nothing can be recorded: the import is later marked because of its silence.
    const isAway = thrown instanceof OutdialError && STORE_TROUBLE.has(thrown.code);
    if (!isAway) await facts.breakOffImport(given.id, messageOf(thrown)).catch(() => false);
    throw thrown;
  } finally {
    clearInterval(beating);
  }
}

/** A stream that is hashed as it passes. */
export function hashing(source: AsyncIterable<Uint8Array>): { bytes: AsyncIterable<Uint8Array>; digest: () => string } {
  const reading = new Reading({ name: "", bytes: () => source }, []);
  return { bytes: reading.bytes(), digest: () => reading.digest() };
}

class Reading {
  readonly #source: FactSource;
  readonly #hash: Hash = createHash("sha256");
  readonly #broken: readonly ImportRow[];
  #bytes = 0;
  readonly #same = new Set<string>();

  constructor(source: FactSource, broken: readonly ImportRow[]) {
    this.#source = source;
    this.#broken = broken.toSorted((a, b) => a.bytes - b.bytes);
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source.bytes()) {
      let from = 0;
      for (const { id, bytes, prefixHash } of this.#broken) {
        const at = bytes - this.#bytes;
        if (at <= 0 || at > chunk.length - from) continue;
        this.#take(chunk.subarray(from, from + at));
        from += at;
        if (this.prefix().hash === prefixHash) this.#same.add(id);
      }
      this.#take(chunk.subarray(from));
      yield chunk;
    }
  }

  #take(part: Uint8Array): void {
    this.#hash.update(part);
    this.#bytes += part.length;
  }

  prefix(): { readonly bytes: number; readonly hash: string } {
    return { bytes: this.#bytes, hash: this.digest() };
  }

  digest(): string {
    return `sha256:${this.#hash.copy().digest("hex")}`;
  }

  /** Of an import that broke off before any progress was recorded, only the name is known. */
  completes(name: string): readonly string[] {
    return this.#broken
      .filter(({ id, bytes, sourceName }) => (bytes === 0 ? sourceName === name : this.#same.has(id)))
      .map(({ id }) => id);
  }
}

// Repeats work that needs the database when that is away or has no room: for work that is not a job and could not be continued as
// one.

/** Between two attempts, ms: doubling from the first value to the second. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 1000;

/**
 * Repeats work until the database accepts it.
 * @param given.withinMs after this time the database's error is thrown
 * @param given.onTrouble called once, when the waiting begins
 * @param given.signal ends the waiting
 */
async function throughTrouble<T>(
  work: () => Promise<T>,
  given: {
    readonly clock: Clock;
    readonly withinMs: number;
    readonly onTrouble?: ((thrown: OutdialError) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<T> {
  const { clock, withinMs, onTrouble, signal } = given;
  const since = clock.now();
  for (let turn = 0; ; turn += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof OutdialError) || !STORE_TROUBLE.has(thrown.code)) throw thrown;
      if (signal?.aborted === true || clock.now() - since > withinMs) throw thrown;
      if (turn === 0) onTrouble?.(thrown);
      await clock.sleep(doubledMs(FIRST_WAIT_MS, LONGEST_WAIT_MS, turn), signal).catch(() => undefined);
    }
  }
}
