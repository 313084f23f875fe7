// Imports a file of facts as a stream. Batches count at once, importing the same file twice adds nothing, and every refused line is reported.

import { createHash, type Hash } from "node:crypto";
import {
  type DeadlineRule,
  type RevocationClock,
  type RulePack,
  readRevocationClock,
  type SpreadTarget,
} from "../../compliance/index.ts";
import { type Clock, doubledMs, messageOf, newId, OutdialError, type RandomStream } from "../../kernel/index.ts";
import type { FactImport, Facts, ImportCounts, ImportRow, RevocationState } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { STORE_TROUBLE } from "../run/left.ts";
import { type Cells, type RecordOptions, type RefusedLine, readRecords } from "../table/records.ts";
import { maskedText } from "../views/texts.ts";
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
  return underImport(given, source, deps, async (run) => {
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
      await sink.progress?.(counts.read);
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
    if (counts.read === 0)
      await sink.doubted?.({ line: 1, reason: "the file has no rows below its header: nothing was imported" });
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

// Revocations with their clock: deadline, our own targets, and the systems that have carried them out. Overdue ones come first.

/** Default targets: systems that place calls must know at once, all others within a day. */
export const DEFAULT_TARGETS: readonly SpreadTarget[] = [
  { system: "dialer", hours: 4 },
  { system: "crm", hours: 24 },
  { system: "partner", hours: 48 },
];

/** The deadline rule of a pack. Throws OperationError `invalid_input` when it has none. */
export function deadlineRule(pack: RulePack): DeadlineRule {
  const rules = pack.rules.filter((rule) => rule.kind === "revocation-deadline");
  const shortest = rules.reduce<(typeof rules)[number] | undefined>(
    (found, rule) => (found !== undefined && found.businessDays <= rule.businessDays ? found : rule),
    undefined,
  );
  if (shortest === undefined)
    throw new OperationError("invalid_input", `the rule pack ${pack.id} has no deadline for revocations`, {
      advice: "It needs a rule of kind revocation-deadline.",
    });
  return { businessDays: shortest.businessDays, holidays: new Set(pack.calendars[shortest.calendar]?.days ?? []) };
}

/** A revocation with its state. */
export interface RevocationReading {
  readonly revocation: RevocationState;
  readonly clock: RevocationClock;
}

interface RevocationsQuery {
  readonly targets: readonly SpreadTarget[];
  readonly rule: DeadlineRule;
  readonly now: number;
  /** Only revocations that some system has not acknowledged. */
  readonly open: boolean;
  readonly number?: number | undefined;
  readonly limit: number;
  /** Id of a revocation: only later ones. */
  readonly after?: number | undefined;
}

/** Revocations, overdue first, then by what is due next. */
export async function readRevocations(facts: Facts, query: RevocationsQuery): Promise<RevocationReading[]> {
  const { targets, rule, now } = query;
  const found = await facts.listRevocations({
    systems: targets.map(({ system }) => system),
    open: query.open,
    number: query.number,
    limit: query.limit,
    after: query.after,
  });
  const read = found.map((revocation) => ({ revocation, clock: readRevocationClock(revocation, targets, rule, now) }));
  const due = ({ clock }: RevocationReading) => clock.nextDue ?? Number.POSITIVE_INFINITY;
  const rank = ({ clock }: RevocationReading) => (clock.overdue ? 0 : 1);
  return read.sort((a, b) => rank(a) - rank(b) || (due(a) === due(b) ? a.revocation.id - b.revocation.id : due(a) - due(b)));
}

// A running import: its process reports that it is working, how far it is and the result, so that an import that breaks off is
// noticed.

/** What imports work with. */
export interface ImportDeps {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: RandomStream;
  readonly actor: string;
  /** Ends waiting for a database that is away. */
  readonly signal?: AbortSignal | undefined;
  /** Told when the import waits, with the reason. */
  readonly warn?: ((message: string) => void) | undefined;
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
  progress?(read: number): void | Promise<void>;
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
  { facts, clock, signal, warn }: Pick<ImportDeps, "facts" | "clock" | "signal" | "warn">,
  work: (run: ImportRun) => Promise<T>,
): Promise<T> {
  const onTrouble = ({ message }: OutdialError) => warn?.(`${message}; waiting for it`);
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
