// outdial consent import, dnc import, attempts import and their kin: a file into the facts.

import { type FactsRuntime, openFacts } from "../../app/index.ts";
import {
  attemptsFile,
  civilDate,
  consentFile,
  disconnectionsFile,
  type FactSource,
  type ImportReport,
  type ImportSink,
  importFacts,
  internalListFile,
  loadRegistry,
  OperationError,
  type RefusedLine,
  type RegistryReport,
  registryName,
  relationshipsFile,
} from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf } from "../options.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import { columnMapping, formatOf, openInput, type SourceFlags } from "../source.ts";
import { parsed } from "../values.ts";

export interface ImportFlags extends SourceFlags, GlobalFlags {
  readonly refused?: string;
  readonly databaseUrl?: string;
}

export interface DncFlags extends ImportFlags {
  readonly list: string;
  readonly asOf?: string;
  readonly registry: string;
  readonly accept?: boolean;
}

type Importer = (source: FactSource, runtime: FactsRuntime, sink: ImportSink) => Promise<ImportReport>;

const imports =
  (run: Importer) =>
  ([file = "-"]: readonly string[], flags: ImportFlags, io: Io): Promise<number> =>
    importFile(file, flags, io, async (source, runtime, sink) => {
      const report = await run(source, runtime, sink);
      const { kind, added, known, refused, read } = report;
      const line = `${kind}: ${grouped(added)} new, ${grouped(known)} known, ${grouped(refused)} refused of ${grouped(read)}`;
      return { json: { import: report }, line, exit: refused > 0 ? EXIT.partlyFailed : EXIT.done };
    });

export const importConsent = imports((source, { imports }, sink) => importFacts(consentFile, source, imports, sink));
export const importAttempts = imports((source, { imports }, sink) => importFacts(attemptsFile, source, imports, sink));
export const importRelationships = imports((source, { imports }, sink) => importFacts(relationshipsFile, source, imports, sink));
export const importDisconnections = imports((source, { imports }, sink) =>
  importFacts(disconnectionsFile, source, imports, sink),
);
const importInternal = imports((source, { imports }, sink) => importFacts(internalListFile, source, imports, sink));

export async function importDnc(args: readonly string[], flags: DncFlags, io: Io): Promise<number> {
  if (oneOf("--list", flags.list, ["internal", "national"]) === "internal") return importInternal(args, flags, io);
  if (flags.asOf === undefined)
    throw new OperationError(
      "invalid_input",
      "--list national needs --as-of with the date of the file: its age is counted from it",
    );
  const asOf = parsed("--as-of", civilDate(flags.asOf, io.clock.now()));
  const options = { registry: registryName(flags.registry), asOf, accept: flags.accept };
  const load = async (source: FactSource, { imports }: FactsRuntime, sink: ImportSink): Promise<Ending> => {
    const report = await loadRegistry(source, options, imports, sink);
    return {
      json: { registry: { ...options, ...report } },
      line: registryLine(options.registry, asOf, report),
      exit: registryExit(report),
    };
  };
  return importFile(args[0] ?? "-", flags, io, load, "the registry file before stays in force");
}

function registryLine(registry: string, asOf: string, report: RegistryReport): string {
  const name = `registry ${registry} of ${asOf}`;
  if (report.result === "switched") return `${name} is in force: ${grouped(report.numbers)} numbers`;
  if (report.result === "unchanged") return `${name} was in force already`;
  return `${name} was NOT put in force: ${report.reason ?? ""}; the file before stays (--accept overrides this)`;
}

function registryExit({ refused, result }: RegistryReport): number {
  if (refused > 0) return EXIT.partlyFailed;
  return result === "kept" ? EXIT.refused : EXIT.done;
}

/** What an import says at its end. */
interface Ending {
  readonly json: object;
  readonly line: string;
  readonly exit: number;
}

async function importFile(
  file: string,
  flags: ImportFlags,
  io: Io,
  run: (source: FactSource, runtime: FactsRuntime, sink: ImportSink) => Promise<Ending>,
  stopped = "whole batches of what was read are in, and stay; import the file again for the rest",
): Promise<number> {
  const source = await factSource(file, flags, io);
  await using output = flags.refused === undefined ? undefined : await openOutput(flags.refused, io);
  await using runtime = await openFacts(flags, io.env);
  const sink: ImportSink = {
    progress: (read) => io.progress(`importing · ${grouped(read)} lines`),
    refused: (refused) => (output === undefined ? io.complain(refusedLine(refused)) : output.line(refused)),
  };
  const { json, line, exit } = await interruptible(io, source, stopped, (bytes) => run(bytes, runtime, sink));
  if (flags.refused === "-") io.say(line);
  else await io.data(io.json ? JSON.stringify(json) : line);
  return exit;
}

/** How a refused line is told. */
export function refusedLine({ line, reason }: RefusedLine): string {
  return `line ${line}: ${printable(reason)}`;
}

/** FILE or `-` with the flags that say how to read it. Throws `invalid_input`. */
export async function factSource(file: string, flags: SourceFlags, io: Io): Promise<FactSource> {
  const { format, delimiter } = formatOf(flags);
  return { ...(await openInput(file, io)), read: { format, delimiter, mapping: columnMapping(flags.column) } };
}
