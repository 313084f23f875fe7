// The thread that processes the pages of a retrieval, from JSON to files: everything that depends only on a page's bytes.

import { hash } from "node:crypto";
import { workerData } from "node:worker_threads";
import { messageOf } from "../../kernel/index.ts";
import { type Part, PartWriter, type StagedFile, type StagingPlace, stageParts } from "../../outcomes/pages.ts";
import { optOutsOf } from "../compliance/outcomes.ts";
import { answerTasks } from "../thread.ts";
import { countReasons, sortRows } from "./land.ts";
import type { OpenedCalls, PageContext, PageRefusal, PageReply, PageTask, PageThreadData } from "./page-task.ts";

// Set by retrieval-run.ts.
const { campaignId, optOutCodes, pageLimit } = workerData as PageThreadData;
/**
 * Open pages in the form of the files that they become: no rows are kept, so that there is little for the garbage collector to
 * trace.
 */
const pages = new Map<number, readonly KeptPart[]>();
const writer = new PartWriter();

/** Highest amount of memory for parsing a page, MB. */
const MOST_WEIGHT_MB = 256;
/** Highest number of rows: a tenant may round the page size up, but a much larger page is not what was requested. */
const MOST_ROWS = Math.max(100, 2 * pageLimit);
/** Highest number of characters of a page's JSON apart from its rows. */
const MOST_REST = 65_536;

/** Thrown when the page itself is faulty. */
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
  // Frees the memory now instead of at some later garbage collection.
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

/** A part in its own memory. */
type KeptPart = Part & { readonly bytes: Uint8Array<ArrayBuffer> };

function* kept(parts: Iterable<Part>): Generator<KeptPart> {
  for (const part of parts) yield { ...part, bytes: new Uint8Array(part.bytes) };
}

/** Removes a page from the list. The caller frees its memory with `free`. */
function taken(page: number): readonly KeptPart[] | undefined {
  const parts = pages.get(page);
  pages.delete(page);
  return parts;
}

/** Frees memory now instead of at some later garbage collection. */
function free(parts: readonly KeptPart[] = []): void {
  for (const { bytes } of parts) bytes.buffer.transfer(0);
}

/** Parses as the client does: undefined for text that is not JSON; a byte order mark is skipped. */
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
      return { opened: open(page, task.body, task.context) };
    case "land":
      return { staged: land(page, task.place) };
    case "drop":
      free(taken(page));
      return undefined;
  }
}

/** Frees the page and classifies the error: the page's fault or not. A value that cannot be sent to the other thread is nested too deeply as well. */
function blame(thrown: unknown, { page }: PageTask): PageReply {
  free(taken(page));
  if (thrown instanceof Refused) return { refused: { code: thrown.code, what: thrown.message } };
  const uncloneable = thrown instanceof DOMException && thrown.name === "DataCloneError";
  if (uncloneable) return { refused: { code: "invalid_reply", what: `cannot be handed over (${messageOf(thrown)})` } };
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
  return { failed: messageOf(thrown), code };
}

answerTasks(answer, { blame });

// The highest amount of memory that the JSON of a page can need, computed from its bytes before parsing. Pure.
//
// Running out of memory during parsing may end the whole process, even when the thread has a memory limit. So such a page must be
// refused before. The figures were measured with Node 24 and JSON that needs much memory: empty objects, nested lists, always new
// or numeric member names.

/** Highest number of bytes of memory for one byte of JSON. */
const HEAVIEST = 26;
/** A page of at most this number of bytes is not checked: it cannot need much memory. */
const SMALL = 2_000_000;
/**
 * Highest number of bytes of memory for an object or a list, a member of an object, an item of a list; and for each byte of text,
 * as names and values.
 */
const NODE = 64;
const MEMBER = 144;
const ITEM = 24;
const TEXT = 2;

const BRACE = 0x7b;
const BRACKET = 0x5b;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * The highest number of bytes of memory for parsing JSON. Punctuation within texts is counted, too, which only raises the result.
 */
function weightOf(json: Uint8Array): number {
  if (json.byteLength <= SMALL) return json.byteLength * HEAVIEST;
  let [nodes, members, items] = [0, 0, 0];
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === COMMA) items += 1;
    else if (byte === COLON) members += 1;
    else if (byte === BRACE || byte === BRACKET) nodes += 1;
  }
  return nodes * NODE + members * MEMBER + items * ITEM + json.byteLength * TEXT;
}
