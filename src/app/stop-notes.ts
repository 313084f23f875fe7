// Notes of stops made without a store: lines in a file of the working folder, appended during the stop, and put into the audit
// log by the next process that opens the store.

import { appendFileSync, mkdirSync } from "node:fs";
import { appendFile, readdir, readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AuditInput, MadeChange, Store } from "../store/index.ts";

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

/** Writes the notes of one stop. When the folder cannot be written, the stop continues: then `warn` is called, once. */
export class StopNotes {
  readonly id: string;
  readonly #path: string;
  readonly #actor: string;
  readonly #now: () => number;
  readonly #warn: (message: string) => void;
  #broken = false;

  /** @param dir the working folder, created when it does not exist */
  constructor(dir: string, { actor, now, warn }: { actor: string; now: () => number; warn: (message: string) => void }) {
    this.id = `stop_${new Date(now()).toISOString().replace(/[-:.]/g, "")}_${process.pid}`;
    this.#path = join(dir, FOLDER, `${this.id}${SUFFIX}`);
    this.#actor = actor;
    this.#now = now;
    this.#warn = warn;
  }

  add(action: NoteLine["action"], subject: string, details: Readonly<Record<string, unknown>>): void {
    if (this.#broken) return;
    const note: NoteLine = { at: this.#now(), actor: this.#actor, action, subject, details: { ...details, stop: this.id } };
    try {
      mkdirSync(join(this.#path, ".."), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${JSON.stringify(note)}\n`, { mode: 0o600 });
    } catch (thrown) {
      this.#broken = true;
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.#warn(`the steps of the stop cannot be recorded for the audit log: ${why}`);
    }
  }
}

/** When the latest stop of this folder was noted, whether it is in the audit log yet or not; undefined when there was none. */
export async function latestStop(dir: string): Promise<number | undefined> {
  const folder = join(dir, FOLDER);
  const names = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Puts the notes of earlier stops into the audit log, each once. */
export async function takeStopNotes(dir: string, store: Store, now: number): Promise<void> {
  const folder = join(dir, FOLDER);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith(SUFFIX)).sort()) {
    const path = join(folder, name);
    await store.locks.hold(`stop notes ${name}`, async () => {
      const text = await readFile(path, "utf8").catch(() => "");
      const entries = entriesOf(text);
      const ended = entries.some(({ action }) => action === "campaign.stop.end");
      const touched = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => now,
      );
      if (entries.length === 0 || (!ended && now - touched < ABANDONED_MS)) return;
      const id = name.slice(0, -SUFFIX.length);
      // They were appended before, but the process ended before it renamed the file.
      const there = await store.audit.list({ subject: id, limit: 1 });
      if (there.length === 0) {
        await store.stateIntents.made(pausesOf(text));
        await store.audit.append(entries);
        const given = stopOf(id, entries);
        if (given !== undefined) await store.stops.give(given);
      }
      await rename(path, `${path}.audited`);
    });
  }
}

/** A stop that did not end because its process is gone. */
export interface LeftStop {
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Its campaigns; null for all. */
  readonly scope: readonly string[] | null;
}

const STOP_NAME = /^stop_[0-9TZ]+_(\d+)\.ndjson$/;
const beginning = z.looseObject({
  campaigns: z.union([z.literal("all"), z.array(z.string()).readonly()]),
  reason: z.string().optional(),
});

/**
 * Stops of this folder whose process ended before they did, each given to `enter` once, which continues it. @param lives whether
 * a process of this machine is alive
 */
export async function takeLeftStops(
  dir: string,
  here: { readonly now: () => number; readonly lives: (pid: number) => boolean },
  enter: (stop: LeftStop) => Promise<void>,
): Promise<void> {
  const folder = join(dir, FOLDER);
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid] = STOP_NAME.exec(name) ?? [];
    if (pid === undefined) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: here.now() }));
    if (here.lives(Number(pid)) && here.now() - mtimeMs < ABANDONED_MS) continue;
    const entries = entriesOf(await readFile(path, "utf8").catch(() => ""));
    const id = name.slice(0, -SUFFIX.length);
    const left = stopOf(id, entries);
    if (left === undefined || entries.some(({ action }) => action === "campaign.stop.end")) continue;
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
  const { campaigns, reason = null } = given.data;
  return { id, actor: begun.actor, reason, scope: campaigns === "all" ? null : campaigns };
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
