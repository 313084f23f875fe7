// A PostgreSQL server of another version than the one that the package brings. It is not part of the repository: tests with it are skipped where its
// programs are not installed.

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "./pgbouncer.ts";
import { TEMPORARY } from "./temporary.ts";
import { until } from "./until.ts";

/** Programs of the oldest version that outdial works with: where the run names them, else where Debian has them. */
export const OLDEST = process.env["TEST_OLDEST_POSTGRES"] ?? "/usr/lib/postgresql/15/bin";
/** Programs of a version that is refused, where the run names them. */
export const TOO_OLD = process.env["TEST_TOO_OLD_POSTGRES"];
export const hasOldest = (): boolean => existsSync(join(OLDEST, "postgres"));
/** Whether psql, pg_dump and the others are there, too. */
export const hasOldestTools = (): boolean => existsSync(join(OLDEST, "pg_dump"));

export interface OtherPostgres extends AsyncDisposable {
  /** Address of its database `postgres`, as its superuser. */
  readonly url: string;
  /** Stops it, and starts it as a standby that has nobody to follow. */
  becomeStandby(): Promise<void>;
}

/** PostgreSQL does not run as root: the account of Debian's, or any that has no rights. */
function account(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const ids = (name: string) => ["-u", "-g"].map((flag) => Number(spawnSync("id", [flag, name], { encoding: "utf8" }).stdout));
  const [uid = 0, gid = 0] = ids("postgres").every((id) => id > 0) ? ids("postgres") : ids("nobody");
  return { uid, gid };
}

/** @param programs folder of initdb and postgres @param tls its key and certificate, when it encrypts */
export async function startOtherPostgres(
  programs: string,
  settings: Readonly<Record<string, string>> = {},
  tls?: { readonly key: string; readonly cert: string },
): Promise<OtherPostgres> {
  const folder = await mkdtemp(join(TEMPORARY, "outdial-other-pg-"));
  const user = account();
  await chmod(folder, 0o755);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const own = { ...user, cwd: "/", env: { PATH: process.env["PATH"], LC_ALL: "C" } };
  const made = ["--username=outdial", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"];
  execFileSync(join(programs, "initdb"), [`--pgdata=${data}`, ...made], { ...own, stdio: "ignore" });
  for (const [name, text] of tls === undefined ? [] : [["server.key", tls.key] as const, ["server.crt", tls.cert] as const]) {
    await writeFile(join(data, name), text, { mode: 0o600 });
    if (user !== undefined) await chown(join(data, name), user.uid, user.gid);
  }
  const port = await freePort();
  const url = `postgres://outdial@127.0.0.1:${port}/postgres`;
  const all = {
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    ssl: tls ? "on" : "off",
    ...settings,
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  let server: ChildProcess;
  const start = async () => {
    server = spawn(join(programs, "postgres"), ["-D", data, ...flags], { ...own, stdio: "ignore" });
    await until(() => answers(url));
  };
  const stop = async () => {
    const ended = once(server, "exit");
    server.kill("SIGINT");
    await ended;
  };
  await start();
  return {
    url,
    async becomeStandby() {
      await stop();
      await writeFile(join(data, "standby.signal"), "");
      await start();
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
