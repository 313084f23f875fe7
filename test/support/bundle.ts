// A program of the tests as a few files instead of more than a thousand modules: where it is started many times and killed, which leaves no compiled
// code behind for the next start, loading modules is most of what it costs. The code is that of the sources.

import { symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { workFolder } from "./cli.ts";
import { type Program, type ProgramOptions, startProgram } from "./program.ts";

/** What finds files of its own, and what DBOS would like to have and does without. */
const LEFT_OUT = ["@duckdb/node-api", "pg-native", "winston", "winston-transport", /^@opentelemetry\//];

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Threads that are looked for beside the code that starts them. */
const THREADS = [fileURLToPath(new URL("../../src/operations/retrieval/page-worker.ts", import.meta.url))];

/** A program to start; gone on dispose. */
export interface Bundle extends AsyncDisposable {
  /** Starts it; what it says on stderr is shown. */
  start(args: readonly string[], options: Pick<ProgramOptions, "cwd" | "env" | "openInput">): Program;
}

/**
 * Bundles a program. What it uses until its end must be used within a function: a bundler forgets to dispose of what a module itself is using.
 * @param entry its file
 */
export async function bundle(entry: string): Promise<Bundle> {
  const folder = await workFolder();
  const outDir = join(folder.path, "bundle");
  const name = basename(entry, ".ts");
  await build({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: "node24",
      outDir,
      minify: false,
      rolldownOptions: {
        external: LEFT_OUT,
        input: { [name]: entry, ...Object.fromEntries(THREADS.map((file) => [basename(file, ".ts"), file])) },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  await symlink(join(ROOT, "node_modules"), join(folder.path, "node_modules"));
  // What was compiled once, for all that are started and their threads, need not be again. It must be flushed in time.
  const cache = { NODE_COMPILE_CACHE: join(folder.path, "compiled") };
  return {
    start: (args, { env, ...options }) =>
      startProgram(join(outDir, `${name}.js`), args, { ...options, env: { ...cache, ...env }, showErrors: true }),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
