// outdial dialer apply, rollback, resume: prepare a change, show it, ask, run it, say how it ended.

import { basename } from "node:path";
import { type ApiClient, type CarriedOut, type HereOperation, openApi } from "../../app/index.ts";
import { cellText, durationText, MINUTE_MS, OutdialError } from "../../kernel/index.ts";
import { checkOverride, PREDICTED_ABANDONMENT, parseSettingsFile, simulatedText } from "../../operations/index.ts";
import {
  type DialerChange,
  type DialerPreview,
  type DialerVersion,
  MOST_SETTINGS_TEXT,
  type SimulatorComparison,
} from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { answerWaits, confirmed } from "../confirm.ts";
import { EXIT, exitOf } from "../exit.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { diffLines, endLines, HISTORY, judgementLines, phaseLine } from "../render-dialer.ts";
import { endedByInterrupt, standing } from "../running.ts";
import { readText } from "../source.ts";
import { type Fields, table, tableOf, writeTable } from "../table.ts";
import { grouped, printable } from "../text.ts";

type Api = ApiClient<HereOperation>;

export const apply: Run<typeof declared.apply> = async ({ args, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, retryRejected, campaign, guard, guardCampaign } = options;
  for (const name of overrides) checkOverride(name);
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  const watch = guard === undefined ? {} : { guardMinutes: guard / MINUTE_MS, guardCampaigns: [...guardCampaign] };
  const body = { file, sourceName, campaign, overrides: [...overrides], expectedAnswerRate, retryRejected, ...watch };
  await using api = await openApi(options, io);
  if (!dryRun) await finishOpen(api, io);
  const preview = await api.ask("dialer.preview", { body });
  const begin: Begin = (confirm) => api.carryOut("dialer.apply", { body: { ...body, confirm } });
  return await change(api, { preview, begin, dryRun }, io);
};

export const rollback: Run<typeof declared.rollback> = async ({ args: { version }, options, io }) => {
  const { overrideGate: overrides, expectedAnswerRate, dryRun, campaign } = options;
  for (const name of overrides) checkOverride(name);
  const body = { version, campaign, overrides: [...overrides], expectedAnswerRate };
  await using api = await openApi(options, io);
  if (!dryRun) await finishOpen(api, io);
  const preview = await api.ask("dialer.previewRollback", { body });
  const begin: Begin = (confirm) => api.carryOut("dialer.rollback", { body: { ...body, confirm } });
  return await change(api, { preview, begin, dryRun }, io);
};

export const resume: Run<typeof declared.resume> = async ({ args, options, io }) => {
  const { keep, rollBack } = options;
  if (keep && rollBack) throw new OutdialError("invalid_input", "--keep and --roll-back exclude each other");
  await using api = await openApi(options, io);
  const version = args.version ?? (await api.ask("dialer.show", {})).open?.version;
  if (version === undefined) {
    io.say("every change has ended");
    return await io.answer({ open: null }, []);
  }
  const decision = keep ? "keep" : rollBack ? "rollBack" : undefined;
  return await runAndReport(api, await api.ask("dialer.resume", { params: { version }, body: { decision } }), io);
};

/** A change that was interrupted comes first: its outcome decides what is in force. One that waits for a person forbids another to begin. */
async function finishOpen(api: Api, io: Io): Promise<void> {
  const { open } = await api.ask("dialer.show", {});
  if (open === null || open.phase === "paused") return;
  const isStill = open.standing === "still";
  const ended = await run(api, isStill ? await api.ask("dialer.resume", { params: { version: open.version } }) : open, io);
  io.say(`version ${ended.version} was interrupted and has been finished first:`);
  io.say(endLines(ended));
}

type Begin = (confirm: string) => Promise<CarriedOut<DialerChange>>;

