// Imports a file of facts as a stream. Batches count at once, importing the same file twice adds nothing, and every refused line is reported.

import { newId } from "../../kernel/index.ts";
import type { ImportCounts } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { type Cells, type RefusedLine, readRecords } from "../table/records.ts";
import { maskedText } from "../views/texts.ts";
import { type FactSource, type ImportDeps, type ImportSink, underImport } from "./import-run.ts";
import type { ImportSpec } from "./specs.ts";

const BATCH = 5_000;
/** Refused lines up to this number are slips, unless they are more than half of the file. */
const SLIPS = 10;
/** A file with more slips, and more than this share of its lines refused, is taken for a wrong export. */
const MOST_REFUSED = 0.1;

/** The result of an import. */
export interface ImportReport extends ImportCounts {
  readonly id: string;
  readonly kind: string;
  /** `sha256:` and the hash of the bytes read. */
  readonly contentHash: string;
}

/** How an import goes on. */
export interface ImportOptions {
  /** A person has looked at the refused lines: the others count, however many are refused. */
  readonly accept?: boolean | undefined;
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
  { accept = false }: ImportOptions = {},
): Promise<ImportReport> {
  const { facts, clock, actor } = deps;
  const id = newId("imp", clock.now(), deps.random);
  const given = { id, kind: spec.kind, sourceName: source.name, actor, size: source.size };
  return underImport(given, source, deps, sink, async (run) => {
    const context = { facts, actor, importId: id };
    const counts = { read: 0, added: 0, known: 0, refused: 0 };
    // Refused lines of which nothing counts.
    let lost = 0;
    let batch: T[] = [];
    let inForce = 0;
    let firstLost: RefusedLine | undefined;
    const flush = async () => {
      const { read } = counts;
      const isWrongExport = lost > read / 2 || (lost > SLIPS && lost > read * MOST_REFUSED);
      if (isWrongExport && !accept) throw tooManyRefused(lost, read, inForce, firstLost);
      if (batch.length === 0) return;
      const added = await run.write(() => spec.write(batch, context));
      inForce += batch.length;
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
      if ("record" in one) {
        batch.push(...one.record);
        if (one.note !== undefined) await sink.doubted?.({ line: one.line, reason: one.note });
      } else {
        const { rescued, ...refused } = one;
        counts.refused += 1;
        const isLost = rescued === undefined || rescued.length === 0;
        if (isLost) {
          lost += 1;
          firstLost ??= refused;
        } else await run.write(() => spec.write(rescued, context));
        const who = rescued?.length === 1 ? "the number is" : "every number that it may name is";
        const reason = isLost ? refused.reason : `${refused.reason}; ${who} suppressed all the same`;
        await sink.refused?.({ ...refused, reason });
      }
      if (batch.length >= BATCH) await flush();
    }
    await flush();
    const contentHash = run.digest();
    await run.write(() => facts.finishImport(given, contentHash, counts, run.completes()));
    return { id, kind: spec.kind, contentHash, ...counts };
  });
}

function tooManyRefused(lost: number, read: number, inForce: number, first: RefusedLine | undefined): OperationError {
  const share = read === 1 ? "its only line is refused" : `${lost} of ${read} lines are refused`;
  const which = first === undefined ? "" : `; the first is line ${first.line}: ${maskedText(first.reason)}`;
  const what = inForce === 0 ? "nothing of it is in force" : `${inForce} records that came before are in force, the rest is not`;
  return new OperationError("invalid_input", `the file is not put in force, because ${share}: ${what}${which}`, {
    advice: "Mend the file and import it again, or import it with --accept (accept=true) for the lines that can be read.",
  });
}
