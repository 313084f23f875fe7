// outdial consent import, dnc import, attempts import and their kin: a file into the facts.

import { type FactsRuntime, openFacts } from "../../app/index.ts";
import {
  attemptsFile,
  consentFile,
  disconnectionsFile,
  type FactSource,
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
import type { OptionsOf, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/facts.ts";
import { interruptible } from "../interrupt.ts";
import type { Io } from "../io.ts";
import { openOutput } from "../output.ts";
import { grouped, printable } from "../render-tagging.ts";
import { rowSource } from "../source.ts";

type Import = Run<typeof declared.importConsent>;

const imported =
  <Field extends string, Fact>(kindOf: Parameters<typeof importFacts<Field, Fact>>[0]): Import =>
  ({ args, options, io }) =>
    importFile(args.file, options, io, async (source, { imports }, sink) => {
      const report = await importFacts(kindOf, source, imports, sink);
      const { kind, added, known, refused, read } = report;
      const line = `${kind}: ${grouped(added)} new, ${grouped(known)} known, ${grouped(refused)} refused of ${grouped(read)}`;
      return { json: { import: report }, line, exit: refused > 0 ? EXIT.partlyFailed : EXIT.done };
    });

export const importConsent: Run<typeof declared.importConsent> = imported(consentFile);
export const importAttempts: Run<typeof declared.importAttempts> = imported(attemptsFile);
export const importRelationships: Run<typeof declared.importRelationships> = imported(relationshipsFile);
export const importDisconnections: Run<typeof declared.importDisconnections> = imported(disconnectionsFile);
const importInternal = imported(internalListFile);

export const importDnc: Run<typeof declared.importDnc> = async ({ args, options, io }) => {
  const { list, asOf, accept } = options;
  if (list === "internal") return importInternal({ args, options, io });
  if (asOf === undefined)
    throw new OperationError(
      "invalid_input",
      "--list national needs --as-of with the date of the file: its age is counted from it",
    );
  const file = { registry: registryName(options.registry), asOf, accept: accept || undefined };
  const load = async (source: FactSource, { imports }: FactsRuntime, sink: ImportSink): Promise<Ending> => {
    const report = await loadRegistry(source, file, imports, sink);
    const line = registryLine(file.registry, asOf, report);
    return { json: { registry: { ...file, ...report } }, line, exit: registryExit(report) };
  };
  return importFile(args.file, options, io, load, "the registry file before stays in force");
};

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
  options: OptionsOf<typeof declared.importConsent>,
  io: Io,
  run: (source: FactSource, runtime: FactsRuntime, sink: ImportSink) => Promise<Ending>,
  stopped = "whole batches of what was read are in, and stay; import the file again for the rest",
): Promise<number> {
  const source = await rowSource(file, options, io);
  await using output = await openOutput(options.refused, io);
  await using runtime = await openFacts(options, io.env);
  const sink: ImportSink = {
    progress: (read) => io.progress(`importing · ${grouped(read)} lines`),
    refused: (refused) => (output === undefined ? io.complain(refusedLine(refused)) : output.line(refused)),
  };
  const { json, line, exit } = await run(interruptible(io, source, stopped), runtime, sink);
  if (options.refused === "-") io.say(line);
  else await io.answer(json, line);
  return exit;
}

/** How a refused line is told. */
export function refusedLine({ line, reason }: RefusedLine): string {
  return `line ${line}: ${printable(reason)}`;
}