/** Shows a change, asks, and carries it out. */
async function change(
  api: Api,
  { preview, begin, dryRun }: { readonly preview: DialerPreview; readonly begin: Begin; readonly dryRun: boolean },
  io: Io,
): Promise<number> {
  const { verdict, refusals, guard } = preview;
  const end = async (result: string, exit: number) => {
    await io.answer({ result, ...preview }, result.replaceAll("_", " "));
    return exit;
  };
  if (verdict === "unchanged") {
    io.say(refusals.join("; "));
    return await end(verdict, EXIT.done);
  }
  io.say([...diffLines(preview.changes), ...judgementLines(preview)]);
  if (refusals.some((refusal) => refusal.startsWith(PREDICTED_ABANDONMENT)))
    io.say(`to override this gate: --override-gate ${PREDICTED_ABANDONMENT}; the audit log records who did`);
  // Asked for all the same, it is refused, and that is recorded.
  if (verdict === "refused" && !dryRun)
    await begin(preview.confirm).catch((thrown: unknown) => {
      if (!(thrown instanceof OutdialError) || thrown.code !== "plan_refused") throw thrown;
    });
  if (verdict !== "ready") return await end(verdict, EXIT.refused);
  if (dryRun) {
    io.say("dry run: nothing was sent");
    return await end("dry_run", EXIT.done);
  }
  if (guard !== null)
    io.say(
      `watched for ${durationText(guard.minutes * 60_000)}: ${guard.campaigns.join(", ") || "no campaign is active, so the watch will be inconclusive"}`,
    );
  const changed = preview.changes.length === 1 ? "this change" : `these ${preview.changes.length} changes`;
  if (!(await confirmed(`Activate ${changed}?`, io))) {
    io.say("nothing was sent");
    return await end("declined", EXIT.interrupted);
  }
  const { result, approval } = await begin(preview.confirm);
  return approval === null ? await runAndReport(api, result, io) : await answerWaits(approval, io);
}

async function run(api: Api, { version, job }: Pick<DialerChange, "version" | "job">, io: Io): Promise<DialerChange> {
  const tell = standing(io);
  using _listening = endedByInterrupt(io, api);
  return await api.follow(
    "dialer.change",
    { params: { version } },
    {
      job: job ?? "",
      ended: ({ standing: stands }) => stands === "still",
      onLook(seen, elsewhere) {
        if (seen.phase !== "ended") tell(`version ${version}: ${elsewhere ? "run by another process" : phaseLine(seen)}`);
      },
      again: `outdial dialer resume ${version}`,
    },
  );
}

async function runAndReport(api: Api, begun: Pick<DialerChange, "version" | "job">, io: Io): Promise<number> {
  const view = await run(api, begun, io);
  io.say(endLines(view));
  await io.answer(view, `${view.version} ${view.outcome ?? view.phase}`);
  return exitOfChange(view);
}

function exitOfChange({ outcome, phase, stop, failure }: DialerChange): number {
  switch (outcome) {
    case "applied":
      return EXIT.done;
    case "refused":
    case "conflict":
    case "overtaken":
      return EXIT.refused;
    case null:
      if (phase === "paused") return EXIT.partlyFailed;
      // An alarm was raised when the old settings are not back.
      if (stop !== null) return failure === null ? exitOf(stop.code) : EXIT.failed;
      return EXIT.interrupted;
    default:
      return EXIT.failed;
  }
}

// Settings files of the dialer commands: reading one, validating it, making a campaign of it.

const FIGURES = table<SimulatorComparison["figures"][number]>([
  { title: "figure", value: ({ figure }) => figure },
  { title: "tenant", value: ({ unit, tenant }) => (tenant === null ? "–" : simulatedText(unit, tenant)), align: "right" },
  { title: "here", value: ({ unit, here }) => (here === null ? "–" : simulatedText(unit, here.median)), align: "right" },
  {
    title: "90 % band",
    value: ({ unit, here }) =>
      here === null || here.low === here.high ? "" : `${simulatedText(unit, here.low)} to ${simulatedText(unit, here.high)}`,
  },
  { title: "the tenant's is", value: ({ differs }) => differs ?? "" },
]);

const comparisonLines = ({ figures }: SimulatorComparison, width: number | undefined): string[] => FIGURES.lines(figures, width);

