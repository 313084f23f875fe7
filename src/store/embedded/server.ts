// Joining and leaving the embedded server of a folder.
//
// Processes on one folder share one server. The server itself knows who uses it: each process keeps one connection open under a
// known name, which the kernel closes when the process dies. So there is no list that could be out of date.
//
// join: lock folder → server running? join it : start it → open own connection → unlock
// leave: lock folder → other processes connected? close own connection : stop the server → unlock
//
// When all its processes were killed, the server keeps running until the next one joins and leaves.

import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type pg from "pg";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import { type StoreLog, silent } from "../log.ts";
import { type Account, canEnter, runAs, serverAccount } from "./account.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { exists, makeFolder, readOptional, writeWhole } from "./files.ts";
import { type Postmaster, runningServer, type ServerFolder, startServer, stopServer } from "./postmaster.ts";

// Location and creation of the embedded server's data.
//
// The data is in `<dir>/pg`. When root works below a folder that the server's account cannot enter, it is in a folder of its own
// under /var/lib/outdial, and `<dir>/pg.location` names it. Removing `<dir>` then also gives up the data, as it would with
// `<dir>/pg`.

/** The superuser of an embedded server, and the name of its database. */
const SUPERUSER = "outdial";

/** An embedded server's data folder and its credentials. */
interface Cluster extends ServerFolder {
  readonly password: string;
}

/** Places for data that cannot be in the working folder; the first usable one is taken. */
const ELSEWHERE = ["/var/lib/outdial", "/var/tmp/outdial"];

/**
 * Whether a folder has an embedded server's data, in it or at the place it names. When that cannot be checked the answer is yes:
 * opening it then gives the reason.
 */
export async function hasEmbeddedStore(dir: string): Promise<boolean> {
  const inPlace = join(dir, "pg");
  const elsewhere = await readOptional(join(dir, "pg.location")).catch(() => inPlace);
  for (const path of [inPlace, elsewhere?.trim()]) if (path !== undefined && (await mayExist(path))) return true;
  return false;
}

/** Whether the server of a folder's embedded store runs: without it no process uses the store. Starts and writes nothing. */
export async function embeddedStoreRuns(dir: string): Promise<boolean> {
  const inPlace = join(dir, "pg");
  const elsewhere = await readOptional(join(dir, "pg.location")).catch(() => undefined);
  for (const path of [inPlace, elsewhere?.trim()])
    if (path !== undefined && (await runningServer(path).catch(() => undefined)) !== undefined) return true;
  return false;
}

async function mayExist(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (thrown: unknown) =>
      !(thrown instanceof Error && "code" in thrown && (thrown.code === "ENOENT" || thrown.code === "ENOTDIR")),
  );
}

/** Where the data of `dir` is or will be. The caller must hold the folder's lock. */
async function locate(dir: string): Promise<Cluster> {
  const password = (await readOptional(join(dir, "pg.password")))?.trim() ?? (await newPassword(dir));
  const elsewhere = (await readOptional(join(dir, "pg.location")))?.trim();
  const inPlace = join(dir, "pg");
  for (const dataDir of [elsewhere, inPlace]) {
    if (dataDir !== undefined && (await hasData(dataDir))) {
      const account = await serverAccount(dataDir);
      if (await canEnter(account, dataDir)) {
        if (dataDir === elsewhere) await claim(dataDir, dir);
        return { dataDir, account, password };
      }
      throw new StoreError(
        "store_unavailable",
        `the database in ${dataDir} belongs to a user that may not enter a folder above it`,
        {
          advice: "Run outdial as the user who created it, or allow others to pass through the folders above it (chmod o+x).",
        },
      );
    }
  }
  const account = await serverAccount(undefined);
  if (await canEnter(account, dir)) return { dataDir: inPlace, account, password };
  const dataDir = await newPlace(dir, account);
  return { dataDir, account, password };
}

/** Whether initdb has finished here: the folder gets its final name only then. */
async function hasData(dataDir: string): Promise<boolean> {
  return (await readOptional(join(dataDir, "PG_VERSION"))) !== undefined;
}

async function newPassword(dir: string): Promise<string> {
  const password = randomBytes(24).toString("hex");
  await writeWhole(join(dir, "pg.password"), `${password}\n`);
  return password;
}

