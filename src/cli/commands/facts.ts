// outdial consent, dnc, attempts: files into the facts, and single numbers.

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
  phoneText,
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
import { rowSource } from "../source.ts";
import { grouped, printable, timeText } from "../text.ts";

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

export const addDnc: Run<typeof declared.addDnc> = async ({ args: { number }, options, io }) => {
  const { at: revokedAt = io.clock.now(), reference = "", reason: code } = options;
  await using runtime = await openFacts(options, io.env);
  const row = { number, revokedAt, channel: "do-not-call request", reference, code };
  const added = (await runtime.facts.addRevocations([row], runtime, "manual")) === 1;
  await io.answer(
    { number: phoneText(number), added, since: timeText(revokedAt) },
    `${phoneText(number)} is on the do-not-call list${added ? "" : " (this entry was known)"}`,
  );
};

export const revokeConsent: Run<typeof declared.revokeConsent> = async ({ args: { number }, options, io }) => {
  const { at: revokedAt = io.clock.now(), reference = "", channel } = options;
  await using runtime = await openFacts(options, io.env);
  const added = (await runtime.facts.addRevocations([{ number, revokedAt, channel, reference }], runtime)) === 1;
  await io.answer(
    { number: phoneText(number), added, revokedAt: timeText(revokedAt) },
    `${phoneText(number)}: consent revoked, suppressed${added ? "" : " (this revocation was known)"}`,
  );
};

export const liftDnc: Run<typeof declared.liftDnc> = async ({ args: { number }, options, io }) => {
  const { reason, mistake } = options;
  await using runtime = await openFacts(options, io.env);
  const { actor } = runtime;
  const lifted = await runtime.facts.lift({ number, reason, actor, mistake });
  await io.answer(
    { number: phoneText(number), lifted, actor, reason },
    `${phoneText(number)}: ${lifted} ${lifted === 1 ? "entry" : "entries"} lifted by ${printable(actor)}`,
  );
};

export const showDnc: Run<typeof declared.showDnc> = async ({ args: { number }, options, io }) => {
  await using runtime = await openFacts(options, io.env);
  const files = await runtime.facts.registryFiles();
  const known = (await runtime.facts.of([number], { attemptsSince: Number.MAX_SAFE_INTEGER / 1000, files })).get(number);
  const history = (await runtime.facts.suppressionHistory(number)).map((one) => ({
    ...one,
    saidAt: timeText(one.saidAt),
    recordedAt: timeText(one.recordedAt),
    lift: one.lift === null ? null : { ...one.lift, at: timeText(one.lift.at) },
  }));
  const suppressedSince = timeText(known?.suppressedSince ?? null);
  const registries = known?.registries ?? [];
  const state = suppressedSince === null ? "not on the company's list" : `on the company's list since ${suppressedSince}`;
  await io.answer({ number: phoneText(number), suppressedSince, registries, history }, [
    `${phoneText(number)}: ${state}${registries.length === 0 ? "" : `; on the registry of ${registries.join(", ")}`}`,
    ...history.map(({ origin, code, reference, recordedAt, actor, lift }) => {
      const said = `${recordedAt}  ${origin}  ${printable(code)}  ${printable(reference)}  by ${printable(actor)}`;
      return `  ${said}${lift === null ? "" : `  lifted ${lift.at} by ${printable(lift.actor)}: ${printable(lift.reason)}`}`;
    }),
  ]);
};

export const pendingDnc: Run<typeof declared.pendingDnc> = async ({ options, io }) => {
  await using runtime = await openFacts(options, io.env);
  const { facts } = runtime;
  const [waiting, all] = await Promise.all([facts.unresolvedOptOuts(options.limit), facts.countUnresolvedOptOuts()]);
  await io.each(
    waiting.map((one) => ({ ...one, at: timeText(one.at) })),
    ({ callId, at, campaign, code }) => `${printable(callId)}  ${at}  ${printable(campaign)}  ${printable(code)}`,
  );
  io.say(
    all === 0
      ? "no opt-out waits for the number of its call"
      : `${grouped(all)} opt-outs wait for the number of their call: outdial attempts import, with call_id, suppresses them`,
  );
};
