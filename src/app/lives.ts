// Wiring of what is kept: the table of lives, and the places that have a person: the database, the lake, the working folder.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileTrouble, OutdialError } from "../kernel/index.ts";
import { maskedText, type Planned } from "../operations/views/index.ts";
import type { OutcomeLake } from "../outcomes/index.ts";
import {
  type Beyond,
  type ErasedPerson,
  type ErasedRows,
  LIVES,
  type PersonPlace,
  type PersonRows,
  patternsOf,
  type Store,
} from "../store/index.ts";
import { type Config, keptIn } from "./config.ts";
import { opening } from "./opening.ts";
import { lakeOn } from "./outcomes.ts";

/** The erasure of a person as it was shown. */
export interface ErasurePlan {
  readonly number: number;
  readonly reason: string;
  readonly places: readonly PersonPlace[];
}

/** Folders that have a life of their own and are searched as what they are. */
const ELSEWHERE: ReadonlySet<string> = new Set(["lake", "lake-cache", "pg", "tenants"]);

/** What is kept, for how long, and what was removed so far. */
export const livesIn = ({ file }: Pick<Config, "file">, { lives }: Pick<Store, "lives">) => ({
  list: () => lives.list(keptIn(file)),
});

/** The same, with the places that have a person, and its erasure. */
export function livesOn(
  { config, store }: { readonly config: Config; readonly store: Pick<Store, "lives" | "erasures"> },
  lake: OutcomeLake,
) {
  const kept = keptIn(config.file);
  const beyond: Beyond = {
    find: async (own, calls) => new Map([["lake", await inLake(lake, own, calls)], ...(await inFolder(config.dir, own, calls))]),
    erase: async (person) =>
      new Map([
        ["lake", await lake.erase({ pattern: patternsOf(person)[0]?.[0] ?? "", calls: person.calls })],
        ...(await eraseInFolder(config.dir, person)),
      ]),
  };
  const { lives, erasures } = store;
  return {
    ...livesIn(config, store),
    find: (number: number) => lives.find(number, kept, beyond.find),
    /** Holds as long as nothing of the person is at work, whatever is added meanwhile. */
    async planErasure(number: number, reason: string): Promise<Planned<ErasurePlan>> {
      const { places, refusals } = await erasures.preview(number, kept, beyond);
      const goes = places.filter(({ held }) => !held).length;
      return {
        operation: "data.erase",
        summary: `Erase a person from ${goes} of ${places.length} ${places.length === 1 ? "place" : "places"}: ${maskedText(reason)}`,
        // Not the number: who has a hash of it can try out all that there are.
        relies: { person: erasures.pseudonym(number), reason },
        refusals,
        plan: { number, reason, places },
      };
    },
    erase: ({ number, reason }: Pick<ErasurePlan, "number" | "reason">, actor: string) =>
      erasures.erase(number, { actor, reason }, kept, beyond),
    eraseAgain: (actor: string) => erasures.again(actor, kept, beyond),
  };
}

/** Opens the store and the lake. */
export const openLives = opening(async ({ config, store: opened, stack }) => {
  const store = await opened();
  return { lives: livesOn({ config, store }, lakeOn(stack, config, store)), actor: config.actor };
});

async function inLake(lake: OutcomeLake, own: string, calls: string | undefined): Promise<PersonRows> {
  const count = async (from: string, text: string) => {
    const [row] = await lake.query<{ rows: number; calls: number }>(
      `SELECT count(*) FILTER (WHERE own) AS rows, count(*) FILTER (WHERE called AND NOT own) AS calls FROM (
         SELECT regexp_matches(${text}, $1) AS own, coalesce(regexp_matches(${text}, $2), false) AS called FROM ${from})`,
      [own, calls ?? null],
    );
    return row ?? { rows: 0, calls: 0 };
  };
  const text = (...columns: readonly string[]) => `concat_ws(chr(10), ${columns.join(", ")})`;
  const versions = await count("versions", text("call_id", "agent_id", "contact_id", "list_id", "raw"));
  const aside = await count("quarantine", text("call_id", "detail", "row"));
  return { rows: versions.rows + aside.rows, calls: versions.calls + aside.calls };
}