/** Creates a private folder for data outside `dir` and records its path in `dir`. */
async function newPlace(dir: string, account: Account | undefined): Promise<string> {
  const reasons: string[] = [];
  for (const place of ELSEWHERE) {
    try {
      if ((await mkdir(place, { recursive: true })) !== undefined) await chmod(place, 0o755);
      if (!(await canEnter(account, place))) throw new Error(`${place} cannot be entered by the server's user`);
      await forgetTemporary(place);
      const home = join(place, randomBytes(8).toString("hex"));
      await mkdir(home, { mode: 0o700 });
      if (account) await chown(home, account.uid, account.gid);
      const dataDir = join(home, "pg");
      await writeWhole(join(home, "origin"), `${await realpath(dir)}\n`);
      await writeWhole(join(dir, "pg.location"), `${dataDir}\n`);
      return dataDir;
    } catch (cause) {
      reasons.push(messageOf(cause));
    }
  }
  throw new StoreError("store_unavailable", `no folder for the database that its user can enter: ${reasons.join("; ")}`, {
    advice: "Work in a folder that other users may enter, run as an ordinary user, or set a database URL.",
  });
}

/**
 * Removes data whose folder was under the machine's temporary folder and no longer exists: leftovers of tests and demonstrations.
 */
async function forgetTemporary(place: string): Promise<void> {
  const temporary = await realpath(tmpdir());
  for (const name of await readdir(place)) {
    const home = join(place, name);
    const origin = (await readOptional(join(home, "origin")).catch(() => undefined))?.trim();
    if (!origin?.startsWith(`${temporary}/`) || (await exists(origin)) || (await runningServer(join(home, "pg")))) continue;
    await rm(home, { recursive: true, force: true });
  }
}

/**
 * Data outside of its folder belongs to one folder: a copy of the folder must not use the original's data. A moved folder may.
 */
async function claim(dataDir: string, dir: string): Promise<void> {
  const note = join(dataDir, "..", "origin");
  const here = await realpath(dir);
  const origin = (await readOptional(note))?.trim();
  if (origin === here) return;
  if (origin !== undefined && (await readOptional(join(origin, "pg.location")).catch(() => undefined))?.trim() === dataDir) {
    throw new StoreError("store_locked", `the database of ${dir} is in ${dataDir}, which belongs to ${origin}`, {
      advice: `${dir} looks like a copy: remove its pg.location to begin with an empty database, or work in ${origin}.`,
    });
  }
  await writeWhole(note, `${here}\n`);
}

