// The thread that works on the pages of a retrieval: everything that follows from a page's bytes alone, from JSON to files.

import { hash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../kernel/index.ts";
import { type Part, PartWriter, type StagedFile, type StagingPlace, stageParts } from "../../outcomes/pages.ts";
import { optOutsOf } from "../compliance/outcomes.ts";
import { countReasons, sortRows } from "./land.ts";
import type { OpenedCalls, PageContext, PageRefusal, PageReply, PageTask, PageThreadData } from "./page-task.ts";
import { weightOf } from "./page-weight.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
// Written by this program's other half.
const { campaignId, optOutCodes, pageLimit } = workerData as PageThreadData;
/** Pages that are open, as the files that they become: of their rows nothing is left, so that the collector finds little that lives. */
const pages = new Map<number, readonly KeptPart[]>();
const writer = new PartWriter();

/** Memory that a page may take while it is parsed, MB. */
const MOST_WEIGHT_MB = 256;
/** A tenant may round the page size up; a larger page is not what was asked for. */
const MOST_ROWS = Math.max(100, 2 * pageLimit);
/** Characters of a page's JSON beside its rows. */
const MOST_REST = 65_536;

/** Thrown for what a page itself is to blame for. */
class Refused extends Error {
  readonly code: PageRefusal["code"];
  constructor(what: string, code: PageRefusal["code"] = "invalid_reply") {
    super(what);
    this.code = code;
  }
}

function open(page: number, body: ArrayBuffer, context: PageContext): OpenedCalls | undefined {
  const bytes = Buffer.from(body);
  if (weightOf(bytes) > MOST_WEIGHT_MB * 1_000_000)
    throw new Refused(
      `of ${bytes.byteLength} bytes may need more than the ${MOST_WEIGHT_MB} MB of memory that there are`,
      "body_too_large",
    );
  const json = parsed(bytes.toString("utf8"));
  // Given back now, not when the collector happens to come by.
  body.transfer(0);
  if (json === undefined) return undefined;
  const { rows, rest } = split(json);
  if (rows.length > MOST_ROWS) throw new Refused(`holds ${rows.length} calls where ${pageLimit} were asked for at most`);
  const length = textOf(rest).length;
  if (length > MOST_REST) throw new Refused(`holds ${length} characters beside its calls; ${MOST_REST} are taken`);
  const mark = markOf(rows);
  const optOuts = optOutsOf(rows, { campaign: campaignId, now: context.observedAt }, optOutCodes);
  const { records, poison, unfinished, earliestUnfinished } = sortRows(rows, { campaignId, ...context });
  pages.set(page, [...kept(writer.records(records)), ...kept(writer.quarantine(poison))]);
  return {
    json: rest,
    items: rows.length,
    mark,
    optOuts,
    rows: records.length,
    unfinished,
    earliestUnfinished,
    quarantined: countReasons(poison),
  };
}

/** A part in memory of its own. */
type KeptPart = Part & { readonly bytes: Uint8Array<ArrayBuffer> };

function* kept(parts: Iterable<Part>): Generator<KeptPart> {
  for (const part of parts) yield { ...part, bytes: new Uint8Array(part.bytes) };
}

/** Takes a page off the list. What it held is to be freed with `free`. */
function taken(page: number): readonly KeptPart[] | undefined {
  const parts = pages.get(page);
  pages.delete(page);
  return parts;
}

/** Gives memory back now, not when the collector happens to come by. */
function free(parts: readonly KeptPart[] = []): void {
  for (const { bytes } of parts) bytes.buffer.transfer(0);
}

/** As the client reads JSON: undefined for what is none; a byte order mark is passed over. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

function split(json: unknown): { readonly rows: readonly unknown[]; readonly rest: unknown } {
  if (typeof json !== "object" || json === null || !("calls" in json) || !Array.isArray(json.calls))
    return { rows: [], rest: json };
  return { rows: json.calls, rest: { ...json, calls: [] } };
}

function markOf(rows: readonly unknown[]): string {
  const ids = rows.map((row) => (typeof row === "object" && row !== null && "id" in row ? row.id : row));
  return hash("sha256", textOf(ids), "base64");
}

function textOf(json: unknown): string {
  try {
    return JSON.stringify(json);
  } catch (thrown) {
    throw new Refused(`is nested too deeply to read (${messageOf(thrown)})`);
  }
}

function land(page: number, place: StagingPlace): readonly StagedFile[] {
  const parts = taken(page);
  if (parts === undefined) throw new Refused("is gone with the thread that had opened it");
  try {
    return stageParts(parts, place);
  } finally {
    free(parts);
  }
}

function answer(task: PageTask): PageReply | undefined {
  const { page } = task;
  switch (task.kind) {
    case "open":
      return { page, opened: open(page, task.body, task.context) };
    case "land":
      return { page, staged: land(page, task.place) };
    case "drop":
      free(taken(page));
      return undefined;
  }
}

port.on("message", (task: PageTask) => {
  const { page } = task;
  try {
    const reply = answer(task);
    if (reply !== undefined) port.postMessage(reply);
  } catch (thrown) {
    free(taken(page));
    port.postMessage({ page, ...blame(thrown) } satisfies PageReply);
  }
});

/** Whose fault it is. What cannot be handed over is nested too deeply as well. */
function blame(
  thrown: unknown,
): { readonly refused: PageRefusal } | { readonly failed: string; readonly code?: string | undefined } {
  if (thrown instanceof Refused) return { refused: { code: thrown.code, what: thrown.message } };
  const uncloneable = thrown instanceof DOMException && thrown.name === "DataCloneError";
  if (uncloneable) return { refused: { code: "invalid_reply", what: `cannot be handed over (${messageOf(thrown)})` } };
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
  return { failed: messageOf(thrown), code };
}
