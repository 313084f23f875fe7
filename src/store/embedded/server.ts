// Joining and leaving the embedded server of a folder.
//
// Processes on one folder share one server. The server itself knows who uses it: each process keeps one connection open under a
// known name, which the kernel closes when the process dies. So there is no list that could be out of date.
//
// join: lock folder → server running? join it : start it → open own connection → unlock
// leave: lock folder → other processes connected? close own connection : stop the server → unlock
//
// When all its processes were killed, the server keeps running until the next one joins and leaves.

import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pg from "pg";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import { type StoreLog, silent } from "../log.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, initialise, locate, SUPERUSER } from "./cluster.ts";
import { makeFolder } from "./files.ts";
import { lockFile } from "./lock.ts";
import { Membership } from "./membership.ts";
import { type Postmaster, runningServer, startServer, stopServer } from "./postmaster.ts";

const LOCK_TIMEOUT_MS = 120_000;
/** Crash recovery after a power failure replays at most `max_wal_size` of log. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;

/** This process's use of the embedded server. */
export interface EmbeddedServer {
  /** Connection string of the database `outdial`, superuser, loopback TCP. Contains the password: do not log it. */
  readonly url: string;
  /** Leaves; the last process stops the server and waits until it has ended. Can be called twice. */
  leave(): Promise<void>;
}

interface EmbeddedServerOptions {
  /** The folder, usually `.outdial`; created when missing. */
  readonly dir: string;
  readonly log?: StoreLog | undefined;
  /** Settings that override the defaults of a server that this call starts. Example: `{ fsync: "off" }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Joins the embedded PostgreSQL server of a folder, starting it when it is not running (about a second the first time).
 * Throws StoreError `store_unavailable`, `store_locked`, `server_version`.
 */
export async function joinEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const log = options.log ?? silent;
  await makeFolder(options.dir);
  const dir = await realpath(options.dir);
  const unlock = await lockFile(join(dir, "pg.lock"), LOCK_TIMEOUT_MS);
  try {
    const cluster = await locate(dir);
    const server = (await joinable(cluster)) ?? (await start(cluster, dir, options.settings ?? {}, log));
    const url = await ensureDatabase(cluster, server.port);
    const membership = await Membership.open(url, log);
    return new Place(url, dir, cluster.dataDir, membership, log);
  } finally {
    unlock();
  }
}

async function start(
  cluster: Cluster,
  dir: string,
  settings: Readonly<Record<string, string>>,
  log: StoreLog,
): Promise<Postmaster> {
  const binaries = await findBinaries(cluster.account);
  await initialise(cluster, binaries);
  const server = await startServer(cluster, binaries, join(dir, "pg.log"), settings, START_TIMEOUT_MS);
  log("debug", "embedded PostgreSQL started", { pid: server.pid, port: server.port, data: cluster.dataDir });
  return server;
}

/** The running server once it answers; undefined when there is none, or when it was stopping. */
async function joinable(cluster: Cluster): Promise<Postmaster | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const server = await runningServer(cluster.dataDir);
    if (!server) return undefined;
    if (server.ready) return server;
    await wait(20);
  }
  throw new StoreError("store_unavailable", `the PostgreSQL that runs on ${cluster.dataDir} is not ready`, {
    advice: "See pg.log.",
  });
}

/** The URL of the database `outdial`, which is created in a new cluster. */
async function ensureDatabase(cluster: Cluster, port: number): Promise<string> {
  const url = (database: string) => `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`;
  const client = new pg.Client({ connectionString: url("postgres") });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data: string; here: boolean }>({
      text: "select current_setting('data_directory') as data, exists (select from pg_database where datname = $1) as here",
      values: [SUPERUSER],
    });
    if (rows[0]?.data !== cluster.dataDir) {
      throw new StoreError(
        "store_unavailable",
        `port ${port} is answered by the server of ${rows[0]?.data}, not of ${cluster.dataDir}`,
      );
    }
    if (!rows[0].here) await client.query(`create database ${SUPERUSER}`);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("store_unavailable", `the embedded PostgreSQL on port ${port} refuses: ${messageOf(cause)}`, {
      advice: "If pg.password was removed from the folder, restore it; the data is kept.",
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
  return url(SUPERUSER);
}

class Place implements EmbeddedServer {
  readonly url: string;
  readonly #dir: string;
  readonly #dataDir: string;
  readonly #membership: Membership;
  readonly #log: StoreLog;
  #left: Promise<void> | undefined;

  constructor(url: string, dir: string, dataDir: string, membership: Membership, log: StoreLog) {
    this.url = url;
    this.#dir = dir;
    this.#dataDir = dataDir;
    this.#membership = membership;
    this.#log = log;
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  async #leave(): Promise<void> {
    const unlock = await lockFile(join(this.#dir, "pg.lock"), LOCK_TIMEOUT_MS);
    try {
      const alone = await this.#membership.isLast();
      await this.#membership.close();
      if (!alone) return;
      await stopServer(this.#dataDir, STOP_TIMEOUT_MS);
      this.#log("debug", "embedded PostgreSQL stopped", { data: this.#dataDir });
    } finally {
      unlock();
    }
  }
}
