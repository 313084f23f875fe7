// With --log-format json every line of both streams is JSON, from the first to the last, also when the start fails.

import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startCli } from "../../support/cli.ts";
import { until } from "../../support/until.ts";
import { type StartedWorld, startWorld } from "../../support/world.ts";

let world: StartedWorld;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const start = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startCli(["serve", "--log-format", "json", "--port", "0", ...words], {
    cwd: world.folder,
    env: { ...world.environment, ...env },
  });
/** Throws for a line that is not JSON. */
const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a service that starts, says where it is, is told of by its libraries, and ends", async () => {
  const library = join(world.folder, "library.cjs");
  await writeFile(
    library,
    `const look = setInterval(() => {
       if (process.listenerCount("uncaughtException") === 0) return;
       clearInterval(look);
       process.emitWarning("a driver is old", "DeprecationWarning");
       console.log("an engine", { says: 1 });
     }, 5);`,
  );
  const running = start([], { NODE_OPTIONS: `--require ${library}` });
  await until(() => running.stderr().includes("the service is ready") && running.stderr().includes("a driver is old"));
  running.child.kill("SIGTERM");
  const { code, stdout, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(linesOf(stdout)).toEqual([expect.objectContaining({ url: expect.stringMatching(/^http:/), port: expect.any(Number) })]);
  const lines = linesOf(stderr);
  for (const line of lines)
    expect(line).toMatchObject({ level: expect.any(String), time: expect.any(String), message: expect.any(String) });
  expect(lines).toContainEqual(
    expect.objectContaining({ message: "the service is ready", url: expect.stringMatching(/^http:/) }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ level: "warn", message: "DeprecationWarning: a driver is old" }));
  expect(lines).toContainEqual(expect.objectContaining({ level: "info", message: "an engine { says: 1 }" }));
  expect(lines.at(-1)?.["message"]).toMatch(/stopping/);
});

test.each<[string, readonly string[], Readonly<Record<string, string>>, number, RegExp]>([
  [
    "a database that is not there",
    [],
    { DATABASE_URL: "postgres://ann:geheim@127.0.0.1:9/x" },
    1,
    /the database does not answer/,
  ],
  ["a wrong configuration", [], { OUTDIAL_CONFIG: "none.yaml" }, 2, /none\.yaml/],
  ["a wrong option", ["--no-such"], {}, 2, /unknown option '--no-such'/],
  ["a wrong value", ["--port", "many"], {}, 2, /--port/],
])("a start that fails because of %s: the line that an alert waits for", async (_, words, env, code, message) => {
  const ended = await start(words, env).ended;
  expect(ended.code).toBe(code);
  linesOf(ended.stdout);
  const errors = linesOf(ended.stderr).filter(({ level }) => level === "error");
  expect(errors).toEqual([expect.objectContaining({ code: expect.any(String), message: expect.stringMatching(message) })]);
  expect(ended.stdout + ended.stderr).not.toContain("geheim");
});

test("a start at a port that another process has says so by its code", async () => {
  await using taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await start(["--port", String(port)]).ended;
  expect(code).toBe(1);
  expect(linesOf(stderr).filter(({ level }) => level === "error")).toEqual([
    expect.objectContaining({ code: "cannot_listen", message: expect.stringContaining(`127.0.0.1:${port}`) }),
  ]);
});
