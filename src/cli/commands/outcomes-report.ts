// outdial outcomes report, export, reconcile, push crm: what others are told of outcomes.

import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { campaignsIn, openCrm, openOutcomeRecords, openOutcomes, outcomeMapOf, reportOnOutcomes } from "../../app/index.ts";
import { nearest } from "../../kernel/index.ts";
import {
  type CrmPushOptions,
  type Difference,
  exportedText,
  exportToFile,
  type HourCounts,
  isReconciled,
  OperationError,
} from "../../operations/index.ts";
import { type OutcomeReport, renderCsv, renderHtml, renderText } from "../../outcomes/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { type Output, withOutput, writeText } from "../output.ts";
import { endedByInterrupt } from "../running.ts";
import { table } from "../table.ts";
import { grouped, printable, timeText } from "../text.ts";
import { atService } from "./outcomes-pull.ts";

type Format = NonNullable<OptionsOf<typeof declared.report>["format"]>;

const ENDINGS: Readonly<Record<string, Format>> = { html: "html", htm: "html", json: "json", csv: "csv" };

const nameOf = (member: string) => `--${member}`;

export const report: Run<typeof declared.report> = async ({ options, io }) => {
  const { campaign: campaigns, from, to, last, map, zone, by, compare, minimum, confidence, keep, out } = options;
  const ending = out === undefined ? "" : (out.split(".").at(-1) ?? "").toLowerCase();
  const format = options.format ?? (io.json ? "json" : (ENDINGS[ending] ?? "text"));
  const asked = { campaigns, from, to, last, map, zone, by, compare, minimum, confidence, keep, nameOf };
  let there: readonly string[] = [];
  const made = await reportOnOutcomes(options, io.env, asked, (found) => (there = found));
  const toFile = out !== undefined && out !== "-";
  const lines = render(made, format, toFile, io);
  if (toFile) {
    await writeText(out, `${lines.join("\n")}\n`, 0o666);
    io.say(`${grouped(made.calls)} calls reported in ${out}`);
  } else await io.data(lines);
  const { calls: unmapped, codes } = made.unmapped;
  if (unmapped > 0)
    io.say(
      `${grouped(unmapped)} calls count as neutral, their codes are not mapped (${codes.map(({ code }) => printable(code ?? "none")).join(", ")}): map them with outcomes.map in outdial.yaml, or --map FILE`,
    );
  if (made.calls === 0 && made.covers.leftOut === 0) io.say(noCalls(campaigns, there));
};

/** Why there are no calls, and what to do. @param there campaigns of which the lake has calls */
function noCalls(asked: readonly string[], there: readonly string[]): string {
  const strange = asked.find((id) => !there.includes(id));
  if (strange === undefined) return "the lake has no calls in this period; outdial outcomes pull brings them";
  const near = nearest(strange, there);
  const hint = near === undefined ? "outdial outcomes pull brings them" : `did you mean ${printable(near)}?`;
  return `the lake has no calls of ${printable(strange)}; ${hint}`;
}

function render(report: OutcomeReport, format: Format, toFile: boolean, io: Io): string[] {
  switch (format) {
    case "html":
      return [renderHtml(report).trimEnd()];
    case "json":
      return [JSON.stringify(report)];
    case "csv":
      return [...renderCsv(report)];
    case "text": {
      const isTerminal = io.width !== undefined && !toFile;
      const color = isTerminal && io.env["NO_COLOR"] === undefined && io.env["TERM"] !== "dumb";
      return renderText(report, { width: isTerminal ? (io.width ?? 100) : 100, color });
    }
  }
}

export const exportOutcomes: Run<typeof declared.exportOutcomes> = async ({ options, io }) => {
  const { format, campaign: campaignId, from, to, codes, map: mapFile, out } = options;
  const toFile = out !== undefined && out !== "-";
  const text = format === "parquet" ? undefined : format;
  if (!toFile && text === undefined) throw new OperationError("invalid_input", "--format parquet needs --out FILE");
  const query = { campaignId, from, to, codes };
  await using records = await openOutcomeRecords(options, io.env);
  const by = records.config.actor;
  const map = await outcomeMapOf(records.config, mapFile);
  const target = toFile ? resolve(out) : "stdout";
  if (toFile || text === undefined) {
    const calls = await exportToFile(records, { query, map, format, target, by });
    io.say(`${grouped(calls)} calls in ${target}`);
    if (calls === 0 && campaignId !== undefined) io.say(noCalls([campaignId], await campaignsIn(records.lake)));
    return await io.answer({ calls, file: target }, []);
  }
  let calls = 0;
  const texts = exportedText(records, { query, map, format: text, target, by }, (found) => (calls = found));
  for await (const line of createInterface({ input: Readable.from(texts) })) await io.data(line);
  io.say(`${grouped(calls)} calls`);
  if (calls === 0 && campaignId !== undefined) io.say(noCalls([campaignId], await campaignsIn(records.lake)));
};

const minuteOf = (at: number) => `${timeText(at).slice(0, 16)}Z`;
const count = (calls: number | undefined) => (calls === undefined ? "–" : grouped(calls));

