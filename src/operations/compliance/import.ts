// Imports a file of facts as a stream. Batches count at once, importing the same file twice adds nothing, and every refused line is reported.

import { createHash } from "node:crypto";
import { type Clock, newId, type RandomStream } from "../../kernel/index.ts";
import type { Facts, ImportCounts } from "../../store/index.ts";
import { type Cells, type RecordOptions, type RefusedLine, readRecords } from "../table/records.ts";
import type { ImportSpec } from "./specs.ts";

const BATCH = 5_000;

/** What imports work with. */
export interface ImportDeps {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
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
}

/** How a file went. */
export interface ImportReport extends ImportCounts {
  readonly id: string;
  readonly kind: string;
  /** `sha256:` and the hash of the bytes that were read. */
  readonly contentHash: string;
}

/**
 * Imports a file. Batches are in force as they are written: an import that breaks off has done what it had read, and reading the file again
 * does the rest. @throws OperationError `invalid_input` when the file cannot be read as a whole
 */
export async function importFacts<Field extends string, T>(
  spec: ImportSpec<Field, T>,
  source: FactSource,
  deps: ImportDeps,
  sink: ImportSink = {},
): Promise<ImportReport> {
  const { facts, clock, actor } = deps;
  const id = newId("imp", clock.now(), deps.random);
  const given = { id, kind: spec.kind, sourceName: source.name, actor };
  await facts.startImport(given);
  const hashed = hashing(source.bytes());
  const context = { facts, actor, importId: id };
  const counts = { read: 0, added: 0, known: 0, refused: 0 };
  let batch: T[] = [];
  const flush = async () => {
    const added = await spec.write(batch, context);
    counts.added += added;
    counts.known += batch.length - added;
    batch = [];
    sink.progress?.(counts.read);
  };
  const parsing = { now: clock.now() };
  const parse = (cells: Cells<Field>) => spec.parse(cells, parsing);
  const { rescue: save } = spec;
  const rescue = save === undefined ? undefined : (cells: Cells<Field>) => save(cells, parsing);
  for await (const one of readRecords(hashed.bytes, spec.format, parse, source.read, rescue)) {
    counts.read += 1;
    if ("record" in one) batch.push(one.record);
    else {
      const { rescued, ...refused } = one;
      counts.refused += 1;
      if (rescued !== undefined) await spec.write([rescued], context);
      const reason = rescued === undefined ? refused.reason : `${refused.reason}; the number is suppressed all the same`;
      await sink.refused?.({ ...refused, reason });
    }
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  const contentHash = hashed.digest();
  await facts.finishImport(given, contentHash, counts);
  return { id, kind: spec.kind, contentHash, ...counts };
}

/** A stream that is hashed as it passes. */
export function hashing(source: AsyncIterable<Uint8Array>): { bytes: AsyncIterable<Uint8Array>; digest: () => string } {
  const hash = createHash("sha256");
  async function* bytes() {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  }
  return { bytes: bytes(), digest: () => `sha256:${hash.digest("hex")}` };
}
