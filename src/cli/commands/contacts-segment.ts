// outdial contacts segment.

import { openSegments } from "../../app/index.ts";
import { CALL_TYPES } from "../../compliance/index.ts";
import { OutdialError } from "../../kernel/index.ts";
import {
  type Contact,
  csvLine,
  type GateVerdict,
  OperationError,
  parseContactQuery,
  type SegmentReport,
} from "../../operations/index.ts";
import { EXIT } from "../exit.ts";
import type { Io } from "../io.ts";
import { type GlobalFlags, oneOf } from "../options.ts";
import { grouped, printable } from "../render-tagging.ts";
import { momentOf } from "../values.ts";
import { openWholeFile } from "../whole-file.ts";
import { refusedLine } from "./facts-import.ts";
import { gateLines } from "./gate.ts";

interface SegmentFlags extends GlobalFlags {
  readonly query: string;
  readonly where: readonly string[];
  readonly campaign?: string;
  readonly callType: string;
  readonly at?: string;
  readonly pack?: string;
  readonly out?: string;
  readonly format?: string;
  readonly decisions?: string;
  readonly manifest?: string;
  readonly limits: boolean;
  readonly databaseUrl?: string;
  readonly tenantUrl?: string;
}

const FORMATS = ["ndjson", "csv"] as const;
const COLUMNS = ["id", "phoneNumber", "firstName", "lastName", "timeZone", "postalCode", "state"] as const;

export async function segment([listId = ""]: readonly string[], flags: SegmentFlags, io: Io): Promise<number> {
  const callType = oneOf("--call-type", flags.callType, CALL_TYPES);
  const query = parseContactQuery(flags.query, "--query");
  const where = flags.where.map((text) => parseContactQuery(text, "--where"));
  const { out, decisions, manifest: manifestFile } = flags;
  const files = [out, decisions, manifestFile].filter((file) => file !== undefined);
  if (new Set(files).size !== files.length)
    throw new OperationError("invalid_input", "two of --out, --decisions and --manifest are the same file");
  const csv =
    (flags.format === undefined ? (out?.endsWith(".csv") ? "csv" : "ndjson") : oneOf("--format", flags.format, FORMATS)) ===
    "csv";
  const at = flags.at === undefined ? undefined : momentOf(flags.at, 0);
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(new OutdialError("interrupted", "interrupted: there is no manifest, so nothing of this may be dialed"));
  using _listening = io.onInterrupt(interrupt);
  try {
    await using stack = new AsyncDisposableStack();
    const runtime = stack.use(await openSegments(flags, io.env, flags.limits ? undefined : "off"));
    const open = async (path: string | undefined) => (path === undefined ? undefined : stack.use(await openWholeFile(path, io)));
    const [rows, lines, proof] = [await open(out), await open(decisions), await open(manifestFile)];
    if (csv) await rows?.text(csvLine(COLUMNS));
    const report = await runtime.segment(
      { listId, query, where, campaign: flags.campaign, callType, at, packFile: flags.pack },
      {
        query: (text) => io.say(`${listId}: asking for ${text}`),
        async contact(contact, verdict, json) {
          await lines?.text(json);
          if (verdict.verdict === "dial")
            await rows?.text(
              csv ? csvLine(cellsOf(contact, verdict)) : JSON.stringify({ ...contact, phoneNumber: verdict.number }),
            );
        },
        refused: (line) => io.complain(refusedLine(line)),
        progress: (read, announced) => {
          if (read % 100 === 0)
            io.progress(`reading · ${grouped(read)}${announced === undefined ? "" : ` of ${grouped(announced)}`} contacts`);
        },
      },
      { signal: stop.signal },
    );
    stop.signal.throwIfAborted();
    await proof?.text(JSON.stringify(report.manifest, undefined, 2));
    for (const file of [rows, lines, proof]) await file?.keep();
    return await conclude(report, files.includes("-"), io);
  } catch (thrown) {
    throw stop.signal.aborted ? stop.signal.reason : thrown;
  }
}

/** The number as it was judged, the rest as the tenant has it. */
function cellsOf(contact: Contact, { number }: GateVerdict): unknown[] {
  return COLUMNS.map((column) => (column === "phoneNumber" ? number : contact[column]));
}

async function conclude(report: SegmentReport, stdoutTaken: boolean, io: Io): Promise<number> {
  const lines = segmentLines(report);
  if (stdoutTaken) for (const line of lines) io.say(line);
  else if (io.json) await io.data(JSON.stringify({ segment: report }));
  else for (const line of lines) await io.data(line);
  const { counts } = report.manifest;
  if (counts.refused > 0 || report.changed) return EXIT.partlyFailed;
  return counts.dial === 0 ? EXIT.refused : EXIT.done;
}

function segmentLines({
  listId,
  sent,
  read,
  announced,
  filtered,
  unknownAttributes,
  changed,
  manifest,
}: SegmentReport): string[] {
  const [asked = "", broader] = sent;
  const lines = [...gateLines(manifest)];
  lines.push(
    `${printable(listId)}: ${grouped(read)} read, ${grouped(filtered)} not of the segment, ${grouped(manifest.input.contacts)} judged`,
  );
  if (broader !== undefined)
    lines.push(`the tenant found nobody for ${printable(asked)}; all contacts were read (${broader}) and judged here`);
  for (const { path, suggestion } of unknownAttributes)
    lines.push(`no contact has ${printable(path)}${suggestion === undefined ? "" : `; did you mean ${printable(suggestion)}?`}`);
  if (changed)
    lines.push(
      `the list changed while it was read: ${grouped(read)} read of ${grouped(announced ?? 0)} announced; run it again before you dial`,
    );
  return lines;
}
