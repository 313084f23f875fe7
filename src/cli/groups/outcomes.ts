// outdial outcomes.

import { command } from "../command.ts";
import {
  choice,
  file,
  flag,
  id,
  instant,
  many,
  optional,
  STORE,
  span,
  spanOf,
  TENANT_AND_STORE,
  text,
  value,
  whole,
  words,
  wordsIn,
  wrong,
} from "../declare.ts";

/** A day in the zone of a report, or an instant; as it is written. */
async function dayOrTime(written: string, label: string): Promise<string> {
  const { localTime, parseInstant } = await import("../late.ts");
  parseInstant(label, written, localTime("UTC"));
  return written;
}

const FROM = instant("--from <time>", "earliest start of a call");
const TO = instant("--to <time>", "latest start; now by default");
const CODES = words("--codes <list>", "only these disposition codes, separated by commas");
const PAGE = whole("--limit <number>", "calls in a page, at most 5000", { from: 1, to: 5000, default: 1000 });
const RUNS = { from: 1, to: 1000, default: 20 } as const;

export const pull = command("pull", TENANT_AND_STORE, {
  summary: "retrieve ended calls into the lake: no call twice, none lost; continues at the page where it was interrupted",
  options: [
    many(id("--campaign <id...>", "campaign whose calls are retrieved; several with --every (required without --resume)"), false),
    instant("--from <time>", "earliest start of a call, such as 2026-03-01 or 2026-03-01T08:00:00Z; UTC without an offset"),
    TO,
    span("--last <span>", "instead of --from: length of the period before the end, such as 7d or 36h (default: 7d)"),
    CODES,
    PAGE,
    value(
      "--every <span>",
      "retrieve at regular times, such as 15m, until interrupted; the schedule is stored. off ends it",
      (written, label) => (written === "off" ? ("off" as const) : spanOf(written, label)),
    ),
    span("--overlap <span>", "with --every: how far each retrieval begins before the end of the one before, for late calls", {
      default: "1h",
    }),
    span("--stagger <span>", "with --every and several campaigns: time between their starts (default: spread evenly)"),
    whole("--downloads <number>", "windows read at once (default: outcomes.downloads of outdial.yaml, else 4)", {
      from: 1,
      to: 64,
    }),
    optional("--resume [id]", "continue a retrieval that was interrupted: the newest, or the one named"),
    flag("--dry-run", "show what would be requested and stop; nothing is sent"),
  ],
  examples: [
    "outdial outcomes pull --campaign camp_primary_001 --last 7d",
    "outdial outcomes pull --campaign camp_primary_001 --every 15m",
    "outdial outcomes pull --campaign camp_primary_001 camp_backup_001 --every 30m --stagger 5m",
    "outdial outcomes pull --resume",
  ],
});

export const runs = command("runs", STORE, {
  summary: "retrievals, newest first: period, pages, calls, hash, rows in quarantine; and the schedules",
  args: [id("[id]", "one retrieval")],
  options: [
    id("--campaign <id>", "only this campaign"),
    whole("--limit <number>", "how many", RUNS),
    flag("--quarantine", "with an id: the rows in quarantine, one JSON line each"),
  ],
  privileged: ["--quarantine"],
  notes:
    "Through a service --quarantine needs a token of the role operator, because the rows are as the vendor sent them; the rest is for viewers.",
});

export const verify = command("verify", STORE, {
  summary: "hash the calls of a retrieval in the lake again and compare the hash with the recorded one",
  args: [id("[id]", "one retrieval; the newest ones by default")],
  options: [whole("--limit <number>", "how many of the newest", RUNS)],
});

export const exportOutcomes = command("export", STORE, {
  summary: "write the latest version of each call to a file, with the category of its code",
  options: [
    choice("--format <format>", "parquet, csv or ndjson", ["parquet", "csv", "ndjson"], { required: true }),
    id("--campaign <id>", "only this campaign's calls"),
    FROM,
    instant("--to <time>", "latest start"),
    CODES,
    file("--map <file>", "outcome map; by default outcomes.map of outdial.yaml, else the documented codes"),
    file("--out <file>", "the file; stdout by default (required for parquet)"),
  ],
});

export const reconcile = command("reconcile", TENANT_AND_STORE, {
  summary: "count the calls of vendor, lake and CRM by hour, and list calls that one of them does not have",
  options: [
    id("--campaign <id>", "campaign whose calls are compared", { required: true }),
    FROM,
    TO,
    span("--last <span>", "instead of --from: length of the period before the end (default: 7d)"),
    PAGE,
    file("--out <file>", "write one NDJSON line per difference; - writes to stdout"),
  ],
});

export const report = command("report", STORE, {
  summary:
    "conversion with its interval and trend, by hour, weekday, code, attempt, list and agent; comparisons; restated figures",
  options: [
    many(id("--campaign <id...>", "only these campaigns")),
    value("--from <time>", "first day such as 2026-03-01 (in the zone), or a time with an offset", dayOrTime),
    value("--to <time>", "last day (included), or a time with an offset; now by default", dayOrTime),
    value(
      "--last <span>",
      "instead of --from: length of the period before the end, such as 7d (default: 30d); at most 1100d",
      (written, label) => (spanOf(written, label), written),
    ),
    file("--map <file>", "outcome map; by default outcomes.map of outdial.yaml, else the documented codes"),
    text("--zone <name>", "IANA time zone of days and hours; by default outcomes.zone of outdial.yaml, else UTC"),
    value("--by <list>", "only these groupings: hour, weekday, code, campaign, attempt, list, agent", async (written, label) => {
      const { DIMENSIONS } = await import("../late.ts");
      const names = wordsIn(written);
      const odd = names.find((name) => !DIMENSIONS.some((one) => one === name));
      if (odd === undefined) return names;
      throw wrong(`${label} ${odd}: nothing to group calls by; allowed are ${DIMENSIONS.join(", ")}`);
    }),
    many(text("--compare <what>", "previous, a dimension, or two groups such as 'list=A vs list=B'; may be given several times")),
    whole("--minimum <calls>", "calls that each side of a comparison must have (default: 100)", { from: 1, to: 1_000_000_000 }),
    whole("--confidence <percent>", "level of all intervals", { from: 50, to: 99, default: 95 }),
    choice("--format <format>", "text, html, json or csv; by default from the name of --out", ["text", "html", "json", "csv"]),
    file("--out <file>", "write the report to a file"),
    flag("--no-keep", "neither restate figures of earlier reports nor store those of this one"),
  ],
  examples: [
    "outdial outcomes report --campaign camp_primary_001 --last 7d --zone America/New_York",
    "outdial outcomes report --from 2026-03-01 --to 2026-03-31 --compare previous --compare agent --out march.html",
    "outdial outcomes report --compare 'list=A,hour=9|10 vs list=B,hour=9|10'",
  ],
});

export const pushCrm = command("crm", TENANT_AND_STORE, {
  summary:
    "send the CRM the events of retrievals that it does not have; with --records also every call whose latest version it does not have",
  options: [
    flag("--records", "also send records, in batches; a refused batch is halved until only the refused record is left"),
    id("--campaign <id>", "only this campaign's records"),
    FROM,
    instant("--to <time>", "latest start"),
    span("--last <span>", "instead of --from: length of the period before the end, such as 7d"),
    file("--map <file>", "outcome map, for the categories of the records"),
    whole("--batch <number>", "records in a request", { from: 1, to: 10_000, default: 500 }),
    flag("--again", "also send records again that the CRM refused before"),
    file("--out <file>", "write one NDJSON line per refused record; - writes to stdout"),
  ],
});
