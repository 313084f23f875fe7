// outdial outcomes report, export, reconcile, push crm: what others are told of outcomes.

import { type ApiClient, type DeliveryEnd, type HereOperation, openApi } from "../../app/index.ts";
import { nearest } from "../../kernel/index.ts";
import { type CrmPushed, GOES_ON, isReconciled, OperationError, refuseUnended } from "../../operations/index.ts";
import { type OutcomeReport, renderCsv, renderHtml, renderText } from "../../outcomes/index.ts";
import type { Answer } from "../../server/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/outcomes.ts";
import type { Io } from "../io.ts";
import { withOutput, writeText } from "../output.ts";
import { endedByInterrupt } from "../running.ts";
import { readFileText } from "../source.ts";
import { table } from "../table.ts";
import { grouped, printable, timeText } from "../text.ts";
import { writeBytes } from "../whole-file.ts";

type Format = NonNullable<OptionsOf<typeof declared.report>["format"]>;

const ENDINGS: Readonly<Record<string, Format>> = { html: "html", htm: "html", json: "json", csv: "csv" };

/** The text of a map's file. */
const mapOf = async (path: string | undefined) =>
  path === undefined ? undefined : { name: path, text: await readFileText(path, "the outcome map") };

export const report: Run<typeof declared.report> = async ({ options, io }) => {
  const { campaign: campaigns, from, to, last, zone, by, compare, minimum, confidence, keep, out } = options;
  const ending = out === undefined ? "" : (out.split(".").at(-1) ?? "").toLowerCase();
  const format = options.format ?? (io.json ? "json" : (ENDINGS[ending] ?? "text"));
  const map = await mapOf(options.map);
  await using api = await openApi(options, io);
  const body = { campaigns, from, to, last, zone, by, compare, minimum, confidence, keep, map };
  const made = await api.ask("outcomes.makeReport", { body });
  const toFile = out !== undefined && out !== "-";
  const lines = render(made, format, toFile, io);
  if (toFile) {
    await writeText(out, `${lines.join("\n")}\n`, 0o666);
    io.say(`${made.calls === null ? "no" : grouped(made.calls)} calls reported in ${out}`);
  } else await io.data(lines);
  const { calls: unmapped, codes } = made.unmapped;
  if (unmapped !== null && unmapped > 0)
    io.say(
      `${grouped(unmapped)} calls count as neutral, their codes are not mapped (${codes.map(({ code }) => printable(code ?? "none")).join(", ")}): map them with outcomes.map in outdial.yaml, or --map FILE`,
    );
  if (!made.calls && made.covers.leftOut === 0) io.say(noCalls(campaigns, await campaignsIn(api)));
};

/** Retrievals that are looked at for the campaigns that have calls. */
const LOOKED_AT = 1000;

/** The campaigns of which calls were retrieved. */
async function campaignsIn(api: ApiClient<HereOperation>): Promise<readonly string[]> {
  const found = await api.list("outcomes.retrievals", { most: LOOKED_AT });
  return [...new Set(found.flatMap(({ campaignId, calls }) => (calls !== null && calls > 0 ? [campaignId] : [])))];
}

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
  const { format, campaign, from, to, codes, map, out } = options;
  const toFile = out !== undefined && out !== "-";
  if (!toFile && format === "parquet") throw new OperationError("invalid_input", "--format parquet needs --out FILE");
  await using api = await openApi(options, io, { map });
  const query = { format, campaign, from: timeText(from), to: timeText(to), code: codes };
  const { headers, bytes } = await api.file("outcomes.export", { query });
  const calls = Number(headers.get("outdial-calls"));
  await writeBytes(toFile ? out : "-", bytes, io);
  io.say(`${grouped(calls)} calls${toFile ? ` in ${out}` : ""}`);
  if (calls === 0 && campaign !== undefined) io.say(noCalls([campaign], await campaignsIn(api)));
  if (toFile) await io.answer({ calls, file: out }, []);
};

const count = (calls: number | null) => (calls === null ? "–" : grouped(calls));

type Compared = Answer<"outcomes.reconcile">;
type HourCounts = Extract<Compared, { hour: unknown }>["hour"];
type Difference = Extract<Compared, { difference: unknown }>["difference"];

const minuteOf = (at: string) => `${at.slice(0, 16)}Z`;

const HOURS = table<HourCounts>([
  { title: "hour (UTC)", value: ({ at }) => minuteOf(at) },
  { title: "vendor", value: ({ vendor }) => count(vendor), align: "right", least: 8 },
  { title: "lake", value: ({ lake }) => count(lake), align: "right", least: 8 },
  { title: "CRM", value: ({ crm }) => count(crm), align: "right", least: 8 },
  { title: "", value: ({ vendor, lake }) => (vendor === lake ? "" : "≠") },
]);

/** Differences that are shown without --out. */
const SHOWN_DIFFERENCES = 50;
const HOUR_MS = 3_600_000;

