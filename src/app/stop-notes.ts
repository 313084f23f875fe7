// Notes of stops made without a store, or while it was away: lines in a file of the working folder, appended during the stop, and put
// into the audit log by a running service, or by the next process that opens the store.

import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { appendFile, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../kernel/index.ts";
import type { StopJot } from "../operations/index.ts";
import {
  type AuditInput,
  type ListProblem,
  type MadeChange,
  pauseEntry,
  type Stop,
  type StopPause,
  type StopRow,
  type Store,
} from "../store/index.ts";

const FOLDER = "stops";
const SUFFIX = ".ndjson";
/** A note without an end that was not touched for this time belongs to a process that is gone. */
const ABANDONED_MS = 10 * 60_000;

const line = z.looseObject({
  at: z.number(),
  actor: z.string(),
  action: z.enum(["campaign.stop", "campaign.pause", "campaign.stop.end"]),
  subject: z.string(),
  details: z.record(z.string(), z.unknown()),
});
type NoteLine = z.output<typeof line>;

/** The notes of one stop. When the folder cannot be written, the stop continues: then `warn` is called, once, and what is not written is tried again with what follows. */
export class StopNotes implements StopJot {
  readonly #path: string;
  readonly #stop: Pick<Stop, "id" | "actor" | "reason" | "scope">;
  readonly #by: { readonly now: () => number; readonly warn: (message: string) => void };
  /** Lines that are not in the file yet. */
  #due: string[] = [];
  #problem: string | undefined;

  /** @param dir the working folder, created when it does not exist */
  constructor(
    dir: string,
    stop: Pick<Stop, "id" | "actor" | "reason" | "scope">,
    by: { readonly now: () => number; readonly warn: (message: string) => void },
  ) {
    this.#path = join(dir, FOLDER, `${stop.id}_${process.pid}${SUFFIX}`);
    this.#stop = stop;
    this.#by = by;
    const { id, scope, reason } = stop;
    this.#add("campaign.stop", id, { campaigns: scope ?? "all", ...(reason === null ? {} : { reason }) });
  }

  pause(pause: StopPause): void {
    const { action, subject, details } = pauseEntry(this.#stop, pause);
    this.#add(action, subject, { ...details });
  }

  end(details: Readonly<Record<string, unknown>>): void {
    this.#add("campaign.stop.end", this.#stop.id, details);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  discard(): void {
    rmSync(this.#path, { force: true });
  }

  #add(action: string, subject: string, details: Readonly<Record<string, unknown>>): void {
    const { id, actor } = this.#stop;
    const note = { at: this.#by.now(), actor, action, subject, details: { ...details, stop: id } };
    this.#due.push(`${JSON.stringify(note)}\n`);
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true, mode: 0o700 });
      // After a failure there may be the beginning of a line.
      appendFileSync(this.#path, `${this.#problem === undefined ? "" : "\n"}${this.#due.join("")}`, { mode: 0o600 });
      this.#due = [];
      this.#problem = undefined;
    } catch (thrown) {
      const isNew = this.#problem === undefined;
      this.#problem = `the stop is noted nowhere, and nobody goes on with it when this process ends: ${messageOf(thrown)}`;
      if (isNew) this.#by.warn(this.#problem);
    }
  }
}

/**
 * When the latest stop of this folder was noted, whether it is in the audit log yet or not, by the clock of `now`; undefined when there was
 * none.
 */
export async function latestStop(dir: string, now: number): Promise<number | undefined> {
  const folder = join(dir, FOLDER);
  const names = await readdir(folder).catch(() => []);
  const idle = await Promise.all(names.map((name) => idleFor(join(folder, name), now)));
  return idle.length === 0 ? undefined : now - Math.min(...idle);
}

/**
 * How long a file of notes was not touched, ms, by the clock of its folder: this process may have another one.
 * @param now where the folder cannot be written; 0 is the answer without it
 */
async function idleFor(path: string, now?: number): Promise<number> {
  const touched = await stat(path).catch(() => undefined);
  if (touched === undefined) return 0;
  const probe = join(path, "../..", `.now-${process.pid}-${randomUUID()}`);
  try {
    await writeFile(probe, "", { mode: 0o600 });
    return (await stat(probe)).mtimeMs - touched.mtimeMs;
  } catch {
    return now === undefined ? 0 : now - touched.mtimeMs;
  } finally {
    await rm(probe, { force: true });
  }
}

/** Puts the notes of earlier stops into the audit log, each once. */
export async function takeStopNotes(dir: string, store: Store): Promise<void> {
  const folder = join(dir, FOLDER);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(SUFFIX)).sort()) {
    const path = join(folder, name);
    await store.locks.hold(`stop notes ${name}`, async () => {
      const text = await readFile(path, "utf8").catch(() => "");
      const entries = entriesOf(text);
      const ended = entries.some(({ action }) => action === "campaign.stop.end");
      if (entries.length === 0 || (!ended && (await idleFor(path)) < ABANDONED_MS)) return;
      const id = idIn(name);
      // What was taken before from a process that was thought to be gone, and went on.
      const before = await readFile(`${path}.audited`, "utf8").catch(() => "");
      const whole = `${before}${text}`;
      // They were appended before, but the process ended before it renamed the file.
      const there = await store.audit.list({ subject: id, limit: 10 });
      if (!there.some(({ action }) => action === (before === "" ? "campaign.stop" : "campaign.stop.end"))) {
        await store.stateIntents.made(pausesOf(whole));
        await store.audit.append(entries);
        const given = stopOf(id, entriesOf(whole));
        const over = overOf(whole);
        if (given !== undefined && over === undefined) await store.stops.give(given);
        // What it did not confirm needs somebody, as that of a service's stop does.
        if (given !== undefined && over !== undefined)
          await store.stops.over({ ...given, executor: null, supersededBy: null, endedAt: over.at }, over.problem, over.rows);
      }
      if (before !== "") await writeFile(path, whole, { mode: 0o600 });
      await rename(path, `${path}.audited`);
    });
  }
}

