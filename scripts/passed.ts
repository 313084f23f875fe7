// What passed on the present state of the files, so that a long row of runs that was broken off goes on where it was.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = fileURLToPath(new URL("../node_modules/.cache/outdial-tests/", import.meta.url));

/** What the working tree holds. */
function treeState(): string {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 28 });
  return `${git("rev-parse", "HEAD")}${git("status", "--porcelain")}${git("diff", "HEAD")}`;
}

export interface Passed {
  has(name: string): boolean;
  add(name: string): void;
}

/** What of a row of runs has passed on these files. @param again true forgets it */
export function passedRuns(row: string, again: boolean): Passed {
  const file = `${FOLDER}${row}.json`;
  const state = treeState();
  const names = new Set(again ? [] : readNames(file, state));
  return {
    has: (name) => names.has(name),
    add(name) {
      names.add(name);
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, JSON.stringify({ state, names: [...names] }));
    },
  };
}

function readNames(file: string, state: string): string[] {
  try {
    const note = JSON.parse(readFileSync(file, "utf8")) as { state?: unknown; names?: unknown };
    return note.state === state && Array.isArray(note.names) ? note.names.map(String) : [];
  } catch {
    return [];
  }
}
