// outdial dialer show, history, metrics, audit: what is in force, what was, what the tenant measures and records.

import { openDialerTenant, readDialerHistory } from "../../app/index.ts";
import { csvLine, readSettings } from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { oneOf, wholeNumber } from "../options.ts";
import { historyLine } from "../render-dialer.ts";
import { columnsOf, plotLines, type Row, tableLines } from "../render-rows.ts";
import { printable } from "../render-tagging.ts";
import type { DialerFlags } from "./dialer-files.ts";

const FORMATS = ["table", "json", "csv", "plot"] as const;
const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;

export async function show(_args: readonly string[], flags: DialerFlags, io: Io): Promise<number> {
  await using dialer = await openDialerTenant(flags, io.env);
  const { value, lock } = await dialer.tenant.dialer.settings.locked();
  if (io.json) await io.data(JSON.stringify(value));
  else {
    for (const line of fieldLines(value)) await io.data(line);
    const read = readSettings(value);
    if ("problem" in read) io.say(`these settings could not be put back as they are: ${printable(read.problem)}`);
    io.say(`version tag ${printable(lock?.tag ?? "absent")}`);
  }
  return EXIT.done;
}

function fieldLines(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${printable(String(value))}`];
  return Object.entries(value).flatMap(([name, member]) =>
    fieldLines(member, path === "" ? printable(name) : `${path}.${printable(name)}`),
  );
}

export async function history(
  _args: readonly string[],
  flags: DialerFlags & { readonly limit: string; readonly format?: string },
  io: Io,
): Promise<number> {
  const changes = await readDialerHistory(flags, io.env, wholeNumber("--limit", flags.limit, 1, 100_000));
  const format = formatOf(flags.format, io);
  if (format === "json") await io.data(JSON.stringify({ items: changes }));
  else if (format === "csv") {
    const rows = changes.map((change) => ({
      version: change.version,
      createdAt: change.createdAt,
      endedAt: change.endedAt,
      kind: change.kind,
      outcome: change.outcome,
      actor: change.actor,
      source: change.sourceName,
      message: change.message,
      settings: change.settings,
    }));
    await writeCsv(rows, io);
  } else for (const change of changes) await io.data(historyLine(change));
  if (changes.length === 0) io.say("no versions yet");
  return EXIT.done;
}

export async function metrics(
  _args: readonly string[],
  flags: DialerFlags & {
    readonly campaign?: string;
    readonly metric: readonly string[];
    readonly format?: string;
  },
  io: Io,
): Promise<number> {
  const named = flags.metric.map((name) => oneOf("--metric", name, METRICS));
  const wanted = named.length === 0 ? [...METRICS] : named;
  const format = formatOf(flags.format, io);
  await using dialer = await openDialerTenant(flags, io.env);
  const list = dialer.tenant.dialer.metrics({
    ...(flags.campaign === undefined ? {} : { campaignId: flags.campaign }),
    metrics: wanted,
    groupBy: "hour",
  });
  const rows: Row[] = [];
  for await (const row of list) rows.push(row);
  if (format === "plot") {
    for (const line of plotLines(rows, wanted, io.width ?? 80)) await io.data(line);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first !== undefined && last !== undefined)
      io.say(`${String(first["timestamp"])} to ${String(last["timestamp"])}, ${rows.length} hours`);
  } else await writeRows(rows, format, io);
  if (rows.length === 0) io.say("no figures");
  return EXIT.done;
}

export async function vendorAudit(
  _args: readonly string[],
  flags: DialerFlags & { readonly entity: string; readonly limit?: string; readonly format?: string },
  io: Io,
): Promise<number> {
  const limit = flags.limit === undefined ? Number.POSITIVE_INFINITY : wholeNumber("--limit", flags.limit, 1, 10_000_000);
  const format = formatOf(flags.format, io);
  await using dialer = await openDialerTenant(flags, io.env);
  const rows: Row[] = [];
  for await (const row of dialer.tenant.auditLogs.list({ entity: flags.entity })) {
    rows.push(row);
    if (rows.length >= limit) break;
  }
  await writeRows(rows, format, io);
  if (rows.length === 0) io.say("no entries");
  return EXIT.done;
}

function formatOf(text: string | undefined, io: Io): (typeof FORMATS)[number] {
  if (text !== undefined) return oneOf("--format", text, FORMATS);
  return io.json ? "json" : "table";
}

async function writeRows(rows: readonly Row[], format: (typeof FORMATS)[number], io: Io): Promise<void> {
  if (format === "json") await io.data(JSON.stringify({ rows }));
  else if (format === "csv") await writeCsv(rows, io);
  else if (rows.length > 0) for (const line of tableLines(rows)) await io.data(line);
}

async function writeCsv(rows: readonly Row[], io: Io): Promise<void> {
  const columns = columnsOf(rows);
  if (columns.length > 0) await io.data(csvLine(columns));
  for (const row of rows) await io.data(csvLine(columns.map((column) => row[column])));
}
