// One PostgreSQL server for a whole test run, in a folder of its own; its URL reaches the tests through the environment.

import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { launchEngine } from "../../src/operations/index.ts";
import { joinEmbeddedServer, openStore } from "../../src/store/index.ts";
import { startOtherPostgres } from "./other-postgres.ts";
import { keepStatements, refuseWholeReads } from "./statements.ts";
import { TEMPORARY } from "./temporary.ts";

/** Name of the environment variable that holds the server's URL during a run. */
export const TEST_DATABASE_URL = "OUTDIAL_TEST_DATABASE_URL";

/** The database that those of the tests are copies of: with the store's schema and the workflows' tables, and nothing in them but that there is no do-not-call list. */
export const TEMPLATE = "outdial_template";

/** The data is thrown away after the run: it need not survive a power cut. */
const SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  autovacuum: "off",
  file_copy_method: "clone",
  update_process_title: "off",
  wal_compression: "off",
  max_connections: "200",
};

const PREFIX = "outdial-test-pg-";

/** vitest calls this before the first test and the returned function after the last one. */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[TEST_DATABASE_URL]) return undefined;
  await stopLeftovers();
  const dir = await mkdtemp(join(TEMPORARY, PREFIX));
  await chmod(dir, 0o755);
  const server = await startServer(dir);
  process.env[TEST_DATABASE_URL] = server.url;
  await makeTemplate(server.url, dir);
  keepStatements(dir);
  return async () => {
    delete process.env[TEST_DATABASE_URL];
    const template = new URL(server.url);
    template.pathname = `/${TEMPLATE}`;
    try {
      await refuseWholeReads(template.href);
    } finally {
      await server.leave();
      await rm(dir, { recursive: true, force: true });
    }
  };
}

/** The newest version, which the package brings, or that of other programs (`npm run test:oldest`). */
async function startServer(dir: string): Promise<{ readonly url: string; leave(): Promise<void> }> {
  const programs = process.env["TEST_POSTGRES"];
  if (programs === undefined) return joinEmbeddedServer({ dir, settings: SETTINGS });
  const { file_copy_method: _, ...settings } = SETTINGS;
  const server = await startOtherPostgres(programs, settings);
  return { url: server.url, leave: async () => server[Symbol.asyncDispose]() };
}

async function makeTemplate(server: string, dir: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${TEMPLATE}`;
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const store = await openStore({ url: url.href, dir: join(dir, "template"), clock });
  const log = { warn: () => undefined };
  const engine = await launchEngine({ databaseUrl: url.href, executor: "template", serves: true, kinds: {}, log });
  await engine.close();
  await store.close();
  // What is decided is about other things in nearly all tests: those of the company's list remove this.
  const own = new pg.Client({ connectionString: url.href });
  await own.connect();
  await own.query(
    `insert into outdial.fact_imports (id, kind, source_name, actor, started_at, finished_at)
     values ('imp_template', 'dnc.none', 'a test', 'test', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`,
  );
  await own.end();
}

/**
 * Servers of runs that were killed: joining one and leaving it again stops it, unless its run is still alive and uses it. The start of a
 * run holds the folder's lock, so a folder without a server is only removed when it is old.
 */
async function stopLeftovers(): Promise<void> {
  // By the file system's time: the clock of a run may be another one.
  const now = (await stat(TEMPORARY)).mtimeMs;
  for (const name of (await readdir(TEMPORARY)).filter((one) => one.startsWith(PREFIX))) {
    const dir = join(TEMPORARY, name);
    const isOn = () => stat(join(dir, "pg", "postmaster.pid")).then(Boolean, () => false);
    try {
      const wasOn = await isOn();
      if (wasOn) await (await joinEmbeddedServer({ dir })).leave();
      const { mtimeMs } = await stat(dir);
      if (!(await isOn()) && (wasOn || now - mtimeMs > 3_600_000)) await rm(dir, { recursive: true, force: true });
    } catch {
      // Its run is just ending, or it belongs to another user: not this run's concern.
    }
  }
}