/** Creates the data folder. It gets its final name only when it is complete, so a killed start leaves nothing half done. */
async function initialise(cluster: Cluster, binaries: Binaries): Promise<void> {
  const { dataDir, account, password } = cluster;
  if (await hasData(dataDir)) return checkVersion(dataDir, binaries);
  const draft = `${dataDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  const passwordFile = join(draft, "password");
  await writeWhole(passwordFile, `${password}\n`);
  if (account) for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
  const data = join(draft, "data");
  const options = [
    "--no-locale",
    "--encoding=UTF8",
    "--auth=scram-sha-256",
    // The password has 192 random bits: rounds of hashing would add no protection, and would cost time at each connection.
    "--set=scram_iterations=1",
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
  ];
  await runAs(account, binaries.initdb, [`--pgdata=${data}`, ...options]);
  await rename(data, dataDir);
  await rm(draft, { recursive: true, force: true });
}

async function checkVersion(dataDir: string, binaries: Binaries): Promise<void> {
  const found = (await readOptional(join(dataDir, "PG_VERSION")))?.trim();
  const ours = binaries.version.split(".")[0];
  if (found === ours) return;
  throw new StoreError(
    "server_version",
    `${dataDir} was written by PostgreSQL ${found}; this installation brings PostgreSQL ${ours}`,
    {
      advice: `Dump it with PostgreSQL ${found} and load it into a new folder, or install the outdial version that created it.`,
    },
  );
}

const LOCK_TIMEOUT_MS = 120_000;
/** Crash recovery after a power failure replays at most `max_wal_size` of log. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 30_000;

/** This process's use of the embedded server. */
interface EmbeddedServer {
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
  const url = (database: string) => `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}?sslmode=disable`;
  const { default: pg } = await import("pg");
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

// An exclusive lock on a folder that the kernel releases when its holder dies, for whatever reason.
//
// A file created with O_EXCL remains after its holder is killed, and taking over such a file is itself a race. Node has no flock,
// but its SQLite takes real file locks: an open exclusive transaction on an otherwise empty database is the lock.

const POLL_MS = 15;

/**
 * Waits for the lock on `file` (created when missing) and returns a function that releases it. Throws `store_locked` after
 * `timeoutMs`.
 */
async function lockFile(file: string, timeoutMs: number): Promise<() => void> {
  const { DatabaseSync } = await import("node:sqlite");
  const open = () => {
    try {
      return new DatabaseSync(file, { timeout: 0 });
    } catch (cause) {
      throw new StoreError("store_unavailable", `cannot open ${file}: ${messageOf(cause)}`, {
        advice: "Give this user write access to the folder, or choose another one.",
        cause,
      });
    }
  };
  const database = open();
  await chmod(file, 0o600).catch(() => undefined);
  for (let waited = 0; ; waited += POLL_MS) {
    try {
      // With its journal in memory it writes nothing: the lock is there on a full disk, too.
      database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (cause) {
      if (!isBusy(cause) || waited >= timeoutMs) {
        database.close();
        if (!isBusy(cause)) throw new StoreError("store_unavailable", `cannot lock ${file}: ${messageOf(cause)}`, { cause });
        throw new StoreError("store_locked", `${file} has been held by another process for ${Math.round(timeoutMs / 1000)} s`, {
          advice: "Another outdial is starting or stopping the database here; try again, or look for a process that hangs.",
          cause,
        });
      }
    }
    await wait(POLL_MS);
  }
}

/** SQLITE_BUSY, with or without its extended bits. */
function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && "errcode" in thrown && typeof thrown.errcode === "number" && (thrown.errcode & 0xff) === 5;
}

// A process's connection to the embedded server, which shows that the server is in use while the process lives.

const NAME = "outdial member";
/** How long the server may take to notice that the connection of a killed process is closed. */
const GRACE_MS = 3_000;

/** Open from joining to leaving; reconnects when the server restarts its sessions after one of them crashed. */
class Membership {
  readonly #url: string;
  readonly #name: string;
  readonly #log: StoreLog;
  readonly #closing = new AbortController();
  #client: pg.Client | undefined;

  private constructor(url: string, name: string, log: StoreLog) {
    this.#url = url;
    this.#name = name;
    this.#log = log;
  }

  static async open(url: string, log: StoreLog): Promise<Membership> {
    const membership = new Membership(url, `${NAME} ${process.pid} ${(await startOf(process.pid)) ?? "?"}`, log);
    await membership.#connect();
    return membership;
  }

  async #connect(): Promise<void> {
    const { default: pg } = await import("pg");
    const client = new pg.Client({ connectionString: this.#url, application_name: this.#name, keepAlive: true });
    client.on("error", () => undefined);
    client.once("end", () => {
      if (this.#client !== client) return;
      this.#client = undefined;
      if (!this.#closing.signal.aborted) void this.#reconnect();
    });
    await client.connect();
    this.#client = client;
  }

  async #reconnect(): Promise<void> {
    for (let delay = 100; !this.#closing.signal.aborted && delay <= 60_000; delay *= 2) {
      try {
        await this.#connect();
        if (this.#closing.signal.aborted) await this.close();
        return;
      } catch (cause) {
        this.#log("warn", "the embedded PostgreSQL went away", { error: messageOf(cause) });
        await wait(delay, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /**
   * Whether no other process uses the server. The connection of a killed process gets a moment to disappear. When the server
   * cannot be asked the answer is no: a server that is left running is better than one stopped while in use.
   */
  async isLast(): Promise<boolean> {
    try {
      if (!this.#client) await this.#connect();
      const deadline = performance.now() + GRACE_MS;
      for (;;) {
        const others = await this.#others();
        if (others.length === 0) return true;
        const alive = await Promise.all(others.map(isUser));
        // A name without a process here may still be in use: by a container that shares the folder but not the process table.
        if (alive.includes(true) || performance.now() > deadline) return false;
        await wait(10);
      }
    } catch {
      return false;
    }
  }

  async #others(): Promise<string[]> {
    const found = await this.#client?.query<{ name: string }>({
      text: `select application_name as name from pg_stat_activity
             where backend_type = 'client backend' and pid <> pg_backend_pid() and starts_with(application_name, $1)`,
      values: [NAME],
    });
    if (!found) throw new Error("not connected");
    return found.rows.map(({ name }) => name);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}

/** Whether the process with this name is alive: same pid and same start time, so that a reused pid does not count. */
async function isUser(name: string): Promise<boolean> {
  const [pid, start] = name.slice(NAME.length + 1).split(" ");
  return (await startOf(Number(pid))) === start;
}

/** When a process started, in ticks since boot; undefined when it does not exist or the platform does not say. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
