// Shows a long answer in the user's pager.

import { spawn } from "node:child_process";

/** @returns false when the pager cannot be started: then the text must be printed directly */
export async function page(pager: string, text: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const child = spawn(pager, { shell: true, stdio: ["pipe", "inherit", "inherit"], env: { ...env } });
  const ended = new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    // 126 and 127: the shell did not find it.
    child.once("close", (code) => resolve(code !== 126 && code !== 127));
  });
  // A person who leaves the pager early has read enough.
  child.stdin.on("error", () => undefined);
  child.stdin.end(text);
  return await ended;
}
