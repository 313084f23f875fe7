// Loads a file of a do-not-call registry, or a list of changes to one, completely; if that fails what is in force stays.

import { createBuiltinGeography, hasAreaCodes, placesOfAreaCode, type Rule } from "../../compliance/index.ts";
import { areasText, newId } from "../../kernel/index.ts";
import { areaCodeOf, type ImportRow, OTHERS, type RegistryFile } from "../../store/index.ts";
import { OperationError } from "../error.ts";
import { type Cells, type Parsed, type RecordFormat, readRecords } from "../table/records.ts";
import type { RegistryCovers } from "../views/schemas/compliance.ts";
import { isByAreaCode, type StatedCovers } from "./coverage.ts";
import { type FactSource, type ImportDeps, type ImportRun, type ImportSink, underImport } from "./import.ts";
import { bareNumbers, everyNumber, secondNumber } from "./specs.ts";
import { civilDate, isNumber, type NumbersNamed, phones } from "./values.ts";

const BATCH = 10_000;
/** A file with less than this share of the current numbers of an area code is probably incomplete. */
const PLAUSIBLE_SHARE = 0.5;

type Field = "area" | "number" | "date" | "action" | "kind";

/** In a list of changes: whether the number was put on the registry or taken off. */
const ACTIONS: ReadonlyMap<string, boolean> = new Map([
  ...["a", "add", "added", "insert"].map((word) => [word, true] as const),
  ...["d", "delete", "deleted", "remove", "removed"].map((word) => [word, false] as const),
]);
const isLetter = (cell: string) => /^\s*[ad]\s*$/i.test(cell);
const isDate = (cell: string) => /^\s*\d{4}-\d\d-\d\d([T ].*)?$|^\s*\d{8}\s*$/.test(cell);

/**
 * The layouts: bare numbers; area code and number; a list of changes, which says A or D for each number and may say when. With or
 * without a header. Columns named `kind` here may also be about other things than changes.
 */
const FORMAT: RecordFormat<Field> = {
  fields: [
    { field: "number", names: ["number", "phone", "phone_number", "telephone"], required: true, sole: isNumber },
    { field: "area", names: ["area_code", "areacode", "area", "npa"] },
    { field: "date", names: ["date", "changed_on", "change_date", "date_of_change", "timestamp"] },
    { field: "action", names: ["action", "change", "change_type", "add_delete", "operation", "op"] },
    { field: "kind", names: ["type", "status", "code", "flag"] },
  ],
  unread: { also: "number", reason: secondNumber },
  headless: {
    field: "number",
    looksLikeData: (line) => bareNumbers.looksLikeData(line.replaceAll(/(^|[,;\t|])\s*"?[ad]"?\s*(?=$|[,;\t|])/gi, "$1")),
    cells(record) {
      const action = record.find(isLetter);
      if (action === undefined) return { number: record.join(",") };
      const date = record.find(isDate) ?? "";
      return { number: record.filter((cell) => cell !== action && cell !== date).join(","), date, action };
    },
  },
};

/** The registry of a file, its date, and what it is about. */
interface RegistryOptions {
  /** The list: a country's two letters, or a state such as US-IN. */
  readonly registry: string;
  /** Date of the file, YYYY-MM-DD. */
  readonly asOf: string;
  /** The area codes that the file covers; by default those of its numbers. */
  readonly covers?: StatedCovers | undefined;
  /** The file is a list of changes to the version of this date, YYYY-MM-DD. */
  readonly changesSince?: string | undefined;
  /** Put the file in force even when lines were refused or it is much smaller than the current one. */
  readonly accept?: boolean | undefined;
}

/** The result of loading a registry file. */
export interface RegistryReport {
  readonly read: number;
  /** Of the file; of a list of changes those that were added. */
  readonly numbers: number;
  readonly deleted: number;
  readonly refused: number;
  readonly covers: Omit<RegistryCovers, "asOf">;
  readonly contentHash: string;
  /**
   * `applied`: the changes were made; `unchanged`: the same file of the same date is in force; `kept`: what was in force stays,
   * `reason` says why.
   */
  readonly result: "switched" | "applied" | "unchanged" | "kept";
  readonly reason?: string | undefined;
}

/**
 * Loads a file beside those in force and puts it in force for the area codes that it covers when it is complete, or applies a list
 * of changes. Throws OperationError `invalid_input`, StoreError `invalid_state`.
 */
