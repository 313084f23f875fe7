// Loads a national do-not-call registry file completely; if that fails the current file stays.

import { newId } from "../../kernel/index.ts";
import type { RegistryFile } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { type RecordFormat, readRecords } from "../table/records.ts";
import { type FactSource, type ImportDeps, type ImportSink, underImport } from "./import-run.ts";
import { bareNumbers, everyNumber } from "./specs.ts";

const BATCH = 10_000;
/** A file smaller than this share of the current one is probably incomplete. */
const PLAUSIBLE_SHARE = 0.5;

const FORMAT: RecordFormat<"number"> = {
  fields: [{ field: "number", names: ["number", "phone", "phone_number", "telephone"], required: true }],
  headless: bareNumbers,
};

/** The registry of a file, and its date. */
export interface RegistryOptions {
  /** The list: a country's two letters, or a state such as US-IN. */
  readonly registry: string;
  /** Date of the file, YYYY-MM-DD. */
  readonly asOf: string;
  /** Put the file in force even when lines were refused or it is much smaller than the current one. */
  readonly accept?: boolean | undefined;
}

/** The result of loading a registry file. */
export interface RegistryReport {
  readonly read: number;
  readonly numbers: number;
  readonly refused: number;
  readonly contentHash: string;
  /** `unchanged`: the same file of the same date is in force; `kept`: the current file stays, `reason` says why. */
  readonly result: "switched" | "unchanged" | "kept";
  readonly reason?: string | undefined;
}

/**
 * Loads a file beside the current one and switches to it when it is complete. Throws OperationError `invalid_input`, StoreError
 * `invalid_state`.
 */
export async function loadRegistry(
  source: FactSource,
  options: RegistryOptions,
  deps: ImportDeps,
  sink: ImportSink = {},
): Promise<RegistryReport> {
  const { facts, actor } = deps;
  const { registry, asOf } = options;
  const before = (await facts.registryFiles()).find((file) => file.registry === registry);
  const importId = newId("imp", deps.clock.now(), deps.random);
  const given = { id: importId, kind: `registry ${registry}`, sourceName: source.name, actor };
  return underImport(given, source, deps, sink, async (run) => {
    const id = await run.write(() => facts.beginRegistryFile({ registry, asOf, sourceName: source.name, actor, importId }));
    try {
      const counts = { read: 0, numbers: 0, refused: 0 };
      let batch: number[] = [];
      const flush = async () => {
        counts.numbers += await run.write(() => facts.fillRegistryFile(id, batch, importId));
        batch = [];
        sink.progress?.(counts.read);
      };
      for await (const one of readRecords(run.bytes, FORMAT, everyNumber, source.read)) {
        counts.read += 1;
        if ("record" in one) {
          batch.push(...one.record);
          if (one.note !== undefined) await sink.doubted?.({ line: one.line, reason: one.note });
        } else {
          counts.refused += 1;
          await sink.refused?.(one);
        }
        if (batch.length >= BATCH) await flush();
      }
      if (batch.length > 0) await flush();
      const contentHash = run.digest();
      const reason = options.accept === true && counts.numbers > 0 ? undefined : doubt(counts, before);
      if (reason !== undefined) {
        await run.write(() => facts.breakOffImport(importId, reason));
        return { ...counts, contentHash, result: "kept", reason };
      }
      // Whichever import broke off before: the registry has a complete file now.
      const completes = (await run.write(() => facts.brokenImports(given.kind))).map((one) => one.id);
      const { read, numbers: added, refused } = counts;
      const ended = { id: importId, counts: { read, added, known: 0, refused }, completes };
      const switched = await run.write(() =>
        facts.switchRegistryFile({ id, contentHash, numbers: counts.numbers, actor, import: ended }),
      );
      return { ...counts, contentHash, result: switched ? "switched" : "unchanged" };
    } catch (thrown) {
      await facts.discardRegistryFile(id).catch(() => undefined);
      throw thrown;
    }
  });
}

/** Why a file should not be put in force: numbers missing in it could be called. */
function doubt({ numbers, refused }: { numbers: number; refused: number }, before: RegistryFile | undefined): string | undefined {
  if (numbers === 0) return "the file holds no number";
  if (refused > 0) return `${refused} lines cannot be read, and their numbers would be callable`;
  if (before !== undefined && numbers < before.numbers * PLAUSIBLE_SHARE)
    return `the file holds ${numbers} numbers, the one in force ${before.numbers}`;
  return undefined;
}

/** Checks a registry's name. Throws OperationError `invalid_input`. */
export function registryName(text: string): string {
  if (/^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$/.test(text)) return text.toUpperCase();
  throw new OperationError("invalid_input", `${text} is neither a country, such as US, nor a state, such as US-IN`);
}
