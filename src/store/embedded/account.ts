// PostgreSQL refuses to run as root. This file finds the account under which root runs it, and checks what that account can
// access.

import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";

const run = promisify(execFile);

/** User and group ids of the server; undefined means those of this process. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const NAMES = ["postgres", "outdial", "nobody"] as const;

/**
 * The account for the server. Only root needs one: the owner of existing data, otherwise an existing `postgres`, otherwise a new
 * system user `outdial`, otherwise `nobody`.
 */
export async function serverAccount(existingData: string | undefined): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  if (existingData !== undefined) {
    const owner = await stat(existingData);
    if (owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  }
  const [postgres, outdial, nobody] = NAMES;
  const found = (await lookUp(postgres)) ?? (await lookUp(outdial)) ?? (await create(outdial)) ?? (await lookUp(nobody));
  if (found) return found;
  throw new StoreError("store_unavailable", "PostgreSQL does not run as root, and no other user could be found or created", {
    advice: "Create a user named postgres, run outdial as an ordinary user, or set a database URL.",
  });
}

async function lookUp(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, name])).stdout.trim())));
    return uid && gid !== undefined && Number.isInteger(gid) ? { uid, gid } : undefined;
  } catch {
    return undefined;
  }
}

/** Creates a system user with the tools of glibc distributions, otherwise with those of BusyBox. */
async function create(name: string): Promise<Account | undefined> {
  const attempts: [string, string[]][] = [
    [
      "useradd",
      ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", name],
    ],
    ["adduser", ["-S", "-D", "-H", "-s", "/sbin/nologin", name]],
  ];
  for (const [command, args] of attempts) {
    // A failure is not final: another process may have created the user at the same moment, or the next tool may work.
    await run(command, args).catch(() => undefined);
    const account = await lookUp(name);
    if (account) return account;
  }
  return undefined;
}

/** Whether the account can enter `folder`: the kernel is asked, so that every folder above it counts. */
export async function canEnter(account: Account | undefined, folder: string): Promise<boolean> {
  if (account === undefined) return true;
  return succeeds(account, "/bin/sh", ["-c", 'cd -- "$1"', "sh", folder]);
}

/** Whether the account can start `program` and read what it needs. */
export async function canRun(account: Account | undefined, program: string): Promise<boolean> {
  return succeeds(account, program, ["--version"]);
}

async function succeeds(account: Account | undefined, program: string, args: string[]): Promise<boolean> {
  try {
    await run(program, args, { ...account, cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a program of the server under its account; throws `store_unavailable` with the end of its output. */
export async function runAs(account: Account | undefined, program: string, args: string[], input?: string): Promise<void> {
  const done = run(program, args, { ...account, cwd: "/", env: serverEnvironment(), maxBuffer: 1 << 24 });
  if (input !== undefined) done.child.stdin?.end(input);
  try {
    await done;
  } catch (cause) {
    const printed = cause instanceof Error && "stderr" in cause ? String(cause.stderr).trim() : "";
    throw new StoreError(
      "store_unavailable",
      `${program} failed: ${printed.split("\n").slice(-3).join(" ") || messageOf(cause)}`,
      { cause },
    );
  }
}

/** The environment of the server's programs: without the user's PG* variables, which would change their behaviour. */
export function serverEnvironment(): Record<string, string | undefined> {
  return { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" };
}
