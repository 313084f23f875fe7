// outdial contacts segment.

import { openSegments } from "../../app/index.ts";
import { csvLine } from "../../kernel/index.ts";
import {
  type Contact,
  type GateVerdict,
  OperationError,
  parseContactQuery,
  SAY_GONE,
  type SegmentReport,
} from "../../operations/index.ts";
import { manifestViewOf } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/contacts.ts";
import { Refusals } from "../refusals.ts";
import { grouped, printable, printableWhole } from "../text.ts";
import { openWholeFile } from "../whole-file.ts";
import { gateLines } from "./compliance-facts.ts";

const COLUMNS = ["id", "phoneNumber", "firstName", "lastName", "timeZone", "postalCode", "state"] as const;

export const segment: Run<typeof declared.segment> = async ({ args: { list: listId }, options, io, standing }) => {
  const { callType, out, decisions, manifest: manifestFile, campaign, at, pack } = options;
  const query = parseContactQuery(options.query, "--query");
  const where = options.where.map((text) => parseContactQuery(text, "--where"));
  const files = [out, decisions, manifestFile].filter((file) => file !== undefined);
  if (new Set(files).size !== files.length)
    throw new OperationError("invalid_input", "two of --out, --decisions and --manifest are the same file");
  const csv = (options.format ?? (out?.endsWith(".csv") ? "csv" : "ndjson")) === "csv";
  const { signal } = io;
  await using stack = new AsyncDisposableStack();
  const runtime = stack.use(await openSegments(options, io.env, { pack, limits: options.limits ? undefined : "off" }));
  const open = async (path: string | undefined) => (path === undefined ? undefined : stack.use(await openWholeFile(path, io)));
  const [rows, lines, proof] = [await open(out), await open(decisions), await open(manifestFile)];
  if (csv) await rows?.text(csvLine(COLUMNS));
  const refusals = stack.use(new Refusals(io));
  const report = await runtime.contacts.segment(
    { listId, query, where, campaign, callType, at },
    {
      query: (text) => io.say(`${listId}: query ${text}`),
      async contact(contact, verdict, json) {
        await lines?.text(json);
        if (verdict.verdict === "dial")
          await rows?.text(
            csv ? csvLine(cellsOf(contact, verdict)) : JSON.stringify({ ...contact, phoneNumber: verdict.number }),
          );
      },
      refused: (line) => refusals.tell(line),
      progress: (read, announced) => {
        if (read % 100 === 0)
          io.progress(`reading · ${grouped(read)}${announced === undefined ? "" : ` of ${grouped(announced)}`} contacts`);
      },
    },
    { by: runtime.actor, signal },
  );
  signal.throwIfAborted();
  await proof?.text(JSON.stringify(report.manifest, undefined, 2));
  for (const file of [rows, lines, proof]) await file?.keep();
  const told = segmentLines(report);
  if (files.includes("-")) io.say(told);
  else await io.answer({ segment: report, standing: standing() }, told);
  const { counts } = report.manifest;
  if (counts.refused > 0 || report.changed || report.shorter !== null) return EXIT.partlyFailed;
  return counts.dial === 0 ? EXIT.refused : EXIT.done;
};

/** The number as it was judged; the other fields as the tenant has them. */
function cellsOf(contact: Contact, { number }: GateVerdict): unknown[] {
  return COLUMNS.map((column) => (column === "phoneNumber" ? number : contact[column]));
}

function segmentLines({
  listId,
  sent,
  read,
  announced,
  filtered,
  unknownAttributes,
  changed,
  shorter,
  manifest,
}: SegmentReport): string[] {
  const [asked = "", broader] = sent;
  const lines = [...gateLines(manifestViewOf(manifest))];
  lines.push(
    `${printable(listId)}: ${grouped(read)} read, ${grouped(filtered)} not in the segment, ${grouped(manifest.input.contacts)} judged`,
  );
  if (broader !== undefined)
    lines.push(`the tenant found nobody for ${printable(asked)}; all contacts were read (${broader}) and checked here`);
  for (const { path, suggestion } of unknownAttributes)
    lines.push(`no contact has ${printable(path)}${suggestion === undefined ? "" : `; ${printableWhole(suggestion)}`}`);
  if (shorter !== null) lines.push(`${printable(shorter)}; ${SAY_GONE}`);
  if (changed)
    lines.push(
      `the list changed while it was read: ${grouped(read)} read of ${grouped(announced ?? 0)} announced; run it again before you dial`,
    );
  return lines;
}
