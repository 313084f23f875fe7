// Shared by commands that run until they are stopped.

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Interruption } from "../operations/index.ts";
import type { Io } from "./io.ts";

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export async function stopped({ signal }: Pick<Io, "signal">): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/**
 * Until it is disposed of, the first SIGINT or SIGTERM stops what runs here in order, or stops following what a service runs, and
 * prints which.
 */
export function endedByInterrupt(io: Io, runtime: { interrupt(): Interruption }): Disposable {
  return io.onInterrupt(() => {
    const stops = runtime.interrupt() === "stopping";
    io.say(
      stops
        ? "stopping: finishing and recording requests under way; press again to stop at once"
        : "no longer followed: what a service has begun goes on",
    );
  });
}

/** Prints a progress line whenever it has changed: on one line of a terminal, else as messages. */
export function standing(io: Io): (line: string) => void {
  let told = "";
  return (line) => {
    if (line === told) return;
    told = line;
    if (io.live) io.progress(line);
    else io.say(line);
  };
}

/** Opens an address in the user's browser, or says that none could be opened. */
export function openBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(command ?? "xdg-open", [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => io.say("no browser could be opened; open the link yourself"));
  child.unref();
}