/** Further notes about a comparison. */
function comparisonNotes(comparison: SimulatorComparison): string[] {
  const { minutes, volume, lines, differences, assumed, recommendation, problem } = comparison;
  const calls = volume === null ? "calls without end" : `${grouped(volume)} calls`;
  const notes = [`simulated: ${durationText(minutes * 60_000)}, ${calls}, ${grouped(lines)} free lines`];
  if (problem !== null) notes.push(`no simulation by outdial: ${problem}`);
  else
    notes.push(
      ...(differences.length === 0
        ? ["both agree: the tenant's figures are within outdial's bands"]
        : differences.map((one) => `differs: ${one}`)),
    );
  if (assumed.length > 0) notes.push(`assumed here: ${assumed.join(", ")}; put what you know under "expected" in the file`);
  if (recommendation !== null) notes.push(`the tenant recommends: ${printable(recommendation)}`);
  return notes;
}

/** Characters of a file's name that the API takes. */
const MOST_NAME = 200;

/** The text of a settings file, - for stdin, with its name for people. Throws `invalid_input`. */
export async function settingsText(path: string, io: Io): Promise<{ readonly text: string; readonly name: string }> {
  const text = await readText(path, io);
  const name = path === "-" ? "stdin" : basename(path).slice(-MOST_NAME);
  if (text.length <= MOST_SETTINGS_TEXT) return { text, name };
  throw new OutdialError(
    "invalid_input",
    `${name} has ${text.length} characters; settings files have at most ${MOST_SETTINGS_TEXT}`,
  );
}

export const validate: Run<typeof declared.validate> = async ({ args, options, io }) => {
  const { campaign } = options;
  const checks = options.check.length === 0 ? undefined : [...options.check];
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  await using api = await openApi(options, io);
  const judgement = await api.ask("dialer.validate", { body: { file, sourceName, checks, campaign } });
  const valid = judgement.refusals.length === 0;
  await io.answer({ file: sourceName, valid, ...judgement }, judgementLines(judgement));
  return valid ? EXIT.done : EXIT.refused;
};

export const simulateVendor: Run<typeof declared.simulateVendor> = async ({ args, options, io }) => {
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  await using api = await openApi(options, io);
  const { minutes, volume } = options;
  const comparison = await api.ask("dialer.simulateVendor", { body: { file, sourceName, minutes, volume } });
  await io.answer({ file: sourceName, ...comparison }, comparisonLines(comparison, io.width));
  io.say(comparisonNotes(comparison));
};

export const createCampaign: Run<typeof declared.createCampaign> = async ({ args, options, io }) => {
  const { again } = options;
  const { text: file, name: sourceName } = await settingsText(args.file, io);
  await using api = await openApi(options, io);
  const judgement = await api.ask("dialer.validate", { body: { file, sourceName, making: true } });
  io.say(judgementLines(judgement));
  if (judgement.refusals.length > 0) {
    await io.answer({ refused: judgement.refusals }, []);
    return EXIT.refused;
  }
  const { settings } = await parseSettingsFile(file, sourceName);
  if (!(await confirmed(`Create the dialer campaign ${JSON.stringify(printable(settings.name))}?`, io))) return EXIT.interrupted;
  const { campaignId, already } = await api.ask("dialer.createCampaign", { body: { file, sourceName, again } });
  await io.answer({ campaignId, already }, `${campaignId} ${already ? "was created from this file before" : "created"}`);
};

// outdial dialer show, history, metrics, audit: what is in force, what was, what the tenant measures and records.

const LEVELS = "▁▂▃▄▅▆▇█";

/**
 * Each figure over the rows as one line of blocks from its lowest to its highest value, followed by both and by the last value. A
 * dot where there is no value.
 */
