// outdial consent, dnc, attempts: imports of facts, and single numbers.

import { openApi } from "../../app/index.ts";
import { areasText, coversText, OutdialError } from "../../kernel/index.ts";
import { OperationError } from "../../operations/index.ts";
import type { ImportView, RevocationAdded, SuppressionView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { answerWaits } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/facts.ts";
import type { Io } from "../io.ts";
import { withOutput } from "../output.ts";
import { Refusals } from "../refusals.ts";
import { rowsToSend } from "../source.ts";
import { grouped, printable, timeText } from "../text.ts";

const REVEALED = { reveal: true };

type Kind = NonNullable<OptionsOf<typeof declared.importFile>["kind"]>;
type Import = Run<typeof declared.importConsent>;

const imported =
  (kind: Kind): Import =>
  ({ args, options, io }) =>
    importAs(kind, args.file, options, io);

export const importConsent: Run<typeof declared.importConsent> = imported("consent");
export const importAttempts: Run<typeof declared.importAttempts> = imported("attempts");
export const importRelationships: Run<typeof declared.importRelationships> = imported("relationships");
export const importDisconnections: Run<typeof declared.importDisconnections> = imported("disconnections");
export const importLines: Run<typeof declared.importLines> = imported("lines");

export const importDnc: Run<typeof declared.importDnc> = ({ args, options, io }) =>
  importAs(options.list === "internal" ? "dnc" : "registry", args.file, options, io);

export const importFile: Run<typeof declared.importFile> = ({ args, options, io }) =>
  importAs(options.kind, args.file, options, io);

function registryLine({ registry, asOf, numbers, deleted, covers, result, reason }: RegistryResult): string {
  const name = `registry ${registry} of ${asOf}`;
  const areas = areasText(covers);
  const rest = covers.others ? "" : "; numbers in other area codes stay uncovered (for the file of a whole list: --covers all)";
  if (result === "switched") return `${name} is in force for ${areas}: ${grouped(numbers)} numbers${rest}`;
  if (result === "applied")
    return `registry ${registry} is now as of ${asOf} for ${areas}: ${grouped(numbers)} numbers added, ${grouped(deleted)} deleted`;
  if (result === "unchanged") return `${name} was in force already for ${areas}`;
  return `${name} was NOT put in force: ${reason ?? ""}; what was in force before it stays`;
}

type RegistryResult = NonNullable<ImportView["registry"]>;

async function importAs(
  kind: Kind,
  path: string,
  options: OptionsOf<typeof declared.importConsent> & Partial<OptionsOf<typeof declared.importDnc>>,
  io: Io,
): Promise<number> {
  const { accept, asOf, covers, changesSince, registry } = options;
  const isRegistry = kind === "registry";
  if (isRegistry && asOf === undefined)
    throw new OperationError("invalid_input", "the file of a registry needs --as-of with its date: its age is counted from it");
  const { read, file } = await rowsToSend(path, options, io, isRegistry ? NOTHING_NEW : BATCHES);
  const asked = { params: { kind }, query: { ...read, accept, ...(isRegistry ? { asOf, covers, changesSince, registry } : {}) } };
  const report = await withOutput(options.refused, io, async (output) => {
    await using api = await openApi(options, io);
    using refusals = new Refusals(io);
    using doubts = new Refusals(io);
    let done: ImportView | undefined;
    for await (const line of api.lines("facts.importLines", { ...asked, file })) {
      if ("imported" in line) done = line.imported;
      else if ("read" in line) io.progress(`importing · ${grouped(line.read)} lines`);
      else if ("doubted" in line) doubts.tell(line.doubted);
      else if (output === undefined) refusals.tell(line.refused);
      else await output.line(line.refused);
    }
    if (done === undefined) throw new TypeError("an import has no result");
    return done;
  });
  const { kind: name, added, known, refused, read: all, registry: result } = report;
  const counts = `${grouped(added)} new, ${grouped(known)} known, ${grouped(refused)} refused of ${grouped(all)}`;
  const line = result === null ? `${name}: ${counts}` : registryLine(result);
  if (options.refused === "-") io.say(line);
  else await io.answer(report, line);
  if (refused > 0) return EXIT.partlyFailed;
  return result?.result === "kept" ? EXIT.refused : EXIT.done;
}

const BATCHES =
  "the complete batches that were read are in force (outdial compliance imports shows them); import the file again for the rest";
const NOTHING_NEW = "the registry file before stays in force";

export const declareEmpty: Run<typeof declared.declareEmpty> = async ({ options, io }) => {
  const { name, reason } = options;
  await using api = await openApi(options, io);
  const list = await api.ask("suppressions.declareEmpty", { body: { name, reason } });
  await io.answer(list, `company's do-not-call list: declared empty by ${printable(list.by)}, ${list.at}`);
};

/** Whoever wrote the number should know what it was taken for. */
function tellDoubt({ doubt, number, others, untilObeyed }: RevocationAdded, io: Io): void {
  if (doubt !== null)
    io.say(`the text ${doubt}: ${[number, ...others].join(" and ")} ${others.length === 0 ? "is" : "are"} suppressed`);
  if (untilObeyed !== null) io.say(untilObeyed);
}

export const addDnc: Run<typeof declared.addDnc> = async ({ args: { number }, options, io }) => {
  const { reason, reference, at } = options;
  await using api = await openApi(options, io);
  const done = await api.ask("suppressions.add", {
    body: { number, reason, reference, at: timeText(at), ...REVEALED },
  });
  await io.answer(done, `${done.number} is on the do-not-call list${done.added ? "" : " (this entry was known)"}`);
  tellDoubt(done, io);
};

export const revokeConsent: Run<typeof declared.revokeConsent> = async ({ args: { number }, options, io }) => {
  const { channel, reference, at } = options;
  await using api = await openApi(options, io);
  const done = await api.ask("consents.revoke", {
    body: { number, channel, reference, at: timeText(at), ...REVEALED },
  });
  await io.answer(done, `${done.number}: consent revoked, suppressed${done.added ? "" : " (this revocation was known)"}`);
  tellDoubt(done, io);
};

export const liftDnc: Run<typeof declared.liftDnc> = async ({ args: { number }, options, io }) => {
  const { reason, mistake } = options;
  await using api = await openApi(options, io);
  const asked = { number, reason, mistake };
  const { confirm, refusals } = await api.ask("suppressions.previewLift", { body: asked });
  if (refusals.length > 0) throw new OutdialError("not_found", refusals.join("; "));
  const { result, approval } = await api.carryOut("suppressions.lift", { body: { ...asked, ...REVEALED, confirm } });
  if (approval !== null) return await answerWaits(approval, io);
  const entries = result.lifted === 1 ? "entry" : "entries";
  return await io.answer(result, `${result.number}: ${result.lifted} ${entries} lifted by ${printable(result.actor)}`);
};

export const showDnc: Run<typeof declared.showDnc> = async ({ args, options, io }) => {
  await using api = await openApi(options, io);
  const found = await api.ask("suppressions.lookup", { body: { number: args.number, reveal: api.reveals } });
  const { setBack, others } = found;
  await io.answer(found, [...(setBack === null ? [] : [setBack]), ...[found, ...others].flatMap(suppressionLines)]);
};

function suppressionLines(found: Omit<SuppressionView, "others">): string[] {
  const { number, suppressedSince, registries, checkedAgainst, history } = found;
  const state = suppressedSince === null ? "not on the company's list" : `on the company's list since ${suppressedSince}`;
  return [
    `${number}: ${state}${registries.length === 0 ? "" : `; on the registry of ${registries.join(", ")}`}`,
    ...checkedAgainst.map(({ registry, asOf }) =>
      asOf === null
        ? `  registry ${registry}: no loaded file covers this number, so it is not known whether it is listed`
        : `  registry ${registry}: ${registries.includes(registry) ? "listed" : "not listed"}, as of ${asOf}`,
    ),
    ...history.map(({ origin, code, reference, recordedAt, actor, lift }) => {
      const said = `${recordedAt}  ${origin}  ${printable(code)}  ${printable(reference)}  by ${printable(actor)}`;
      return `  ${said}${lift === null ? "" : `  lifted ${lift.at} by ${printable(lift.actor)}: ${printable(lift.reason)}`}`;
    }),
  ];
}

export const listRegistries: Run<typeof declared.listRegistries> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const items = await api.list("facts.registries", {});
  await io.each(
    items,
    ({ registry, asOf, loadedAt, numbers, covers }) =>
      `${registry} as of ${asOf}, ${grouped(numbers)} numbers, loaded ${loadedAt}: ${coversText(covers, Number.POSITIVE_INFINITY)}`,
  );
  if (items.length === 0) io.say("no registry is loaded: outdial dnc import FILE --list national --as-of DATE");
};

export const pendingDnc: Run<typeof declared.pendingDnc> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const { items, all } = await api.ask("suppressions.pending", { query: { limit: options.limit } });
  await io.each(
    items,
    ({ callId, at, campaign, code }) => `${printable(callId)}  ${at}  ${printable(campaign)}  ${printable(code)}`,
  );
  io.say(
    all === 0
      ? "no opt-out waits for an attempt"
      : `${grouped(all)} opt-outs wait for the attempt of their call; they take effect when it is imported with its call_id: outdial attempts import`,
  );
};
