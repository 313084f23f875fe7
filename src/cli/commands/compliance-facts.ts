// outdial compliance gate, manifests, verify-manifest, revocations, acknowledge, abandonment: what follows from facts.

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { openApi, storeFolder } from "../../app/index.ts";
import { coversText, fileTrouble, percent } from "../../kernel/index.ts";
import { hashing, noAnswers, OperationError, verifyManifest } from "../../operations/index.ts";
import {
  type AbandonmentView,
  type ManifestView,
  manifestOf,
  manifestViewOf,
  type RevocationView,
} from "../../operations/views/index.ts";
import { known, type Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/compliance.ts";
import { withOutput, writeText } from "../output.ts";
import { Refusals } from "../refusals.ts";
import { readFileText, rowsToSend } from "../source.ts";
import { grouped, printable, timeText } from "../text.ts";

export const gate: Run<typeof declared.gate> = async ({ args, options, io, standing }) => {
  const { campaign, callType, subject, at, reasons, out, record: recordFile } = options;
  if (campaign.trim() === "") throw new OperationError("invalid_input", "--campaign is empty");
  if (out !== undefined && out === recordFile)
    throw new OperationError("invalid_input", `--out and --record are the same file, ${out}`);
  const { file, read } = await rowsToSend(
    args.contacts,
    options,
    io,
    "there is no manifest, so nobody of this list may be dialed",
  );
  await using api = await openApi(options, io, known({ pack: options.pack, campaignRules: options.campaignRules }));
  using refusals = new Refusals(io);
  const { format, delimiter, column, name } = read;
  const kinds = { verdicts: out !== undefined, records: recordFile !== undefined, progress: true, reveal: true };
  const query = { campaign, callType, subject, at: timeText(at), name, format, delimiter, column, reasons, ...kinds };
  let manifest: unknown;
  await withOutput(out, io, (output) =>
    withOutput(recordFile, io, async (record) => {
      for await (const line of api.lines("compliance.gate", { query, file, signal: io.signal })) {
        if ("manifest" in line) ({ manifest } = line);
        else if ("decided" in line) io.progress(`deciding · ${grouped(Number(line["decided"]))} contacts`);
        else if ("refused" in line) refusals.tell({ line: Number(line["line"]), reason: String(line["refused"]) });
        else if ("record" in line) await record?.text(JSON.stringify(line["record"]));
        else await output?.text(JSON.stringify(line));
      }
    }),
  );
  const view = manifestOf(JSON.stringify(manifest));
  if (options.manifest !== undefined) await writeText(options.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
  const lines = gateLines(view);
  if (out === "-" || recordFile === "-") io.say(lines);
  else await io.answer({ manifest, standing: standing() }, lines);
  if (view.counts.refused > 0) return EXIT.partlyFailed;
  return options.check && view.counts.dial === 0 ? EXIT.refused : EXIT.done;
};

/** A manifest for a person: the result in one line, then the details. */
export function gateLines(manifest: ManifestView): string[] {
  const { counts, byReason, registries, unresolvedOptOuts } = manifest;
  const parts = byReason.map(({ reason, verdict, contacts, from, to }) => {
    if (verdict === "never") return `${grouped(contacts)} ${reason}`;
    return `${grouped(contacts)} ${reason} until ${from ?? ""}${to === from ? "" : ` to ${to ?? ""}`}`;
  });
  if (counts.refused > 0) parts.push(`${grouped(counts.refused)} unreadable`);
  const files = registries
    .map(({ registry, asOf, covers }) => `${registry} of ${asOf}${covers === null ? "" : ` for ${coversText(covers)}`}`)
    .join(", ");
  const lines = [
    `${grouped(manifest.contacts)} loaded: ${[`${grouped(counts.dial)} callable now`, ...parts].join(", ")}`,
    `${manifest.id} · campaign ${printable(manifest.campaign)} at ${manifest.at} · pack ${manifest.pack} · registry ${files === "" ? "none loaded" : files}`,
  ];
  if (byReason.some(({ reason }) => reason === "time-zone data too old"))
    lines.push(
      "time-zone data too old (ZONE_DATA_OLD): outdial doctor names the zones and what is needed; --reasons says it of each contact",
    );
  if (unresolvedOptOuts > 0)
    lines.push(
      `${grouped(unresolvedOptOuts)} opt-outs are of calls whose number is not known (outdial dnc pending): import the attempts of these calls`,
    );
  return lines;
}

export const manifests: Run<typeof declared.manifests> = async ({ args: { id }, options, io }) => {
  const { campaign, limit } = options;
  await using api = await openApi(options, io);
  if (id !== undefined) return await io.data(JSON.stringify(await api.ask("compliance.manifest", { params: { id } })));
  const found = await api.list("compliance.manifests", { query: { campaign }, most: limit });
  await io.each(found, manifestLines);
  if (found.length === 0) io.say("no manifests");
  else if (found.length === limit) io.say(`the newest ${grouped(limit)}; --limit shows more`);
};

/** A stored manifest for a person, starting with its name. */
function manifestLines(manifest: ManifestView): string[] {
  const [counts = "", name = ""] = gateLines(manifest);
  return [name, `    ${counts}`];
}

export const imports: Run<typeof declared.imports> = async ({ options, io }) => {
  const { brokenOff, limit } = options;
  await using api = await openApi(options, io);
  const found = await api.list("facts.imports", { query: { brokenOff }, most: limit });
  await io.each(found, ({ id, kind, source, actor, state, startedAt, inForce, counts, reason }) => {
    const rows = Object.entries(inForce).map(([what, count]) => `${grouped(count)} ${what}`);
    const came =
      counts === null ? `in force: ${rows.join(", ") || "nothing"}` : `${grouped(counts.added)} new of ${grouped(counts.read)}`;
    const why = (state === "broken-off" || state === "refused") && reason !== null ? `: ${printable(reason)}` : "";
    return `${id}  ${startedAt}  ${kind}  ${printable(source)}  by ${printable(actor)}  ${state}${why}  ${came}`;
  });
  if (found.length === 0) io.say(brokenOff ? "no import has broken off" : "no imports");
};

export const verifyGate: Run<typeof declared.verifyGate> = async ({ args, options, io }) => {
  const key = options.key ?? join(await storeFolder(options, io.env), "audit.pub");
  const [text, vkey] = await Promise.all([readFileText(args.file), readFileText(key)]);
  const [output, record] = [await hashOf(options.decisions), await hashOf(options.record)];
  const verdict = verifyManifest(text, vkey, { output, record });
  await io.answer(
    verdict,
    verdict.ok
      ? [
          `verified: signed by ${vkey.split("+")[0] ?? ""}, unchanged since ${verdict.manifest.madeAt}`,
          ...gateLines(manifestViewOf(verdict.manifest)),
        ]
      : `NOT verified: ${printable(verdict.reason)}`,
  );
  return verdict.ok ? EXIT.done : EXIT.failed;
};

async function hashOf(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const { bytes, digest } = hashing(createReadStream(path));
  try {
    for await (const _ of bytes);
  } catch (thrown) {
    throw new OperationError("invalid_input", `cannot read ${path}: ${fileTrouble(thrown)}`);
  }
  return digest();
}

/** Most revocations of one number. */
const MOST_OF_NUMBER = 1000;

export const revocations: Run<typeof declared.revocations> = async ({ options, io }) => {
  const { open, number, limit: most, pack } = options;
  await using api = await openApi(options, io, { pack });
  const body = { number: String(number), open, limit: Math.min(most, MOST_OF_NUMBER) };
  const found =
    number === undefined
      ? await api.list("compliance.revocations", { query: { open, reveal: api.reveals }, most })
      : (await api.ask("compliance.revocationsOf", { body })).items;
  // Each page has its overdue ones first.
  const items = found.toSorted((a, b) => Number(b.overdue) - Number(a.overdue));
  await io.each(items, revocationLine);
  const overdue = items.filter((one) => one.overdue).length;
  const left = items.filter((one) => one.open).length;
  io.say(items.length === 0 ? "no revocations" : `${items.length} revocations: ${left} open, ${overdue} overdue`);
  return overdue > 0 ? EXIT.refused : EXIT.done;
};

function revocationLine({ id, number, revokedAt, channel, deadline, systems }: RevocationView): string {
  const standing = systems.map(({ system, state, target, acknowledgedAt }) => {
    if (acknowledgedAt !== null) return `${printable(system)} ${state} ${acknowledgedAt}`;
    return `${printable(system)} ${state === "overdue" ? "OVERDUE since" : "by"} ${target}`;
  });
  return `${id}  ${number}  revoked ${revokedAt} by ${printable(channel)}  deadline ${deadline}  ${standing.join(" · ")}`;
}

export const acknowledge: Run<typeof declared.acknowledge> = async ({ args, options, io }) => {
  const { system, at, evidence } = options;
  await using api = await openApi(options, io);
  for (const revocation of args.revocation) {
    const done = await api.ask("compliance.acknowledge", {
      params: { id: revocation },
      body: { system, at: timeText(at), evidence },
    });
    await io.answer(
      done,
      `${revocation}: ${printable(done.system)} ${done.recorded ? "has carried it out" : "had said so before"}`,
    );
  }
};

const points = (share: number) => `${share >= 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(2)} points`;

export const abandonment: Run<typeof declared.abandonment> = async ({ options, io }) => {
  const { campaign, country, at, pack } = options;
  await using api = await openApi(options, io, known({ pack }));
  const query = { campaign, country, at: timeText(at) };
  const { items, pack: inForce } = await api.ask("compliance.abandonment", { query });
  if (items.length === 0)
    throw new OperationError(
      "invalid_input",
      `the rule pack ${inForce} has no abandonment limit${country === undefined ? "" : ` for ${country}`}`,
      { advice: "It needs a rule of kind abandonment-limit; the shipped pack has them." },
    );
  await io.answer({ items }, items.flatMap(ledgerLines));
};

const vendorParts = ({ difference, parts }: AbandonmentView["vendor"]): string =>
  difference === null || parts === null
    ? ""
    : `; the legal one is ${points(difference)} apart: ${points(parts.machines)} machines among the answers, ${points(parts.lateConnects)} agents who came late, ${points(parts.earlyHangups)} early hang-ups`;

function ofAnswers(
  { rate, numerator, denominator }: Pick<AbandonmentView["vendor"]["rate"], "rate" | "numerator" | "denominator">,
  none = "no live answers",
  more = "",
): string {
  return rate === null ? none : `${percent(rate, 2)} (${grouped(numerator)} of ${grouped(denominator)}${more})`;
}

const overDays = ({ low, high, days, withheld }: AbandonmentView["budget"]["rate"]) =>
  low === null || high === null
    ? `, no interval: ${withheld}`
    : `, 95 % interval over ${days} days ${percent(low, 2)} to ${percent(high, 2)}`;

function ledgerLines(ledger: AbandonmentView): string[] {
  const { campaign, rule, citation, budget, window, pace, vendor, expected, deficit, recoversAt } = ledger;
  const { limit, rate, left, until, burnRate, exhaustedAt, withinLimit, by, importing } = budget;
  const lines = [
    `${printable(campaign)} under ${rule} (${citation}): at most ${percent(limit, 2)} of live answers, ${window.from} to ${window.to}`,
  ];
  const isTenants = by === "tenant";
  if (rate.rate === null)
    return [...lines, `  not known: ${noAnswers(by)}${isTenants ? "" : " of this time (outdial attempts import FILE)"}`];
  if (withinLimit === null)
    return [...lines, `  not judged: calls are being imported since ${importing?.since}; so far ${ofAnswers(rate)}`];
  const atLeast = importing === null ? "" : `, by at least ${importing.overBy}, whatever the import still brings`;
  lines.push(
    `  abandoned: ${ofAnswers(rate, undefined, overDays(rate))}${isTenants ? ", as the tenant counts" : ""}${withinLimit ? "" : ` OVER THE LIMIT${atLeast}`}`,
    withinLimit
      ? `  until ${until}: ${grouped(left ?? 0)} more may be abandoned, ${grouped(expected ?? 0)} if people go on answering as in the last ${pace.hours} h`
      : `  until ${until}: none may be abandoned; ${grouped(deficit ?? 0)} served answers bring the window back within the limit${recoversAt === null ? "" : `, by ${recoversAt} at this volume`}`,
    `  pace of the last ${pace.hours} h: ${ofAnswers(pace.rate)}${burnRate === null ? "" : `, ${burnRate.toFixed(2)} times what the limit allows`}`,
  );
  if (withinLimit)
    lines.push(
      `  at this pace the budget ${exhaustedAt === null ? "does not run out within 30 days" : `runs out ${exhaustedAt}`}`,
    );
  const { sustainableRate, sustainableToday } = ledger;
  if (sustainableRate !== null && sustainableToday !== null)
    lines.push(
      `  an abandonment rate of ${percent(sustainableRate, 2)} keeps the limit for 30 days, ${percent(sustainableToday, 2)} until the day ends: set the dialer's target there or below`,
    );
  lines.push(
    isTenants
      ? "  the tenant does not say who waited longer than two seconds: only a file of calls does (outdial attempts import FILE)"
      : `  the vendor's figure from the same calls: ${ofAnswers(vendor.rate, "no answers")}${vendorParts(vendor)}`,
  );
  return lines;
}
