// What commands share that run until they are stopped.

import { spawn } from "node:child_process";
import type { Io } from "./io.ts";

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export async function stopped(io: Io): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  using _listening = io.onInterrupt(resolve);
  await promise;
}

/** Shows an address in the user's browser, or says that none could be opened. */
export function openBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(command ?? "xdg-open", [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => io.say("no browser could be opened; open the link yourself"));
  child.unref();
}
