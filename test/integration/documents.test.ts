// Every fence of README.md and docs/*.md is run, from the text itself and in its order: in one workplace for each document, with a sandbox as its tenant.

import { readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { createSandbox } from "../../src/sandbox/index.ts";
import { beginCli } from "../support/cli.ts";
import { type Command, commandsOf, type Fence, fencesOf, missingOf } from "../support/documents.ts";
import { type HastenedClock, hastenedClock } from "../support/hastened-clock.ts";
import { type StartedWorld, startWorld } from "../support/world.ts";
import type { Page } from "./documents/page.ts";
import { PAGES } from "./documents/pages.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const DOCUMENTS = ["README.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith(".md"),
);

/** When the documents are read: a Tuesday, 11:00 in New York, so that it does not matter on which day and at which hour this runs. */
const NOW = Date.UTC(2026, 5, 16, 15);

/** How much faster time passes for commands that wait for minutes; a tenant's deadlines of seconds still do for requests on this machine. */
const HASTE = 20;

/** A command that has not ended by itself by then is stopped, and fails. */
const LONGEST_MS = 120_000;

/** Someone who reads a document and does what it says. */
interface Reader {
  readonly page: Page;
  readonly world: StartedWorld;
  readonly clock: HastenedClock;
  /** Variables of the shell. */
  readonly shell: Record<string, string>;
  /** What stays until the document ends. */
  readonly stack: AsyncDisposableStack;
  /** What the commands of the last fence said. */
  said: string;
}

/** What a page says of a command, by a part of it. */
function about<Value>({ written }: Command, parts: Readonly<Record<string, Value>> = {}): Value | undefined {
  return Object.entries(parts).find(([part]) => written.includes(part))?.[1];
}
const isAmong = ({ written }: Command, parts: readonly string[] = []): boolean => parts.some((part) => written.includes(part));

/** Runs one command. @returns what it said */
async function run(command: Command, reader: Reader): Promise<string> {
  const { page, world, shell } = reader;
  const [program = "", ...given] = command.words;
  if (program === "export") {
    for (const [name, value] of Object.entries(command.sets))
      if (!value.includes("…")) shell[name] = value;
      else if (shell[name] === undefined) fail(`${name} is for the reader to set, and is not set`);
    return "";
  }
  const written = await Promise.all(given.map(async (word) => (await page.stands?.[word]?.(world)) ?? word));
  const words = written.map((word) =>
    word.replaceAll(/\$([A-Z_]+)/g, (_, name: string) => shell[name] ?? fail(`${name} is not set`)),
  );
  if (program !== "outdial") return (await page.others?.[program]?.(words, world, shell)) ?? fail(`${program} is not run here`);
  await about(command, page.byHand)?.(world);
  const said = await runOutdial(command, words, reader);
  const learns = about(command, page.learns);
  if (learns !== undefined) shell[learns[0]] = learns[1].exec(said)?.[1] ?? fail(`nothing to take as ${learns[0]} in ${said}`);
  return said;
}

async function runOutdial(
  command: Command,
  words: readonly string[],
  { page, world, clock, shell, stack }: Reader,
): Promise<string> {
  const pace = (speed: number) => {
    world.sandbox.control.setClock({ speed });
    clock.pace(speed);
  };
  if (isAmong(command, page.hastened)) pace(HASTE);
  const running = beginCli([...words, ...(about(command, page.adds) ?? [])], {
    cwd: world.folder,
    env: { LC_ALL: "C.UTF-8", TERM: "xterm", ...shell, ...command.sets },
    clock,
    ...(isAmong(command, page.asks) ? { answers: "y\n" } : {}),
  });
  const stays = about(command, page.stays);
  const until = stays ?? about(command, page.stopped);
  if (until === undefined) {
    const late = setTimeout(() => running.interrupt(), LONGEST_MS);
    void running.ended.finally(() => clearTimeout(late));
  } else {
    const early = running.ended.then((ended) => fail(`${command.written} ended by itself: ${JSON.stringify(ended)}`));
    await Promise.race([expect.poll(() => running.stdout() + running.stderr(), { timeout: LONGEST_MS }).toMatch(until), early]);
    if (stays !== undefined) {
      stack.defer(async () => {
        running.interrupt();
        await running.ended;
      });
      early.catch(() => undefined);
      return `${running.stdout()}\n${running.stderr()}`;
    }
    running.interrupt();
  }
  const { code, stdout, stderr } = await running.ended;
  pace(1);
  const ends = [about(command, page.ends) ?? (until === undefined ? 0 : 130)].flat();
  if (code === null || !ends.includes(code))
    fail(`${command.written} ended with ${code}, not ${ends.join(" or ")}:\n${stderr}${stdout}`);
  if (command.into !== undefined) await writeFile(join(world.folder, command.into), stdout);
  return `${stdout}\n${stderr}`;
}

function fail(message: string): never {
  throw new Error(message);
}

