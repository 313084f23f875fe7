// Location and creation of the embedded server's data.
//
// The data is in `<dir>/pg`. When root works below a folder that the server's account cannot enter, it is in a folder of its own
// under /var/lib/outdial, and `<dir>/pg.location` names it. Removing `<dir>` then also gives up the data, as it would with
// `<dir>/pg`.

import { randomBytes } from "node:crypto";
import { chmod, chown, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import { type Account, canEnter, runAs, serverAccount } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { exists, readOptional, writeWhole } from "./files.ts";
import { runningServer, type ServerFolder } from "./postmaster.ts";

/** The superuser of an embedded server, and the name of its database. */
export const SUPERUSER = "outdial";

/** An embedded server's data folder and its credentials. */
export interface Cluster extends ServerFolder {
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
export async function locate(dir: string): Promise<Cluster> {
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
export async function initialise(cluster: Cluster, binaries: Binaries): Promise<void> {
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