export async function loadRegistry(
  source: FactSource,
  options: RegistryOptions,
  deps: ImportDeps,
  sink: ImportSink = {},
): Promise<RegistryReport> {
  const { facts, actor } = deps;
  const { registry, asOf, changesSince } = options;
  const before = (await facts.registryFiles()).filter((file) => file.registry === registry);
  const importId = newId("imp", deps.clock.now(), deps.random);
  const given = { id: importId, kind: `registry ${registry}`, sourceName: source.name, actor };
  return underImport(given, source, deps, async (run) => {
    const isChanges = changesSince !== undefined;
    const file = { registry, asOf, sourceName: source.name, actor, importId };
    const id = await run.write(() => facts.beginRegistryFile(file, isChanges));
    try {
      const filled = await fill(id, importId, source, options, { run, deps, sink });
      const contentHash = run.digest();
      const { read, refused } = filled;
      const known = { read, refused, numbers: filled.numbers, deleted: 0, covers: coveredBy(options, filled), contentHash };
      const kept = async (reason: string): Promise<RegistryReport> => {
        await run.write(() => facts.breakOffImport(importId, reason));
        return { ...known, result: "kept", reason };
      };
      const reason = doubt(options, filled, before);
      if (reason !== undefined) return await kept(reason);
      const areas = areasOf(options, filled);
      const completes = await completedBy(run, () => facts.brokenImports(given.kind), !isChanges && isAll(areas, before));
      const counts = { read, added: filled.numbers, known: 0, refused };
      const ended = { id, contentHash, actor, import: { id: importId, counts, completes } };
      if (changesSince === undefined) {
        const switched = await run.write(() => facts.switchRegistryFile({ ...ended, covers: areas }));
        return { ...known, result: switched ? "switched" : "unchanged" };
      }
      const done = await run.write(() => facts.applyRegistryChanges({ ...ended, since: changesSince, covers: options.covers }));
      if ("refused" in done) return await kept(done.refused);
      return { ...known, numbers: done.added, deleted: done.deleted, covers: coversView(done.covers), result: "applied" };
    } catch (thrown) {
      await facts.discardRegistryFile(id).catch(() => undefined);
      throw thrown;
    }
  });
}

/** Imports of the registry that broke off before: those of the same file or, when all that is in force is renewed, every one. */
async function completedBy(
  run: ImportRun,
  broken: () => Promise<readonly ImportRow[]>,
  isAll: boolean,
): Promise<readonly string[]> {
  return isAll ? (await run.write(broken)).map(({ id }) => id) : run.completes();
}

/** Whether a file renews all that is in force. */
function isAll(areas: readonly { readonly areaCode: number }[], before: readonly RegistryFile[]): boolean {
  const codes = new Set(areas.map(({ areaCode }) => areaCode));
  return codes.has(OTHERS) || before.every(({ covers }) => covers.every(({ areaCode }) => codes.has(areaCode)));
}

/** What was read of a file. */
interface Read {
  read: number;
  refused: number;
  numbers: number;
  /** Numbers by area code; of a list of changes all lines. */
  readonly byArea: Map<number, number>;
}

interface Line {
  readonly numbers: NumbersNamed["keys"];
  readonly listed: boolean | undefined;
  readonly on: string;
}