/** A program as its reader would run it, with this checkout's sources as the package. */
async function runProgram({ text, line }: Fence, { world, page, shell }: Reader): Promise<void> {
  const file = join(world.folder, `program-${line}.ts`);
  const from = (door: string | undefined) => pathToFileURL(join(ROOT, "src", door ?? "", "index.ts")).href;
  const program = text.replaceAll(/from "outdial(\/\w+)?"/g, (_, door?: string) => `from "${from(door)}"`);
  await writeFile(file, `${program}\n${page.after ?? ""}\n`);
  const [folder, before] = [process.cwd(), { ...process.env }];
  Object.assign(process.env, shell);
  process.chdir(world.folder);
  try {
    await import(pathToFileURL(file).href);
  } finally {
    process.chdir(folder);
    for (const name of Object.keys(shell)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

/** Holds a file that a document shows against what reads such files. */
async function holdFile({ language, kind, text, line }: Fence, reader: Reader): Promise<void> {
  const { world, page, shell } = reader;
  const path = join(world.folder, `fence-${line}.${language}`);
  await writeFile(path, `${text}\n`);
  const accepted = async (...words: string[]) =>
    expect(await world.run([...words, path])).toMatchObject({ code: 0, stdout: expect.any(String) });
  switch (kind) {
    case "outdial.yaml":
      return await accepted("context", "--config");
    case "rule pack":
      return await accepted("compliance", "pack", "validate");
    case "scenario":
      return await createSandbox({ scenario: parse(text) as object }).close();
    default: {
      const holds = page.files?.[kind] ?? fail(`line ${line}: nothing reads a file of kind "${kind}"`);
      return await holds(text, world, shell);
    }
  }
}

async function follow(fence: Fence, reader: Reader): Promise<void> {
  const { page } = reader;
  const { language, notRun, line } = fence;
  if (notRun !== undefined || language === "mermaid") return;
  if (language === "sh" || language === "console") {
    reader.said = "";
    for (const command of commandsOf(fence)) {
      const said = await run(command, reader);
      reader.said += said;
      holdShown(command.shown, said);
      const says = about(command, page.says);
      if (says !== undefined) expect(said).toMatch(says);
    }
  } else if (language === "text" && fence.kind === "") {
    holdShown(fence.text.split("\n"), reader.said);
  } else if (language === "ts") await runProgram(fence, reader);
  else if (fence.kind !== "") await holdFile(fence, reader);
  else throw new Error(`line ${line}: a fence that is not run and is not marked`);
}

/** Every line that the document shows is in what was said, without what moves a terminal's cursor. */
function holdShown(shown: readonly string[], output: string): void {
  const said = stripVTControlCharacters(output.replaceAll("\r", "\n"));
  const missing = missingOf(shown, said);
  if (missing.length > 0) fail(`these lines did not come:\n${missing.join("\n")}\nbut these:\n${said}`);
}

/** Runs a document. */
async function followAll(markdown: string, page: Page): Promise<void> {
  const fences = fencesOf(markdown);
  const { environment = {}, scenario, has = {} } = page;
  const start = page.today ? Date.now() : NOW;
  await using world = await startWorld({
    sandbox: { now: start, clock: { speed: 1 }, ...(scenario === undefined ? {} : { scenario }) },
    environment,
  });
  for (const [name, content] of Object.entries(has)) {
    await mkdir(dirname(join(world.folder, name)), { recursive: true });
    await writeFile(join(world.folder, name), typeof content === "string" ? content : await readFile(join(ROOT, content.of)));
  }
  await using stack = new AsyncDisposableStack();
  const more = await page.before?.(world, stack);
  const reader: Reader = { page, world, clock: hastenedClock(start), shell: { ...world.environment, ...more }, stack, said: "" };
  for (const fence of fences) {
    try {
      await follow(fence, reader);
    } catch (thrown) {
      if (thrown instanceof Error) thrown.message = `line ${fence.line}: ${thrown.message}`;
      throw thrown;
    }
  }
}

/** Diagrams are not run. */
// The values of the chart are rendered and checked by test/integration/inbound/chart.test.ts; its commands want a cluster.
// The commands of going-live are run on a tenant of profile acd by test/integration/tenant/going-live.test.ts.
const isFollowed = (path: string) =>
  !["docs/kubernetes.md", "docs/going-live.md"].includes(path) &&
  fencesOf(read(path)).some(({ language }) => language !== "mermaid");

test("every document with a fence is listed", () => {
  expect(Object.keys(PAGES).toSorted()).toEqual(DOCUMENTS.filter(isFollowed).toSorted());
});

test.each([
  ["a fence of no language", "```\noutdial jobs list\n```"],
  ["a fence of a language that is not run", "```python\nprint()\n```"],
  ["a file of a kind that nothing reads", "```yaml anything\na: 1\n```"],
  ["a mark without a reason", "<!-- not run: -->\n```sh\noutdial jobs list\n```"],
  ["a mark that is not beside its fence", "<!-- not run: no cluster -->\n\n```sh\noutdial --version\n```"],
  ["a fence without an end", "```sh\noutdial jobs list\n"],
  ["another program", "```sh\nhelm install\n```"],
  ["a command that fails", "```sh\noutdial jobs show job_1\n```"],
  ["output that does not come", "```console\n$ outdial jobs list\n3 jobs\n```"],
])("%s is not let through", async (_, markdown) => {
  await expect(followAll(markdown, {})).rejects.toThrow(/^line \d+: /);
});

for (const [path, page] of Object.entries(PAGES))
  test(`${path} does what it says`, async () => {
    await followAll(read(path), page);
  });
