#!/usr/bin/env node
// Starts the CLI: the compiled one of the published package, or the sources of a checkout. An older Node hands over to the one
// that the checkout brings as a dev dependency, so that `npx outdial` works whatever `node` the machine has.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const source = join(root, "src/cli/main.ts");
const entry = existsSync(source) ? source : join(root, "dist/cli/main.js");
const major = Number(process.versions.node.split(".")[0]);

if (major >= 24) {
  module.enableCompileCache();
  // Threads and child processes keep what they compile only when the environment says where; a folder for this version of Node is made within.
  const cache = module.getCompileCacheDir();
  if (cache !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(cache);
  await import(pathToFileURL(entry).href);
} else {
  const newer = join(root, "node_modules/node/bin/node");
  if (!existsSync(newer)) {
    process.stderr.write(
      `outdial needs Node 24 or newer; this is ${process.version}. Install it from your package manager${existsSync(source) ? ", or run 'npm ci' first" : ""}.\n`,
    );
    process.exitCode = 2;
  } else {
    // The channel tells the child when this process is gone, however it ended.
    const child = spawn(newer, [entry, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
    for (const signal of ["SIGINT", "SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"])
      process.on(signal, () => child.kill(signal));
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
    });
  }
}