/** A stop that did not end because its process is gone. */
export interface LeftStop {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  readonly createdAt: number;
  /** Its campaigns; null for all. */
  readonly scope: readonly string[] | null;
}

/** The name of a file of notes: the stop's id, and the process that writes them. */
const STOP_NAME = /^(stop_[0-9a-zA-Z]+)_(\d+)\.ndjson$/;
const idIn = (name: string): string => STOP_NAME.exec(name)?.[1] ?? name.slice(0, -SUFFIX.length);
const beginning = z.looseObject({
  at: z.iso.datetime(),
  campaigns: z.union([z.literal("all"), z.array(z.string()).readonly()]),
  reason: z.string().optional(),
});

/**
 * Stops of this folder whose process ended before they did, each given to `enter` once, which continues it, or to `unreadable`: what it was to stop is not
 * known. @param lives whether a process of this machine is alive
 */
export async function takeLeftStops(
  dir: string,
  here: { readonly now: () => number; readonly lives: (pid: number) => boolean },
  enter: (stop: LeftStop) => Promise<void>,
  unreadable: (id: string, at: number) => Promise<void>,
): Promise<void> {
  const folder = join(dir, FOLDER);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, id, pid] = STOP_NAME.exec(name) ?? [];
    if (id === undefined || pid === undefined) continue;
    const path = join(folder, name);
    if (here.lives(Number(pid)) && (await idleFor(path)) < ABANDONED_MS) continue;
    const entries = entriesOf(await readFile(path, "utf8").catch(() => ""));
    const left = stopOf(id, entries);
    if (left === undefined) {
      await unreadable(id, (await stat(path)).mtimeMs);
      await rename(path, `${path}.unreadable`);
      continue;
    }
    if (entries.some(({ action }) => action === "campaign.stop.end")) continue;
    await enter(left);
    const end: NoteLine = {
      at: here.now(),
      actor: left.actor,
      action: "campaign.stop.end",
      subject: id,
      details: { stop: id, takenUp: "its process ended before the stop did; the service continues it" },
    };
    await appendFile(path, `\n${JSON.stringify(end)}\n`, { mode: 0o600 });
  }
}

