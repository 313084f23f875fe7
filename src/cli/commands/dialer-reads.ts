// outdial dialer show, history, metrics, audit: what is in force, what was, what the tenant measures and records.

import { openApi, openDialerTenant, ServiceClient } from "../../app/index.ts";
import { cellText } from "../../kernel/index.ts";
import { readSettings } from "../../operations/index.ts";
import type { DialerVersion, DialerView } from "../../operations/views/index.ts";
import type { OptionsOf, Run } from "../command.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { HISTORY } from "../render-dialer.ts";
import { type Fields, table, tableOf, writeTable } from "../table.ts";
import { printable } from "../text.ts";

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
  const { campaign, service } = options;
  const { settings, problem, choose, tag } = await (service === undefined
    ? shownHere(options, io)
    : new ServiceClient(service, io.signal).ask("dialer.show", { query: { campaign, fresh: true } }));
  if (choose !== null && options.campaign === undefined) {
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

/** The settings in force, or the campaigns to choose from. */
type Shown = Pick<DialerView, "problem" | "choose" | "tag"> & { readonly settings?: unknown };

async function shownHere(options: OptionsOf<typeof declared.show>, io: Io): Promise<Shown> {
  await using dialer = await openDialerTenant(options, io.env);
  const { pacingSettings, campaignProvisioning } = dialer.tenant.capabilities;
  if (pacingSettings.capability.perCampaign && options.campaign === undefined) {
    const choose: { id: string; name: string }[] = [];
    for await (const { id, name } of campaignProvisioning.campaigns()) choose.push({ id, name: name ?? id });
    return { settings: null, problem: null, choose, tag: null };
  }
  const { value, lock } = await pacingSettings.read(options.campaign);
  const read = readSettings(value);
  return { settings: value, problem: "problem" in read ? read.problem : null, choose: null, tag: lock?.tag ?? null };
}

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
  await using api = openApi(options, io);
  const changes = await api.list("dialer.history", { most: options.limit, query: { campaign: options.campaign } });
  const format = options.format ?? standardFormat(io);
  if (format === "json") await io.data(JSON.stringify({ items: changes }));
  else await io.data(format === "csv" && changes.length > 0 ? VERSIONS.csv(changes) : HISTORY.lines(changes, io.width));
  if (changes.length === 0) io.say("no versions yet");
};

export const metrics: Run<typeof declared.metrics> = async ({ options, io }) => {
  const wanted = options.metric.length === 0 ? [...METRICS] : options.metric;
  const format = options.format ?? standardFormat(io);
  await using dialer = await openDialerTenant(options, io.env);
  const asked = { campaignId: options.campaign, metrics: wanted };
  const rows: Fields[] = [];
  for await (const row of dialer.tenant.capabilities.metricsSource.hourly(asked)) rows.push({ ...row });
  if (format === "plot") {
    await io.data(plotLines(rows, wanted, io.width ?? 80));
    const [first, last] = [rows[0], rows.at(-1)];
    if (first !== undefined && last !== undefined)
      io.say(`${String(first["timestamp"])} to ${String(last["timestamp"])}, ${rows.length} hours`);
  } else await writeTable(tableOf(rows), rows, format, io);
  if (rows.length === 0) io.say("no figures");
};

export const vendorAudit: Run<typeof declared.vendorAudit> = async ({ options, io }) => {
  const { entity, limit = Number.POSITIVE_INFINITY } = options;
  await using dialer = await openDialerTenant(options, io.env);
  const rows: Fields[] = [];
  for await (const row of dialer.tenant.capabilities.vendorAudit.entries(entity)) {
    rows.push({ ...row });
    if (rows.length >= limit) break;
  }
  await writeTable(tableOf(rows), rows, options.format ?? standardFormat(io), io);
  if (rows.length === 0) io.say("no entries");
};

const standardFormat = (io: Io) => (io.json ? "json" : "table");