/** Files of the working folder, by the life that they are part of; one that has none is not outdial's. */
async function inFolder(dir: string, own: string, calls: string | undefined): Promise<readonly [string, PersonRows][]> {
  const [number, ids] = [new RegExp(own), calls === undefined ? undefined : new RegExp(calls)];
  const found: [string, PersonRows][] = [];
  for (const { name, kind } of LIVES) {
    if (kind === "table" || ELSEWHERE.has(name)) continue;
    let [rows, more] = [0, 0];
    for (const path of await pathsOf(dir, { name, kind })) {
      const what = await lookThrough(path, number, ids);
      if (what === "number") rows += 1;
      else if (what === "call") more += 1;
    }
    if (rows + more > 0) found.push([name, { rows, calls: more }]);
  }
  return found;
}

const pathsOf = async (dir: string, { name, kind }: Pick<(typeof LIVES)[number], "name" | "kind">): Promise<readonly string[]> =>
  kind === "folder" ? filesIn(join(dir, name)) : name.split(", ").map((one) => join(dir, one));

/** Letters in place of a number's digits: a file that somebody writes at this moment keeps its length. */
async function eraseInFolder(dir: string, { number }: ErasedPerson): Promise<readonly [string, ErasedRows][]> {
  const erased: [string, ErasedRows][] = [];
  const own = new RegExp(patternsOf({ number, calls: [] })[0]?.[0] ?? "");
  for (const { name, kind, span } of LIVES) {
    if (kind === "table" || ELSEWHERE.has(name) || span.held !== undefined) continue;
    const left: string[] = [];
    for (const path of await pathsOf(dir, { name, kind }))
      if ((await lookThrough(path, own, undefined)) !== undefined) left.push(await blot(path, own));
    if (left.length > 0) erased.push([name, { rows: left.length, left }]);
  }
  return erased;
}

/** @returns the SHA-256 of the file as it is then */
async function blot(path: string, own: RegExp): Promise<string> {
  const handle = await open(path, "r+");
  try {
    const text = await handle.readFile("utf8");
    for (const { index, 0: found } of text.matchAll(new RegExp(own, "g"))) {
      // The ends of what was found may be of something else; they have no digits.
      const bytes = Buffer.from(found.replaceAll(/[0-9]/g, "x"));
      await handle.write(bytes, 0, bytes.length, Buffer.byteLength(text.slice(0, index)));
    }
    await handle.sync();
    return createHash("sha256")
      .update(await handle.readFile())
      .digest("hex");
  } catch (thrown) {
    throw unread(path, thrown);
  } finally {
    await handle.close();
  }
}

/** No number and no id of a call is longer, characters. */
const OVERLAP = 256;

/** What a file has of the person. One that cannot be read is not one without the person: throws OutdialError. */
async function lookThrough(path: string, number: RegExp, ids: RegExp | undefined): Promise<"number" | "call" | undefined> {
  let [before, isCalled] = ["", false];
  try {
    for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
      const text = before + chunk;
      if (number.test(text)) return "number";
      isCalled ||= ids?.test(text) === true;
      before = text.slice(-OVERLAP);
    }
  } catch (thrown) {
    if (!isAbsent(thrown)) throw unread(path, thrown);
  }
  return isCalled ? "call" : undefined;
}

const isAbsent = (thrown: unknown): boolean => thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT";
const unread = (path: string, thrown: unknown) =>
  new OutdialError(
    "invalid_input",
    `cannot look through ${path}: ${fileTrouble(thrown)}; whether it has the person is not known`,
  );

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((thrown: unknown) => {
    if (isAbsent(thrown)) return [];
    throw unread(folder, thrown);
  });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
