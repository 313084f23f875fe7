// Imports a file of facts as a stream. Batches count at once, importing the same file twice adds nothing, and every refused line is reported.

import { newId } from "../../kernel/index.ts";
import type { ImportCounts } from "../../store/index.ts";
import { type Cells, readRecords } from "../table/records.ts";
import { type FactSource, type ImportDeps, type ImportSink, underImport } from "./import-run.ts";
import type { ImportSpec } from "./specs.ts";

const BATCH = 5_000;

/** The result of an import. */
export interface ImportReport extends ImportCounts {
  readonly id: string;
  readonly kind: string;
  /** `sha256:` and the hash of the bytes read. */
  readonly contentHash: string;
}

/**
 * Imports a file. Batches are in force as soon as they are written: an import that breaks off keeps what it has read and is
 * marked; importing the file again adds the rest. Throws OperationError `invalid_input` when the file cannot be read as a whole;
 * StoreError `not_owner` when it was marked as broken off, `store_unavailable` when the database stays away.
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
  return underImport(given, source, deps, sink, async (run) => {
    const context = { facts, actor, importId: id };
    const counts = { read: 0, added: 0, known: 0, refused: 0 };
    let batch: T[] = [];
    const flush = async () => {
      const added = await run.write(() => spec.write(batch, context));
      counts.added += added;
      counts.known += batch.length - added;
      batch = [];
      await run.note();
      sink.progress?.(counts.read);
    };
    const parsing = { now: clock.now() };
    const parse = (cells: Cells<Field>) => spec.parse(cells, parsing);
    const { rescue: save } = spec;
    const rescue = save === undefined ? undefined : (cells: Cells<Field>) => save(cells, parsing);
    for await (const one of readRecords(run.bytes, spec.format, parse, source.read, rescue)) {
      counts.read += 1;
      if ("record" in one) batch.push(one.record);
      else {
        const { rescued, ...refused } = one;
        counts.refused += 1;
        if (rescued !== undefined) await run.write(() => spec.write([rescued], context));
        const reason = rescued === undefined ? refused.reason : `${refused.reason}; the number is suppressed all the same`;
        await sink.refused?.({ ...refused, reason });
      }
      if (batch.length >= BATCH) await flush();
    }
    if (batch.length > 0) await flush();
    const contentHash = run.digest();
    await run.write(() => facts.finishImport(given, contentHash, counts, run.completes()));
    return { id, kind: spec.kind, contentHash, ...counts };
  });
}
