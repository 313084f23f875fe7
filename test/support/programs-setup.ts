// The command line and the programs that tests start and kill, as a few files instead of more than a thousand modules: loading modules is most of what
// a start costs. The code is that of the sources. Bundled once when the sources have changed.

import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { bundle } from "../../scripts/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");
const PLACE = join(ROOT, "node_modules/.outdial-programs");
const KEPT_MS = 24 * 3_600_000;
/** Where the programs are: set for the run. */
const PROGRAMS = "OUTDIAL_TEST_PROGRAMS";

/** What finds files of its own, and what DBOS would like to have and does without. */
const LEFT_OUT = ["@duckdb/node-api", "pg-native", "winston", "winston-transport", /^@opentelemetry\//];
/** What the command line reads beside its code. */
const BESIDE = ["package.json", "examples", "schemas", "docs"];

/** The file of a bundled program. @param name `main` is the command line as bin/outdial.mjs starts it */
export function programFile(name: string): string {
  const folder = process.env[PROGRAMS];
  if (!folder) throw new Error(`${PROGRAMS} is not set: run through vitest`);
  return join(folder, name === "main" ? "bin/outdial.mjs" : `dist/app/${name}.js`);
}

/** vitest calls this before the first test. */
export default async function setup(): Promise<void> {
  const programs = globSync(["test/chaos/*-child.ts", "test/support/postgres-user.ts"], { cwd: ROOT });
  const folder = join(
    PLACE,
    hashOf(["package-lock.json", ...globSync(["src/**/*.ts", "test/{chaos,support}/*.ts", "scripts/bundle.ts"], { cwd: ROOT })]),
  );
  process.env[PROGRAMS] = folder;
  if (existsSync(folder)) return;
  // Runs side by side make it each for itself; the first one's is taken.
  const draft = `${folder}.${process.pid}`;
  await bundled(programs, draft);
  try {
    renameSync(draft, folder);
  } catch {
    rmSync(draft, { recursive: true, force: true });
  }
  // By the file system's time: the clock of a run may be another one.
  const made = (name: string) => statSync(join(PLACE, name)).mtimeMs;
  const now = made(basename(folder));
  for (const name of globSync("*", { cwd: PLACE }))
    if (now - made(name) > KEPT_MS) rmSync(join(PLACE, name), { recursive: true, force: true });
}

async function bundled(programs: readonly string[], folder: string): Promise<void> {
  const entries = Object.fromEntries(["src/cli/main.ts", ...programs].map((file) => [basename(file, ".ts"), file]));
  await bundle(entries, join(folder, "dist/app"), LEFT_OUT);
  // As in the published package: the program in bin, code two folders below the root.
  for (const name of ["bin", "dist/cli"]) mkdirSync(join(folder, name), { recursive: true });
  copyFileSync(join(ROOT, "bin/outdial.mjs"), join(folder, "bin/outdial.mjs"));
  writeFileSync(join(folder, "dist/cli/main.js"), 'import "../app/main.js";\n');
  for (const name of BESIDE) symlinkSync(join(ROOT, name), join(folder, name));
}

function hashOf(files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files.toSorted()) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  return hash.digest("hex").slice(0, 16);
}