export const reconcile: Run<typeof declared.reconcile> = async ({ options, io }) => {
  const { campaign: campaignId, from, to, last, limit, out } = options;
  await using api = await openApi(options, io);
  const lastHours = last === undefined ? undefined : last / HOUR_MS;
  const body = { campaignId, from: timeText(from), to: timeText(to), lastHours, limit };
  const hours: HourCounts[] = [];
  const shown: Difference[] = [];
  const result = await withOutput(out, io, async (output) => {
    for await (const line of api.lines("outcomes.reconcile", { body, signal: io.signal })) {
      if ("report" in line) return line.report;
      if ("hour" in line) {
        hours.push(line.hour);
        io.progress(`comparing · ${line.hour.at.slice(0, 13)} h`);
      } else {
        if (shown.length < SHOWN_DIFFERENCES) shown.push(line.difference);
        await output?.line(line.difference);
      }
    }
    throw new TypeError("a comparison has no last line");
  });
  const { warnings, ...found } = result;
  io.say(warnings.map((warning) => `warning: ${warning}`));
  const total = Object.values(found.differences).reduce((sum, each) => sum + each, 0);
  await io.answer({ ...found, hours, ...(out === undefined ? { first: shown } : {}) }, [
    ...(out === "-" ? [] : HOURS.lines(hours, io.width)),
    ...(out === undefined ? shown.map(differenceLine) : []),
  ]);
  if (out === undefined && !io.json && total > shown.length)
    io.say(`${grouped(total - shown.length)} further differences; --out FILE writes them all`);
  const crm = found.crm === null ? "CRM not known: none is configured" : `CRM acknowledged ${grouped(found.crm)}`;
  const between = found.crm === null ? " between vendor and lake" : "";
  io.say(`vendor ${grouped(found.vendor)} · lake ${grouped(found.lake)} · ${crm} · ${grouped(total)} differences${between}`);
  if (found.unreadable > 0) io.say(`${grouped(found.unreadable)} rows of the vendor are not valid records and were not compared`);
  if (found.vendor === 0 && found.lake === 0)
    io.say("neither has a call of this time: whether they have the same calls is NOT KNOWN");
  return isReconciled(found) ? EXIT.done : EXIT.partlyFailed;
};

function differenceLine({ callId, hour, kind }: Difference): string {
  return `${kind.replaceAll("_", " ").padEnd(13)}  ${minuteOf(hour)}  ${printable(callId)}`;
}

/** Refused records that are shown without --out. */
const SHOWN_REFUSALS = 10;

export const pushCrm: Run<typeof declared.pushCrm> = async ({ options, io }) => {
  const { records, campaign: campaignId, to, last, batch, again, map, out } = options;
  const from = options.from ?? (last === undefined ? undefined : (to ?? io.clock.now()) - last);
  const own = await mapOf(map);
  await using api = await openApi(options, io);
  using _listening = endedByInterrupt(io, api);
  const body = { records, campaignId, from: timeText(from), to: timeText(to), batch, again, map: own };
  const begun = await api.ask("outcomes.push", { body });
  const { jobId } = begun;
  if (begun.earlier) io.say(`this push exists as ${jobId} and is continued`);
  let delivery: DeliveryEnd | null = null;
  const ended = await api.follow(
    "jobs.show",
    { params: { id: jobId } },
    {
      job: jobId,
      ended: ({ status }) => !GOES_ON.includes(status),
      onLook({ push }, elsewhere) {
        if (push === null) return;
        const of = push.total === null ? "" : `/${grouped(push.total)}`;
        const counts = `${grouped(push.acknowledged)} acknowledged · ${grouped(push.refused)} refused`;
        io.progress(`${elsewhere ? "run by another process · " : ""}${grouped(push.calls)}${of} calls · ${counts}`);
      },
      onDelivered: (came) => (delivery = came),
      again: `outdial jobs show ${jobId} --wait`,
    },
  );
  await withOutput(records ? out : undefined, io, async (output) => {
    let shown = 0;
    for await (const row of api.lines("jobs.rows", { params: { id: jobId } })) {
      await output?.line(row);
      if (shown++ < SHOWN_REFUSALS)
        io.say(`refused ${printable(row.callId ?? "")}: ${row.statusCode} ${printable(row.reason ?? "")}`);
      else if (shown === SHOWN_REFUSALS + 1 && out === undefined) io.say("… more are refused; --out FILE writes them all");
    }
  });
  refuseUnended(ended);
  if (ended.push === null) throw new TypeError(`${jobId} is no push`);
  const { announced, records: hasRecords, from: _from, to: _to, ...counts } = ended.push;
  return await concludePush({ ...begun, announced, delivery, records: hasRecords ? counts : null }, io);
};

async function concludePush(pushed: CrmPushed, io: Io): Promise<number> {
  const { announced, delivery, records } = pushed;
  const delivered =
    delivery === null
      ? "the service delivers them"
      : `${grouped(delivery.delivered)} delivered · ${grouped(delivery.failed)} failed · ${grouped(delivery.dead)} dead`;
  const refused = records === null ? 0 : records.refused + records.refusedBefore;
  await io.answer(pushed, [
    `events: ${grouped(announced)} queued · ${delivered}`,
    ...(records === null
      ? []
      : [
          `records: ${grouped(records.acknowledged)} acknowledged · ${grouped(records.unchanged)} unchanged · ${grouped(refused)} refused`,
        ]),
  ]);
  return (delivery?.failed ?? 0) + (delivery?.dead ?? 0) + refused > 0 ? EXIT.partlyFailed : EXIT.done;
}