const HOURS = table<HourCounts>([
  { title: "hour (UTC)", value: ({ hour }) => minuteOf(hour) },
  { title: "vendor", value: ({ vendor }) => count(vendor), align: "right", least: 8 },
  { title: "lake", value: ({ lake }) => count(lake), align: "right", least: 8 },
  { title: "CRM", value: ({ crm }) => count(crm), align: "right", least: 8 },
  { title: "", value: ({ vendor, lake }) => (vendor === lake ? "" : "≠") },
]);

/** Differences that are shown without --out. */
const SHOWN_DIFFERENCES = 50;

export const reconcile: Run<typeof declared.reconcile> = async ({ options, io }) => {
  const { campaign: campaignId, from, to, last: lastMs, limit, out } = options;
  await using runtime = await openOutcomes(options, io.env, { warn: io.say });
  const { request, warnings } = await runtime.retrieving.check({ campaignId, from, to, lastMs, limit });
  io.say(warnings.map((warning) => `warning: ${warning}`));
  const hours: HourCounts[] = [];
  const shown: Difference[] = [];
  const result = await withOutput(out, io, (output) =>
    runtime.reconcile(request, {
      hour: (counts) => {
        hours.push(counts);
        io.progress(`comparing · ${new Date(counts.hour).toISOString().slice(0, 13)} h`);
      },
      difference: async (difference) => {
        if (shown.length < SHOWN_DIFFERENCES) shown.push(difference);
        await output?.line({ ...difference, hour: new Date(difference.hour).toISOString() });
      },
    }),
  );
  const total = Object.values(result.differences).reduce((sum, count) => sum + count, 0);
  await io.answer({ ...result, hours, ...(out === undefined ? { first: shown } : {}) }, [
    ...(out === "-" ? [] : HOURS.lines(hours, io.width)),
    ...(out === undefined ? shown.map(differenceLine) : []),
  ]);
  if (out === undefined && !io.json && total > shown.length)
    io.say(`${grouped(total - shown.length)} further differences; --out FILE writes them all`);
  const crm = result.crm === undefined ? "CRM not known: none is configured" : `CRM acknowledged ${grouped(result.crm)}`;
  const between = result.crm === undefined ? " between vendor and lake" : "";
  io.say(`vendor ${grouped(result.vendor)} · lake ${grouped(result.lake)} · ${crm} · ${grouped(total)} differences${between}`);
  if (result.unreadable > 0)
    io.say(`${grouped(result.unreadable)} rows of the vendor are not valid records and were not compared`);
  return isReconciled(result) ? EXIT.done : EXIT.partlyFailed;
};

function differenceLine({ callId, hour, kind }: Difference): string {
  return `${kind.replaceAll("_", " ").padEnd(13)}  ${minuteOf(hour)}  ${printable(callId)}`;
}

/** Refused records that are shown without --out. */
const SHOWN_REFUSALS = 10;

export const pushCrm: Run<typeof declared.pushCrm> = async ({ options, io }) => {
  const { records, campaign: campaignId, to, last, batch, again, map, out } = options;
  const from = options.from ?? (last === undefined ? undefined : (to ?? io.clock.now()) - last);
  await using runtime = atService(options, io) ?? (await openCrm(options, io.env, { warn: io.say }));
  using _listening = endedByInterrupt(io, runtime);
  const request = { records, campaignId, from, to, batch, again, map };
  const pushed = await withOutput(records ? out : undefined, io, (output) => runtime.push(request, told(output, out, io)));
  const { announced, delivery } = pushed;
  const delivered =
    delivery === null
      ? "the service delivers them"
      : `${grouped(delivery.delivered)} delivered · ${grouped(delivery.failed)} failed · ${grouped(delivery.dead)} dead`;
  const events = `events: ${grouped(announced)} queued · ${delivered}`;
  const refused = pushed.records === null ? 0 : pushed.records.refused + pushed.records.refusedBefore;
  await io.answer(pushed, [
    events,
    ...(pushed.records === null
      ? []
      : [
          `records: ${grouped(pushed.records.acknowledged)} acknowledged · ${grouped(pushed.records.unchanged)} unchanged · ${grouped(refused)} refused`,
        ]),
  ]);
  return (delivery?.failed ?? 0) + (delivery?.dead ?? 0) + refused > 0 ? EXIT.partlyFailed : EXIT.done;
};

/** What is told of a push. */
function told(output: Output | undefined, out: string | undefined, io: Io): CrmPushOptions {
  let shown = 0;
  return {
    onBegun: ({ jobId, earlier }) => {
      if (earlier) io.say(`this push exists as ${jobId} and is continued`);
    },
    onProgress: ({ calls, total, acknowledged, refused }, here) =>
      io.progress(
        `${here ? "" : "run by another process · "}${grouped(calls)}${total === null ? "" : `/${grouped(total)}`} calls · ${grouped(acknowledged)} acknowledged · ${grouped(refused)} refused`,
      ),
    async onRefused(refusal) {
      await output?.line(refusal);
      if (shown++ < SHOWN_REFUSALS)
        io.say(`refused ${printable(refusal.callId ?? "")}: ${refusal.statusCode} ${printable(refusal.reason ?? "")}`);
      else if (shown === SHOWN_REFUSALS + 1 && out === undefined) io.say("… more are refused; --out FILE writes them all");
    },
  };
}
