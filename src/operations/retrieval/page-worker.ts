// The thread that works on the pages of a retrieval: everything that follows from a page's bytes alone, from JSON to files.

import { hash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../kernel/index.ts";
import { PartWriter } from "../../outcomes/index.ts";
import { optOutsOf } from "../compliance/outcomes.ts";
import { countReasons, sortRows } from "./land.ts";
import type { LandedCalls, LandingOrder, OpenedCalls, PageReply, PageTask, PageThreadData } from "./page-task.ts";

const port = parentPort;
if (port === null) throw new Error("this file is started as a worker thread");
// Written by this program's other half.
const { campaignId, optOutCodes } = workerData as PageThreadData;
const pages = new Map<number, readonly unknown[]>();
const writer = new PartWriter();

/** Thrown for what a page itself is to blame for. */
class Unreadable extends Error {}

function open(page: number, body: ArrayBuffer, now: number): OpenedCalls | undefined {
  const json = parsed(Buffer.from(body).toString("utf8"));
  // Given back now, not when the collector happens to come by.
  body.transfer(0);
  if (json === undefined) return undefined;
  const { rows, rest } = split(json);
  pages.set(page, rows);
  return {
    json: rest,
    items: rows.length,
    mark: markOf(rows),
    optOuts: optOutsOf(rows, { campaign: campaignId, now }, optOutCodes),
  };
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
  try {
    return hash("sha256", JSON.stringify(ids), "base64");
  } catch (thrown) {
    throw new Unreadable(`nested too deeply to read (${messageOf(thrown)})`);
  }
}

function land(page: number, { place, ...context }: LandingOrder): LandedCalls {
  const rows = pages.get(page);
  if (rows === undefined) throw new Unreadable("gone with the thread that had opened it");
  pages.delete(page);
  const { records, poison, unfinished, earliestUnfinished } = sortRows(rows, { campaignId, ...context });
  return {
    staged: [...writer.records(records, place), ...writer.quarantine(poison, place)],
    rows: records.length,
    unfinished,
    earliestUnfinished,
    quarantined: countReasons(poison),
  };
}

function answer(task: PageTask): PageReply | undefined {
  const { page } = task;
  switch (task.kind) {
    case "open":
      return { page, opened: open(page, task.body, task.now) };
    case "land":
      return { page, landed: land(page, task.order) };
    case "drop":
      pages.delete(page);
      return undefined;
  }
}

port.on("message", (task: PageTask) => {
  const { page } = task;
  try {
    const reply = answer(task);
    if (reply !== undefined) port.postMessage(reply);
  } catch (thrown) {
    pages.delete(page);
    // What cannot be handed over is nested too deeply as well.
    const unreadable = thrown instanceof Unreadable || (thrown instanceof DOMException && thrown.name === "DataCloneError");
    const reply: PageReply = unreadable ? { page, unreadable: messageOf(thrown) } : { page, failed: messageOf(thrown) };
    port.postMessage(reply);
  }
});
