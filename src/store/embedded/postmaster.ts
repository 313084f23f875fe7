// The server as an operating system process: whether it runs, its port, starting and stopping it.

import { spawn } from "node:child_process";
import { open, readdir, readFile, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { platform } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { StoreError } from "../error.ts";
import { type Account, serverEnvironment } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { readOptional } from "./files.ts";

/** The data folder and the account of its server. */
export interface ServerFolder {
  readonly dataDir: string;
  readonly account: Account | undefined;
}

/** The contents of postmaster.pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const POLL_MS = 10;
/** Pause between two starts while sessions of a killed server are still ending, ms. */
const RETRY_MS = 100;
const LOG_LIMIT = 16 * 1024 * 1024;

/** Suitable for a laptop: little memory, full durability, compressed WAL and values, no unneeded background processes. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  // A busy process has up to seventeen connections: this allows thirteen such processes, and some more.
  max_connections: "230",
  shared_buffers: "128MB",
  synchronous_commit: "on",
  wal_compression: "pglz",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "2GB",
  checkpoint_timeout: "15min",
  io_method: "sync",
  jit: "off",
  random_page_cost: "1.1",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/**
 * The server of this data folder, or undefined. Only reads: the file may remain from a crash, or be half written by a starting
 * server.
 */
export async function runningServer(dataDir: string): Promise<Postmaster | undefined> {
  const lines = (await readOptional(lockFileOf(dataDir)))?.split("\n") ?? [];
  const pid = Number(lines[0]);
  if (!(await isServer(pid, dataDir))) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

const lockFileOf = (dataDir: string) => join(dataDir, "postmaster.pid");

/**
 * Whether `pid` is alive (a zombie is not) and is the server of this data folder: PostgreSQL's working directory is its data
 * folder.
 */
async function isServer(pid: number, dataDir: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  if (platform() !== "linux") return true;
  return worksIn(pid, await realpath(dataDir));
}

/**
 * Linux: whether a process is PostgreSQL in this working directory; when it cannot be read (another user's process) the answer is
 * yes.
 */
async function worksIn(pid: number | string, folder: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (status === undefined) return false;
  const name = status.slice(status.indexOf("(") + 1, status.lastIndexOf(")"));
  const state = status.charAt(status.lastIndexOf(")") + 2);
  if (state === "Z" || state === "X" || name !== "postgres") return false;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return cwd === undefined || cwd === folder;
}

/**
 * Removes the lock file of a dead server when its pid now belongs to another program, which PostgreSQL would take for a running
 * server. PostgreSQL handles all other leftovers itself, including sessions that outlive their server for a moment. So the file
 * is removed only when no process works in the folder.
 */
async function clearFalseFriend(dataDir: string, timeoutMs: number): Promise<void> {
  const pid = Number((await readOptional(lockFileOf(dataDir)))?.split("\n")[0]);
  if (platform() !== "linux" || !Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  const folder = await realpath(dataDir);
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const working = await Promise.all(processes.map((name) => worksIn(name, folder)));
    if (!working.includes(true)) return rm(lockFileOf(dataDir), { force: true });
    await wait(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}

/**
 * Starts the server in a session of its own, so that neither Ctrl-C nor the death of this process reaches it, and waits until it
 * is ready. Throws `store_unavailable` with the end of the log.
 */
export async function startServer(
  folder: ServerFolder,
  binaries: Binaries,
  logFile: string,
  settings: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Postmaster> {
  await rotate(logFile);
  await clearFalseFriend(folder.dataDir, timeoutMs);
  const deadline = performance.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    const from = await sizeOf(logFile);
    const port = await freePort();
    const started = await launch(folder, binaries, logFile, { ...SETTINGS, port: String(port), ...settings }, timeoutMs);
    if (started) return started;
    const printed = (await readFile(logFile)).subarray(from).toString("utf8");
    // Another program may have taken the port between finding and binding it: another port is tried.
    if (attempt < 5 && /could not (bind|create any TCP)/.test(printed)) continue;
    if (performance.now() < deadline && /pre-existing shared memory block|lock file ".*" is empty/.test(printed)) {
      await wait(RETRY_MS);
      continue;
    }
    throw new StoreError("store_unavailable", `PostgreSQL did not start: ${lastLines(printed)}`, { advice: `See ${logFile}.` });
  }
}

async function launch(
  folder: ServerFolder,
  binaries: Binaries,
  logFile: string,
  settings: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Postmaster | undefined> {
  const log = await open(logFile, "a", 0o600);
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", folder.dataDir, ...flags], {
    ...folder.account,
    cwd: "/",
    env: serverEnvironment(),
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  const ended = new Promise<true>((resolve) => {
    child.once("exit", () => resolve(true));
    child.once("error", () => resolve(true));
  });
  try {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if (await Promise.race([ended, wait(POLL_MS)])) return undefined;
      const found = await runningServer(folder.dataDir).catch(() => undefined);
      if (found?.pid === child.pid && found?.ready) return found;
    }
    child.kill("SIGQUIT");
    await ended;
    return undefined;
  } finally {
    child.unref();
    await log.close();
  }
}

/** Stops the server: its clients are disconnected, committed data is kept. Waits until the process has ended. */
export async function stopServer(dataDir: string, timeoutMs: number): Promise<void> {
  const running = await runningServer(dataDir);
  if (!running) return;
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    process.kill(running.pid, signal);
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      if (!(await isServer(running.pid, dataDir))) return;
      await wait(POLL_MS);
    }
  }
  throw new StoreError("store_unavailable", `PostgreSQL (pid ${running.pid}) does not stop`, {
    advice: `Look at ${dataDir}, then kill ${running.pid}.`,
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new StoreError("store_unavailable", "no free loopback port");
  return address.port;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function rotate(logFile: string): Promise<void> {
  if ((await sizeOf(logFile)) > LOG_LIMIT) await rename(logFile, `${logFile}.1`);
}

/** The end of the server's log in one line. */
function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join(" | ") || "it printed nothing";
}
