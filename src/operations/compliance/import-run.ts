// A file of facts that is being read: its process says that it is at work on it, how far it is and what came of it, so that whoever looks finds one
// that breaks off.

import { createHash, type Hash } from "node:crypto";
import { type Clock, messageOf, OutdialError, type RandomStream } from "../../kernel/index.ts";
import type { FactImport, Facts, ImportRow } from "../../store/index.ts";
import { STORE_TROUBLE } from "../run/left.ts";
import { throughTrouble } from "../run/trouble.ts";
import type { RecordOptions, RefusedLine } from "../table/records.ts";

/** What imports work with. */
export interface ImportDeps {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Ends the waiting for a database that is away. */
  readonly signal?: AbortSignal | undefined;
}

/** A file to read. */
export interface FactSource {
  /** For people: a file name or "stdin". */
  readonly name: string;
  bytes(): AsyncIterable<Uint8Array>;
  readonly read?: RecordOptions | undefined;
}

/** What is told while a file is read. */
export interface ImportSink {
  /** Each refused line, in order. */
  refused?(line: RefusedLine): void | Promise<void>;
  /** Lines read so far. */
  progress?(read: number): void;
  /** What is waited for. */
  waiting?(what: string): void;
}

/** Its process says so often that it is at work on it, ms. */
const BEAT_MS = 2_000;
/** One of which nothing was heard for so long has broken off, ms. */
export const SILENT_MS = 10_000;
/** A database that is away is waited for so long, ms. */
const PATIENCE_MS = 120_000;

/** An import under way. */
export interface ImportRun {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Of all bytes that were read. */
  digest(): string;
  /** Writes to the database; one that is away is waited for. */
  write<T>(work: () => Promise<T>): Promise<T>;
  /** Notes how much of the file was read. */
  note(): Promise<void>;
  /** The ids of those that broke off in the same file: what was read so far begins with what they had read. */
  completes(): readonly string[];
}

/** Reads a file as an import. One that throws has broken off, and that is noted with what of it is in force. */
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
  // Of the process, whatever clock its work goes by. Whether it still may is told by the next batch.
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
    // Nothing can be noted in a database that is away: it is named later, for its silence.
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

  /** Of those that broke off before anything of them was noted only the name is known. */
  completes(name: string): readonly string[] {
    return this.#broken
      .filter(({ id, bytes, sourceName }) => (bytes === 0 ? sourceName === name : this.#same.has(id)))
      .map(({ id }) => id);
  }
}
