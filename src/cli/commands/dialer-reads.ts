// outdial dialer show, history, metrics, audit: what is in force, what was, what the tenant measures and records.

import { openDialerTenant, readDialerHistory } from "../../app/index.ts";
import { readSettings } from "../../operations/index.ts";
import type { DialerVersion } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import type * as declared from "../groups/dialer.ts";
import type { Io } from "../io.ts";
import { HISTORY } from "../render-dialer.ts";
import { plotLines } from "../render-plot.ts";
import { type Fields, table, tableOf, writeTable } from "../table.ts";
import { printable } from "../text.ts";

const METRICS = ["efficiency", "abandonmentRate", "answerRate", "averageWaitTime"] as const;

export const show: Run<typeof declared.show> = async ({ options, io }) => {
  await using dialer = await openDialerTenant(options, io.env);
  const { pacingSettings, campaignProvisioning } = dialer.tenant.capabilities;
  if (pacingSettings.capability.perCampaign && options.campaign === undefined) {
    const choose: { id: string; name: string }[] = [];
    for await (const { id, name } of campaignProvisioning.campaigns()) choose.push({ id, name: name ?? id });
    const problem = "settings are per campaign on this profile: choose one with --campaign ID";
    await io.answer(
      { settings: null, problem, choose },
      choose.map(({ id, name }) => `${printable(id)}  ${printable(name)}`),
    );
    io.say(problem);
    return;
  }
  const { value, lock } = await pacingSettings.read(options.campaign);
  await io.answer(value, fieldLines(value));
  if (io.json) return;
  const read = readSettings(value);
  if ("problem" in read) io.say(`these settings could not be put back as they are: ${printable(read.problem)}`);
  io.say(`version tag ${printable(lock?.tag ?? "absent")}`);
};

function fieldLines(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${path}: ${printable(String(value))}`];
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
  const changes = await readDialerHistory(options, io.env, options.limit);
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