function plotLines(rows: readonly Fields[], figures: readonly string[], width: number): string[] {
  const name = Math.max(0, ...figures.map((figure) => figure.length));
  return figures.flatMap((figure) => {
    const values = squeeze(
      rows.map((row) => (typeof row[figure] === "number" ? row[figure] : undefined)),
      Math.max(10, width - name - 40),
    );
    const known = values.filter((value) => value !== undefined);
    if (known.length === 0) return [];
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const blocks = values.map((value) => {
      if (value === undefined) return "·";
      return LEVELS.charAt(high === low ? 3 : Math.round(((value - low) / (high - low)) * (LEVELS.length - 1)));
    });
    const last = known.at(-1) ?? 0;
    return [`${figure.padEnd(name)}  ${blocks.join("")}  ${short(low)} to ${short(high)}, last ${short(last)}`];
  });
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** At most `width` values: neighbouring values are averaged. */
function squeeze(values: readonly (number | undefined)[], width: number): (number | undefined)[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width))
      .filter((value) => value !== undefined);
    return part.length === 0 ? undefined : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;

export const show: Run<typeof declared.show> = async ({ options, io }) => {
  const { campaign } = options;
  await using api = await openApi(options, io);
  const { settings, problem, choose, tag } = await api.ask("dialer.show", { query: { campaign, fresh: true } });
  if (choose !== null && campaign === undefined) {
    const words = "settings are per campaign on this profile: choose one with --campaign ID";
    await io.answer(
      { settings: null, problem: words, choose },
      choose.map(({ id, name }) => `${printable(id)}  ${printable(name)}`),
    );
    io.say(words);
    return;
  }
  await io.answer(settings ?? {}, fieldLines(settings));
  if (io.json) return;
  if (problem !== null) io.say(`these settings could not be put back as they are: ${printable(problem)}`);
  io.say(`version tag ${printable(tag ?? "absent")}`);
};

function fieldLines(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${printable(cellText(value))}`.trimEnd()];
  return Object.entries(value).flatMap(([name, member]) =>
    fieldLines(member, path === "" ? printable(name) : `${path}.${printable(name)}`),
  );
}

const VERSIONS = table<DialerVersion>([
  { title: "version", value: (change) => change.version },
  { title: "createdAt", value: (change) => change.createdAt },
  { title: "endedAt", value: (change) => change.endedAt },
  { title: "campaign", value: (change) => change.campaign },
  { title: "kind", value: (change) => change.kind },
  { title: "outcome", value: (change) => change.outcome },
  { title: "actor", value: (change) => change.actor },
  { title: "source", value: (change) => change.sourceName },
  { title: "message", value: (change) => change.message },
  { title: "settings", value: (change) => change.settings },
]);

export const history: Run<typeof declared.history> = async ({ options, io }) => {
  await using api = await openApi(options, io);
  const changes = await api.list("dialer.history", { most: options.limit, query: { campaign: options.campaign } });
  const format = options.format ?? standardFormat(io);
  if (format === "json") await io.data(JSON.stringify({ items: changes }));
  else await io.data(format === "csv" && changes.length > 0 ? VERSIONS.csv(changes) : HISTORY.lines(changes, io.width));
  if (changes.length === 0) io.say("no versions yet");
};

export const metrics: Run<typeof declared.metrics> = async ({ options, io }) => {
  const wanted = options.metric.length === 0 ? [...METRICS] : options.metric;
  const format = options.format ?? standardFormat(io);
  await using api = await openApi(options, io);
  const { rows } = await api.ask("dialer.metrics", { query: { campaign: options.campaign, metric: wanted } });
  if (format === "plot") {
    await io.data(plotLines(rows, wanted, io.width ?? 80));
    const [first, last] = [rows[0], rows.at(-1)];
    if (first !== undefined && last !== undefined)
      io.say(`${String(first["timestamp"])} to ${String(last["timestamp"])}, ${rows.length} hours`);
  } else await writeTable(tableOf(rows), rows, format, io);
  if (rows.length === 0) io.say("no figures");
};

export const vendorAudit: Run<typeof declared.vendorAudit> = async ({ options, io }) => {
  const { entity, limit } = options;
  await using api = await openApi(options, io);
  const { rows } = await api.ask("dialer.vendorAudit", { query: { entity, limit } });
  await writeTable(tableOf(rows), rows, options.format ?? standardFormat(io), io);
  if (rows.length === 0) io.say("no entries");
};

const standardFormat = (io: Io) => (io.json ? "json" : "table");