/** Undefined when its beginning is not whole. */
function stopOf(id: string, entries: readonly AuditInput[]): LeftStop | undefined {
  const begun = entries.find(({ action }) => action === "campaign.stop");
  const given = beginning.safeParse(begun?.details);
  if (begun === undefined || !given.success) return undefined;
  const { at, campaigns, reason = null } = given.data;
  return { id, actor: begun.actor, reason, createdAt: Date.parse(at), scope: campaigns === "all" ? null : campaigns };
}

const named = z.array(z.string());
const ending = z.looseObject({
  notConfirmed: z.array(z.looseObject({ campaignId: z.string(), message: z.string().nullable() })),
  seenPaused: named,
  alreadyPaused: named,
  resumed: named,
  listProblem: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
});

/** What came of a stop's campaigns in the end; undefined when it did not end by itself. */
function overOf(
  text: string,
): { readonly at: number; readonly problem: ListProblem | null; readonly rows: StopRow[] } | undefined {
  const notes = linesOf(text);
  const last = notes.find(({ action }) => action === "campaign.stop.end");
  const ended = ending.safeParse(last?.details);
  if (last === undefined || !ended.success) return undefined;
  const { notConfirmed, seenPaused, alreadyPaused, resumed, listProblem } = ended.data;
  const isNamed = notes.some(({ action, details }) => action === "campaign.stop" && details["campaigns"] !== "all");
  const source = isNamed ? "named" : "listed";
  const rows = new Map<string, StopRow>();
  const put = (campaignId: string, row: Pick<StopRow, "outcome"> & Partial<StopRow>) =>
    rows.set(campaignId, {
      campaignId,
      source,
      shown: null,
      confirmed: false,
      activeCalls: null,
      message: null,
      code: null,
      settled: true,
      ...row,
    });
  for (const { action, subject, details } of notes)
    if (action === "campaign.pause")
      put(subject, { outcome: details["outcome"] === "already" ? "already" : "changed", shown: true, confirmed: true });
  for (const { campaignId, message } of notConfirmed) {
    const paused = rows.get(campaignId);
    put(campaignId, { outcome: paused?.outcome ?? "failed", message });
  }
  for (const id of seenPaused) put(id, { outcome: "seen", shown: true });
  for (const id of alreadyPaused) put(id, { outcome: "listed" });
  for (const id of resumed) put(id, { outcome: "resumed" });
  return { at: last.at, problem: listProblem, rows: [...rows.values()] };
}

/** The pauses of a stop, with the time of its beginning: a person who resumed a campaign since then did so after it. */
function pausesOf(text: string): MadeChange[] {
  const notes = linesOf(text);
  const begun = notes.find(({ action }) => action === "campaign.stop");
  return notes.flatMap(({ at, actor, action, subject, details }): MadeChange[] => {
    if (action !== "campaign.pause" || details["outcome"] !== "changed") return [];
    const { reason } = details;
    const why = typeof reason === "string" ? reason : null;
    return [{ campaignId: subject, target: "paused", actor, reason: why, at: begun?.at ?? at }];
  });
}

function entriesOf(text: string): AuditInput[] {
  return linesOf(text).map(({ at, actor, action, subject, details }) => ({
    actor,
    action,
    subject,
    details: { ...details, at: new Date(at).toISOString(), withoutStore: true },
  }));
}

/** A line that was cut off by the end of its process is skipped. */
function linesOf(text: string): NoteLine[] {
  return text.split("\n").flatMap((part) => {
    if (part === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(part);
    } catch {
      return [];
    }
    const parsed = line.safeParse(value);
    return parsed.success ? [parsed.data] : [];
  });
}