async function fill(
  id: number,
  importId: string,
  source: FactSource,
  options: RegistryOptions,
  { run, deps, sink }: { readonly run: ImportRun; readonly deps: ImportDeps; readonly sink: ImportSink },
): Promise<Read> {
  const { facts } = deps;
  const isChanges = options.changesSince !== undefined;
  const filled: Read = { read: 0, refused: 0, numbers: 0, byArea: new Map() };
  let batch: Line[] = [];
  let isFirst = true;
  const flush = async () => {
    const numbers = batch.flatMap((line) => line.numbers);
    // Named first: a batch whose answer was lost counts none when it is repeated.
    for (const number of numbers) if (!filled.byArea.has(areaCodeOf(number))) filled.byArea.set(areaCodeOf(number), 0);
    if (isChanges) {
      const changes = batch.flatMap((line) =>
        line.numbers.map((number) => ({ number, on: line.on, listed: line.listed === true })),
      );
      await run.write(() => facts.fillRegistryChanges(id, changes, importId));
      filled.numbers += changes.length;
    } else {
      for (const [area, many] of await run.write(() => facts.fillRegistryFile(id, numbers, importId))) {
        filled.byArea.set(area, (filled.byArea.get(area) ?? 0) + many);
        filled.numbers += many;
      }
    }
    batch = [];
    await sink.progress?.(filled.read);
  };
  const parse = (cells: Cells<Field>): Line => {
    const line = lineOf(cells, options);
    if (isFirst) requireKind(cells.line, line.listed !== undefined, isChanges);
    isFirst = false;
    if ((line.listed !== undefined) !== isChanges)
      cells.refuse("action", isChanges ? "it says neither A (added) nor D (deleted)" : "it is a change, unlike the lines before");
    return line;
  };
  for await (const one of readRecords(run.bytes, FORMAT, parse, source.read)) {
    filled.read += 1;
    if ("record" in one) {
      batch.push(one.record);
      if (one.note !== undefined) await sink.doubted?.({ line: one.line, reason: one.note });
    } else {
      filled.refused += 1;
      await sink.refused?.(one);
    }
    if (batch.length >= BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return filled;
}

/** A full file cannot be applied as changes, and a list of changes is no full file. */
function requireKind(line: number, isChange: boolean, isWanted: boolean): void {
  if (isChange === isWanted) return;
  const [what, advice] = isChange
    ? [
        "the file is a list of changes (A for added, D for deleted), not a full list",
        "Say to which version the changes were made: --changes-since DATE, and --as-of with the date up to which they go.",
      ]
    : ["it says neither A (added) nor D (deleted): the file is no list of changes", "Load a full file without --changes-since."];
  throw new OperationError("invalid_input", `line ${line}: ${what}; nothing was changed`, { advice });
}

function lineOf(cells: Cells<Field>, { registry, asOf, covers, changesSince }: RegistryOptions): Line {
  const named = cells.text("area").replaceAll(/\D/g, "");
  const [only, ...more] = covers instanceof Set ? covers : [];
  const area = named !== "" ? named : only !== undefined && more.length === 0 ? String(only) : "";
  const numbers = everyNumber(cells, (text) => numbersOf(text, area, registry));
  if (named !== "" && !numbers.some((number) => areaCodeOf(number) === Number(named)))
    cells.refuse("area", `area: ${JSON.stringify(cells.text("area"))} is not the area code of the number`);
  const listed =
    cells.maybe("action", actionOf) ?? (cells.text("kind") === "" ? undefined : ACTIONS.get(cells.text("kind").toLowerCase()));
  if (listed === undefined) return { numbers, listed, on: asOf };
  // That a number was taken off permits calls: it must be certain.
  if (!listed) cells.need("number", (text) => certain(text, numbersOf(text, area, registry)));
  // A deletion without a date may be as old as the list, and the number listed again since; an addition may be as new.
  const on = cells.maybe("date", changeDate) ?? (listed ? asOf : (changesSince ?? asOf));
  if (on > asOf) cells.refuse("date", `date: ${on} is after ${asOf}, the date of the list`);
  if (changesSince !== undefined && on < changesSince)
    cells.refuse("date", `date: ${on} is before ${changesSince}, the date of the version that the changes were made to`);
  return { numbers, listed, on };
}

/** Every number of the registry that a text may name. @param area for a number without one */
function numbersOf(text: string, area: string, registry: string): Parsed<NumbersNamed> {
  const country = registry.slice(0, 2);
  if (!isByAreaCode(registry)) return phones(text, country);
  const isLocal = text.replaceAll(/\P{Nd}/gu, "").length === 7;
  if (isLocal && area === "")
    return { problem: `${JSON.stringify(text)} has no area code; where the file is of one, say so: --covers AREACODE` };
  const parsed = phones(isLocal ? `${area}${text}` : text);
  if ("problem" in parsed) return parsed;
  const withAreaCode = parsed.ok.keys.filter((number) => areaCodeOf(number) !== OTHERS);
  if (withAreaCode.length === 0)
    return { problem: `${JSON.stringify(text)} is no number with an area code, as all of the registry of ${registry} are` };
  const [first, ...others] = withAreaCode.filter((number) => (placesOfAreaCode(areaCodeOf(number))[0] ?? country) === country);
  if (first === undefined) return { problem: `${JSON.stringify(text)} is no number of ${country}` };
  return { ok: { keys: [first, ...others], doubt: parsed.ok.doubt } };
}

function certain(text: string, parsed: Parsed<NumbersNamed>): Parsed<NumbersNamed> {
  if ("problem" in parsed || parsed.ok.doubt === undefined) return parsed;
  return { problem: `${JSON.stringify(text)} ${parsed.ok.doubt}; a number is taken off only when it is certain` };
}

function actionOf(text: string): Parsed<boolean> {
  const listed = ACTIONS.get(text.toLowerCase());
  return listed === undefined ? { problem: `${JSON.stringify(text)} is neither A (added) nor D (deleted)` } : { ok: listed };
}

function changeDate(text: string): Parsed<string> {
  return civilDate(text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3").replace(/[T ].*$/, ""), Number.POSITIVE_INFINITY);
}

/** The area codes that a full file is put in force for; with `OTHERS` all. */
function areasOf({ registry, covers }: RegistryOptions, { byArea, numbers }: Read): { areaCode: number; numbers: number }[] {
  if (!isByAreaCode(registry)) return [{ areaCode: OTHERS, numbers }];
  const areas = new Map(byArea);
  if (covers === "all") areas.set(OTHERS, 0);
  else for (const areaCode of covers ?? []) if (!areas.has(areaCode)) areas.set(areaCode, 0);
  return [...areas].map(([areaCode, many]) => ({ areaCode, numbers: many }));
}

const coveredBy = (options: RegistryOptions, filled: Read) => coversView(areasOf(options, filled));

function coversView(areas: readonly { readonly areaCode: number }[]): Omit<RegistryCovers, "asOf"> {
  const others = areas.some(({ areaCode }) => areaCode === OTHERS);
  return { others, areaCodes: others ? [] : areas.map(({ areaCode }) => String(areaCode)).sort() };
}

/** Why a file should not be put in force: numbers missing in it could be called. */
function doubt(options: RegistryOptions, filled: Read, before: readonly RegistryFile[]): string | undefined {
  const { covers, accept = false, changesSince } = options;
  const { numbers, refused, byArea } = filled;
  if (changesSince === undefined && numbers === 0) return "the file holds no number";
  const unstated = covers instanceof Set ? [...byArea.keys()].filter((areaCode) => !covers.has(areaCode)) : [];
  if (unstated.length > 0)
    return `the file holds numbers of ${areasText(coversView(unstated.map((areaCode) => ({ areaCode }))))}, which --covers does not name`;
  if (accept) return undefined;
  if (refused > 0) return `${refused} lines cannot be read, and their numbers would be callable`;
  if (changesSince !== undefined) return numbers === 0 ? "the list holds no change" : undefined;
  const areas = areasOf(options, filled);
  const found = new Map(areas.map((one) => [one.areaCode, one.numbers]));
  const replaced = before.flatMap((file) => file.covers).filter(({ areaCode }) => found.has(OTHERS) || found.has(areaCode));
  const shrunk = replaced.filter((one) => (found.get(one.areaCode) ?? 0) < one.numbers * PLAUSIBLE_SHARE);
  const [first] = shrunk;
  if (first === undefined) return undefined;
  const where = areasText(coversView(shrunk));
  const sum = (of: readonly { readonly areaCode: number; readonly numbers: number }[]) =>
    of.filter((one) => shrunk.some(({ areaCode }) => areaCode === one.areaCode)).reduce((all, one) => all + one.numbers, 0);
  return `the file holds ${sum(areas)} numbers of ${where}, the one in force ${sum(shrunk)}`;
}

/**
 * Checks a registry's name: a list that a rule asks for, or the own one of a country, where a rule asks for that of every country.
 * Throws OperationError `invalid_input`.
 */
export function registryName(text: string, rules: readonly Rule[]): string {
  const name = text.toUpperCase();
  const asking = rules.filter(({ kind }) => kind === "registry-age" || kind === "do-not-call-list");
  const named = new Set(asking.map(({ jurisdiction }) => jurisdiction).filter((one) => one !== "*"));
  const every = asking.filter(({ jurisdiction }) => jurisdiction === "*");
  const isCountry = hasAreaCodes(name) || createBuiltinGeography().countryZones(name).length > 0;
  if (named.has(name) || (isCountry && every.some(({ except = [] }) => !except.includes(name)))) return name;
  const others = every.length === 0 ? "" : ", and the two letters of any other country";
  throw new OperationError(
    "invalid_input",
    `registry: ${JSON.stringify(text)} is no list that a rule in force asks for; these are ${[...named].sort().join(", ")}${others}`,
  );
}
