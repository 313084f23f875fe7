// A page's commands as their reader types them: in bash, with `outdial` on its path.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fencesOf, missingOf } from "./documents.ts";
import { programEnvironment } from "./program.ts";
import { programFile } from "./programs-setup.ts";

export interface ShellResult {
  readonly code: number | null;
  /** What it said, on both streams. */
  readonly said: string;
}

/** A reader of one page. */
export interface PageShell {
  /** Runs the page's next fence of commands, and holds what it says against the `text` that the page shows after it. Throws when its end is not `code`. */
  next(code?: number): Promise<string>;
  /** The page's next fence of a language, not run: its text. */
  file(language: string): string;
  /** Starts the page's next fence of commands, which goes on until `stop`. */
  start(): { readonly said: () => string; stop(signal?: NodeJS.Signals): Promise<ShellResult> };
  /** The fences that have not been read yet, by their first lines. */
  rest(): string[];
}

/**
 * Opens a page, to be read from its beginning to its end.
 * @param page path of the document @param folder where its reader is @param shell variables that the reader has
 * @param stands what stands for the page's own values, such as addresses
 */
export async function readPage(
  page: string,
  folder: string,
  shell: Readonly<Record<string, string | undefined>>,
  stands: Readonly<Record<string, string>> = {},
): Promise<PageShell> {
  const programs = join(folder, "programs");
  await mkdir(programs, { recursive: true });
  await writeFile(join(programs, "outdial"), `#!/bin/sh\nexec "${process.execPath}" "${programFile("main")}" "$@"\n`);
  await chmod(join(programs, "outdial"), 0o755);
  const fences = fencesOf(readFileSync(join(import.meta.dirname, "../..", page), "utf8")).filter(
    ({ language }) => language !== "mermaid",
  );
  const env = programEnvironment({ ...shell, PATH: `${programs}:${shell["PATH"] ?? process.env["PATH"]}` });
  const filled = (text: string) => Object.entries(stands).reduce((all, [written, value]) => all.replaceAll(written, value), text);
  const take = (language: string) => {
    const fence = fences.shift();
    if (fence?.language !== language)
      throw new Error(`${page}: the next fence is not ${language} but ${fence?.language} (line ${fence?.line})`);
    return fence;
  };
  // What a fence exports holds for those after it, as in one terminal.
  const exported = join(programs, "exported");
  const around = (text: string) => `touch "${exported}"; . "${exported}"; trap 'export -p > "${exported}"' EXIT; ${filled(text)}`;
  const run = (text: string) => {
    // A group of its own: what the shell started ends with it.
    const child = spawn("bash", ["-euc", around(text)], { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (more: string) => {
        said += more;
      });
    const ended = new Promise<ShellResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, said }));
    });
    return { child, ended, said: () => said };
  };
  return {
    async next(wanted = 0) {
      const { text, line } = take("sh");
      const { code, said } = await run(text).ended;
      if (code !== wanted) throw new Error(`${page} line ${line} ended with ${code}, not ${wanted}:\n${said}`);
      if (fences[0]?.language === "text") {
        const missing = missingOf(take("text").text.split("\n"), said);
        if (missing.length > 0)
          throw new Error(`${page} line ${line}: these lines did not come:\n${missing.join("\n")}\nbut these:\n${said}`);
      }
      return said;
    },
    file: (language) => filled(take(language).text),
    start() {
      const { child, ended, said } = run(take("sh").text);
      return {
        said,
        async stop(signal = "SIGTERM") {
          // It may have ended by itself meanwhile.
          if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
            try {
              process.kill(-child.pid, signal);
            } catch (thrown) {
              if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
            }
          return await ended;
        },
      };
    },
    rest: () => fences.map(({ text }) => text.split("\n")[0] ?? ""),
  };
}
