// The way from a list to a proof that the documentation tells, command by command as it stands there, on the example files.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { workFolder } from "../../support/cli.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { programFile } from "../../support/programs-setup.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
let database: TestDatabase;
let folder: Awaited<ReturnType<typeof workFolder>>;
beforeEach(async () => {
  database = await createDatabase({ empty: true });
  folder = await workFolder();
  await cp(join(ROOT, "examples/compliance"), folder.path, { recursive: true });
});
afterEach(async () => {
  await database.dispose();
  await folder[Symbol.asyncDispose]();
});

/** Runs a line in a shell in which `npx outdial` is this checkout's. */
async function shell(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn("sh", ["-c", line], {
    cwd: folder.path,
    env: {
      PATH: `${folder.path}:${process.env["PATH"] ?? ""}`,
      HOME: process.env["HOME"],
      USER: "tester",
      DATABASE_URL: database.url,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

test("every command of the story works word by word, and the gate says what the story says", async () => {
  const shim = `#!/bin/sh\nshift\nexec "${process.execPath}" "${programFile("main")}" "$@"\n`;
  await writeFile(join(folder.path, "npx"), shim, { mode: 0o755 });
  const text = await readFile(join(ROOT, "docs/compliance.md"), "utf8");
  const [, story = "", said = ""] = /^## From a list to a proof$.*?^```sh\n(.*?)^```$.*?^```text\n(.*?)^```$/ms.exec(text) ?? [];
  const commands = story
    .replaceAll("\\\n", "")
    .split("\n")
    .filter((line) => line !== "");
  expect(commands.length).toBeGreaterThan(10);
  const answers = new Map<string, string>();
  for (const command of commands) {
    const { code, stdout, stderr } = await shell(command);
    expect({ command, code, stderr }).toMatchObject({ code: 0 });
    answers.set(/outdial (?:compliance )?(\S+ ?\S*)/.exec(command)?.[1] ?? "", stdout);
  }
  const answer = (name: string) => answers.get(name) ?? [...answers.keys()].join(", ");
  expect(answer("gate contacts.csv").split("\n")[0]).toBe(said.trim());
  expect(answer("verify-manifest gate.json")).toContain("verified");
  expect(answer("manifests --campaign")).toContain("camp_primary_001");
  expect(answer("revocations --open")).toContain("+12125550123");
  expect(answer("abandonment --campaign")).toContain("abandoned: 0.00 % (0 of 2");
  expect(answer("pack replay").match(/"change":"decision"/g)).toHaveLength(2);
  expect(answer("audit verify")).toContain("verified");
});
