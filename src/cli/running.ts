// What commands share that run until they are stopped.

import { spawn } from "node:child_process";
import type { Io } from "./io.ts";

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function stopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve();
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
  });
}

/** Shows an address in the user's browser, or says that none could be opened. */
export function openBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === "darwin" ? ["open"] : process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
  const child = spawn(command ?? "xdg-open", [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => io.say("no browser could be opened; use the link above"));
  child.unref();
}
