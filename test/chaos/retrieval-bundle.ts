// The retrieving process as a few files instead of more than a thousand modules: where hundreds are started one after the other, loading them is
// most of what it costs. The code is that of the sources.

import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

/** What finds files of its own, and what DBOS would like to have and does without. */
const LEFT_OUT = ["@duckdb/node-api", "pg-native", "winston", "winston-transport", /^@opentelemetry\//];

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CHILD = fileURLToPath(new URL("./retrieval-child.ts", import.meta.url));
const WORKER = fileURLToPath(new URL("../../src/operations/retrieval/page-worker.ts", import.meta.url));

/** Bundles into a folder of the caller's. @returns the file to start */
export async function bundleRetrievalChild(folder: string): Promise<string> {
  const outDir = join(folder, "bundle");
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
        // The thread of a retrieval is looked for beside the code that starts it.
        input: { "retrieval-child": CHILD, "page-worker": WORKER },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return join(outDir, "retrieval-child.js");
}
