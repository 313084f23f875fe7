// outdial outcomes.

import { command } from "../command.ts";
import {
  choice,
  file,
  flag,
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
} from "../declare.ts";

const FROM = instant("--from <time>", "earliest start of a call");
const TO = instant("--to <time>", "latest start; the present by default");
const CODES = words("--codes <list>", "only these disposition codes, separated by commas");
const PAGE = whole("--limit <number>", "calls in a page, at most 5000", { from: 1, to: 5000, default: 1000 });
const RUNS = { from: 1, to: 1000, default: 20 } as const;

export const pull = command("pull", TENANT_AND_STORE, {
  summary: "retrieve ended calls into the lake: nothing twice, nothing lost, resumed at the page where it was interrupted",
  options: [
    many(
      text("--campaign <id...>", "campaign whose calls are retrieved; with --every several (required without --resume)"),
      false,
    ),
    instant("--from <time>", "earliest start of a call, such as 2026-03-01 or 2026-03-01T08:00:00Z; UTC without an offset"),
    TO,
    span("--last <span>", "instead of --from: so much time before the end, such as 7d or 36h (default: 7d)"),
    CODES,
    PAGE,
    value(
      "--every <span>",
      "retrieve at regular times, such as 15m, until interrupted; the schedule is kept. off ends it",
      (written, label) => (written === "off" ? ("off" as const) : spanOf(written, label)),
    ),
    span("--overlap <span>", "with --every: how far each time goes back behind the one before, for what comes late", {
      default: "1h",
    }),
    span("--stagger <span>", "with --every and several campaigns: time between their turns (default: spread evenly)"),
    whole("--downloads <number>", "listings read at once (default: outcomes.downloads of outdial.yaml, else 4)", {
      from: 1,
      to: 64,
    }),
    optional("--resume [id]", "go on with a retrieval that was interrupted: the newest, or the one named"),
    flag("--dry-run", "show what would be asked for and stop; nothing is sent"),
  ],
  examples: [
    "outdial outcomes pull --campaign camp_primary_001 --last 7d",
    "outdial outcomes pull --campaign camp_primary_001 --every 15m",
    "outdial outcomes pull --campaign camp_primary_001 camp_backup_001 --every 30m --stagger 5m",
    "outdial outcomes pull --resume",
  ],
});

export const runs = command("runs", STORE, {
  summary: "retrievals, newest first: window, pages, calls, hash, rows put aside; and what is scheduled",
  args: [text("[id]", "one retrieval")],
  options: [
    text("--campaign <id>", "only this campaign's"),
    whole("--limit <number>", "how many", RUNS),
    flag("--quarantine", "with an id: the rows put aside, one JSON line each"),
  ],
});

export const verify = command("verify", STORE, {
  summary: "hash what the lake holds of a retrieval anew and compare it with what was recorded",
  args: [text("[id]", "one retrieval; the newest ones by default")],
  options: [whole("--limit <number>", "how many of the newest", RUNS)],
});

export const exportOutcomes = command("export", STORE, {
  summary: "write the latest version of each call to a file, with the category of its code",
  options: [
    choice("--format <format>", "parquet, csv or ndjson", ["parquet", "csv", "ndjson"], { required: true }),
    text("--campaign <id>", "only this campaign's calls"),
    FROM,
    instant("--to <time>", "latest start"),
    CODES,
    file("--map <file>", "what disposition codes mean; by default outcomes.map of outdial.yaml, else the documented codes"),
    file("--out <file>", "the file; stdout by default (required for parquet)"),
  ],
});

export const reconcile = command("reconcile", TENANT_AND_STORE, {
  summary: "count the calls of vendor, lake and CRM by hour, and list those that are not everywhere",
  options: [
    text("--campaign <id>", "campaign whose calls are compared", { required: true }),
    FROM,
    TO,
    span("--last <span>", "instead of --from: so much time before the end (default: 7d)"),
    PAGE,
    file("--out <file>", "write one NDJSON line per difference; - writes to stdout"),
  ],
});

export const report = command("report", STORE, {
  summary: "conversion with its interval, trend, by hour, weekday, code, attempt, list and agent; comparisons; figures restated",
  options: [
    many(text("--campaign <id...>", "only these campaigns")),
    text("--from <time>", "first day such as 2026-03-01 (in the zone), or a time with an offset"),
    text("--to <time>", "last day, itself included, or a time with an offset; the present by default"),
    text("--last <span>", "instead of --from: so much time before the end, such as 7d (default: 30d); 1100d at most"),
    file("--map <file>", "what disposition codes mean; by default outcomes.map of outdial.yaml, else the documented codes"),
    text("--zone <name>", "IANA time zone of days and hours; by default outcomes.zone of outdial.yaml, else UTC"),
    words("--by <list>", "only these groupings: hour, weekday, code, campaign, attempt, list, agent"),
    many(text("--compare <what>", "previous, a dimension, or two groups such as 'list=A vs list=B'; may be given several times")),
    whole("--minimum <calls>", "calls that each side of a comparison must have (default: 100)", { from: 1, to: 1_000_000_000 }),
    whole("--confidence <percent>", "level of all intervals", { from: 50, to: 99, default: 95 }),
    choice("--format <format>", "text, html, json or csv; told from --out by default", ["text", "html", "json", "csv"]),
    file("--out <file>", "write the report to a file"),
    flag("--no-keep", "neither restate figures of earlier reports nor keep those of this one"),
  ],
  examples: [
    "outdial outcomes report --campaign camp_primary_001 --last 7d --zone America/New_York",
    "outdial outcomes report --from 2026-03-01 --to 2026-03-31 --compare previous --compare agent --out march.html",
    "outdial outcomes report --compare 'list=A,hour=9|10 vs list=B,hour=9|10'",
  ],
});

export const pushCrm = command("crm", TENANT_AND_STORE, {
  summary:
    "tell the CRM of retrievals it was not told of; with --records, bring it every call whose present version it does not have",
  options: [
    flag("--records", "upsert records too, in batches; a refused batch is halved until the refused record stands alone"),
    text("--campaign <id>", "only this campaign's records"),
    FROM,
    instant("--to <time>", "latest start"),
    span("--last <span>", "instead of --from: so much time before the end, such as 7d"),
    file("--map <file>", "what disposition codes mean, for the records' categories"),
    whole("--batch <number>", "records in a request", { from: 1, to: 10_000, default: 500 }),
    flag("--again", "send once more what the CRM refused before"),
    file("--out <file>", "write one NDJSON line per refused record; - writes to stdout"),
  ],
});
