// PgBouncer in transaction mode before the run's server. It is not part of the repository: tests with it are skipped where the program is not installed.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { TEMPORARY } from "./temporary.ts";
import { until } from "./until.ts";

const PROGRAM = "pgbouncer";
const PLACES = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`;

/** Whether the program is there. */
export const hasPgBouncer = (): boolean => spawnSync(PROGRAM, ["--version"], { env: { PATH: PLACES } }).status === 0;

export interface PgBouncer extends AsyncDisposable {
  /** The address of a database by way of it. */
  through(url: string): string;
}

/** @param server address of any database of the server @param sessions of each database at most */
export async function startPgBouncer(server: string, sessions: number): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(server);
  const folder = await mkdtemp(join(TEMPORARY, "outdial-pgbouncer-"));
  const own = await freePort();
  const login = [
    `user=${decodeURIComponent(username)}`,
    ...(password === "" ? [] : [`password=${decodeURIComponent(password)}`]),
  ];
  const settings = [
    "[databases]",
    `* = host=${hostname} port=${port} ${login.join(" ")}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${own}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    `default_pool_size = ${sessions}`,
    "max_client_conn = 200",
    // It does not run as root.
    ...(process.getuid?.() === 0 ? ["user = nobody"] : []),
  ];
  const file = join(folder, "pgbouncer.ini");
  await writeFile(file, `${settings.join("\n")}\n`, { mode: 0o644 });
  const child: ChildProcess = spawn(PROGRAM, ["-q", file], { env: { PATH: PLACES }, stdio: "ignore" });
  await until(() => answers(own));
  return {
    through(url) {
      const address = new URL(url);
      address.hostname = "127.0.0.1";
      address.port = String(own);
      return address.href;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
