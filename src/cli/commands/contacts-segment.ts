// outdial contacts segment.

import { openApi } from "../../app/index.ts";
import { csvLine } from "../../kernel/index.ts";
import { OperationError, parseContactQuery, SAY_GONE } from "../../operations/index.ts";
import { type ManifestView, manifestOf, type SegmentView } from "../../operations/views/index.ts";
import type { Run } from "../command.ts";
import { EXIT } from "../exit.ts";
import type * as declared from "../groups/contacts.ts";
import { Refusals } from "../refusals.ts";
import { grouped, printable, printableWhole, timeText } from "../text.ts";
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
  const api = stack.use(await openApi(options, io, { pack, "no-limits": options.limits ? undefined : true }));
  const open = async (path: string | undefined) => (path === undefined ? undefined : stack.use(await openWholeFile(path, io)));
  const [rows, lines, proof] = [await open(out), await open(decisions), await open(manifestFile)];
  if (csv) await rows?.text(csvLine(COLUMNS));
  const refusals = stack.use(new Refusals(io));
  const verdicts = lines !== undefined;
  const body = {
    query: query.text,
    where: where.map(({ text }) => text),
    campaign,
    callType,
    at: timeText(at),
    verdicts,
    progress: true,
    reveal: true,
  };
  let report: SegmentView | undefined;
  for await (const line of api.lines("contacts.segment", { params: { list: listId }, body, signal })) {
    const { contact, verdict, refused, progress } = line;
    if (contact !== undefined)
      await rows?.text(csv ? csvLine(COLUMNS.map((column) => contact[column])) : JSON.stringify(contact));
    if (verdict !== undefined) await lines?.text(JSON.stringify(verdict));
    if (refused !== undefined) refusals.tell(refused);
    if (line.query !== undefined) io.say(`${listId}: query ${line.query}`);
    if (progress !== undefined)
      io.progress(
        `reading · ${grouped(progress.read)}${progress.announced === null ? "" : ` of ${grouped(progress.announced)}`} contacts`,
      );
    report = line.segment ?? report;
  }
  signal.throwIfAborted();
  if (report === undefined) throw new TypeError("a segment has no last line");
  const manifest = manifestOf(JSON.stringify(report.manifest));
  await proof?.text(JSON.stringify(report.manifest, undefined, 2));
  for (const file of [rows, lines, proof]) await file?.keep();
  const told = segmentLines(report, manifest);
  if (files.includes("-")) io.say(told);
  else await io.answer({ segment: report, standing: standing() }, told);
  const { counts } = manifest;
  if (counts.refused > 0 || report.changed || report.shorter !== null) return EXIT.partlyFailed;
  return counts.dial === 0 ? EXIT.refused : EXIT.done;
};

function segmentLines(
  { listId, sent, read, announced, filtered, unknownAttributes, changed, shorter }: SegmentView,
  manifest: ManifestView,
): string[] {
  const [asked = "", broader] = sent;
  const lines = [...gateLines(manifest)];
  lines.push(
    `${printable(listId)}: ${grouped(read)} read, ${grouped(filtered)} not in the segment, ${grouped(manifest.contacts)} judged`,
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
