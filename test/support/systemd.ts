// A systemd that runs a unit, as process 1 of namespaces of its own. Its root is memory with copies of what it needs; nothing of the machine's files is
// there, which is looked at before it starts: a systemd cleans folders and mounts file systems. It has the machine's network, for database and tenant.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { TEMPORARY } from "./temporary.ts";
import { until } from "./until.ts";

/** Under this number the unit's account is known in there. */
export const ACCOUNT = 999;

export interface Systemd extends AsyncDisposable {
  /** Runs a command in there, as root. @returns how it ended and what it said */
  run(...command: readonly string[]): { readonly status: number | null; readonly said: string };
  /** A file of there, as the machine sees it. */
  path(inside: string): string;
}

const PROGRAM = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].find((path) => existsSync(path));
const EXECUTOR = "/usr/lib/systemd/systemd-executor";
const TOOLS = ["systemctl", "systemd-notify", "sh", "env", "kill", "cat", "setpriv", "mount", "umount", "rmdir"];
/** Taken when they are wanted, so that they are in no list of what a program needs. */
const LATE = /^lib(?:seccomp|mount|blkid|kmod|acl|crypt)\.so\.\d+$/;
const UNITS = "/lib/systemd/system";

/** What may be mounted there: memory, and views of the kernel. */
const BOOT = `set -eu
echo $$ > "$GROUP/cgroup.procs"
exec unshare --mount --pid --fork --kill-child --ipc --uts --cgroup --propagation private sh -euc '
mount -t tmpfs -o mode=755 root "$NEW"
cd "$NEW"
mkdir -p usr/bin usr/sbin usr/lib usr/lib64 usr/local/bin etc proc sys run tmp dev old var/lib var/tmp root home
for name in bin sbin lib lib64; do ln -s usr/$name $name; done
while read -r from to; do mkdir -p ".\${to%/*}"; cp -aL "$from" ".$to"; done < "$LIST"
cp -a "$MORE/." .
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
for place in run tmp dev; do mount -t tmpfs -o mode=755 $place $place; done
chmod 1777 tmp var/tmp
while read -r name number; do mknod -m 666 dev/$name c $number; done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
END
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s /proc/self/fd dev/fd
pivot_root . old
cd /
umount -l /old
rmdir /old
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
while read -r line; do
  case "\${line#* - }" in
    tmpfs\\ *|proc\\ *|sysfs\\ *|cgroup2\\ *|devpts\\ *) ;;
    *) echo "of the machine: $line" >&2; exit 9 ;;
  esac
done < /proc/self/mountinfo
exec setpriv --bounding-set -sys_time,-sys_module,-sys_rawio,-sys_boot,-mknod,-syslog,-net_admin \\
  env -i PATH=/usr/local/bin:/usr/bin:/usr/sbin container=test /usr/lib/systemd/systemd --log-target=console --unit=test.target
'`;

/** The group of processes that this one is in, where the kernel's second kind of groups is to be had. */
function ownGroup(): string | undefined {
  const mount = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, , type]) => type === "cgroup2")?.[1];
  const path = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
  return mount === undefined || path === undefined ? undefined : join(mount, path);
}

/** Whether one can be started here: as root of a Linux that has systemd and lets namespaces be made. */
export function hasSystemd(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || PROGRAM === undefined) return false;
  if (spawnSync("unshare", ["--mount", "--pid", "--fork", "--ipc", "--uts", "--cgroup", "true"]).status !== 0) return false;
  const group = ownGroup();
  if (group === undefined || [...TOOLS, "nsenter", "ldd"].some((name) => programOf(name) === undefined)) return false;
  const own = join(group, `outdial-test-${process.pid}-probe`);
  try {
    mkdirSync(own);
    rmdirSync(own);
    return true;
  } catch {
    return false;
  }
}

/** Where the machine has a program. */
const programOf = (name: string): string | undefined =>
  `${process.env["PATH"]}${delimiter}/usr/sbin`
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** A program and the libraries that it is linked with. */
const withLibraries = (program: string): string[] => [
  program,
  ...(spawnSync("ldd", [program], { encoding: "utf8" }).stdout.match(/(?<=\s)\/\S+/g) ?? []),
];

/**
 * Starts one.
 * @param copies files and folders of the machine, and where they are in there
 * @param texts files that are made there
 */
export async function startSystemd(
  copies: Readonly<Record<string, string>>,
  texts: Readonly<Record<string, string>>,
): Promise<Systemd> {
  const folder = mkdtempSync(join(TEMPORARY, "outdial-systemd-"));
  const [root, more] = [join(folder, "new"), join(folder, "more")];
  for (const path of [root, more]) mkdirSync(path);
  const tools = TOOLS.map((name) => programOf(name) ?? "");
  const programs = [PROGRAM ?? "", ...(existsSync(EXECUTOR) ? [EXECUTOR] : []), ...tools];
  const files = new Set([...programs, process.execPath].flatMap(withLibraries).filter((path) => path !== process.execPath));
  for (const library of [...files].map((path) => path.slice(0, path.lastIndexOf("/"))).filter((path) => path.includes("-linux-")))
    for (const name of readdirSync(library)) if (LATE.test(name)) files.add(join(library, name));
  const targets = readdirSync(UNITS).filter((name) => name.endsWith(".target"));
  const list = [
    ...[...files].map((path) => [path, path.replace(/^\/lib\/systemd/, "/usr/lib/systemd")]),
    ...targets.map((name) => [join(UNITS, name), `/usr/lib/systemd/system/${name}`]),
    [process.execPath, "/usr/local/bin/node"],
    ...Object.entries(copies),
  ];
  writeFileSync(join(folder, "list"), list.map(([from = "", to]) => `${realpathSync(from)} ${to}\n`).join(""));
  const known = {
    "/etc/passwd": `root:x:0:0::/root:/bin/sh\noutdial:x:${ACCOUNT}:${ACCOUNT}::/var/lib/outdial:/bin/false\n`,
    "/etc/group": `root:x:0:\noutdial:x:${ACCOUNT}:\n`,
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
    "/etc/machine-id": `${"0123456789abcdef".repeat(2)}\n`,
    "/etc/systemd/system/test.target": "[Unit]\nDescription=for a test\n",
  };
  for (const [path, text] of Object.entries({ ...known, ...texts })) {
    mkdirSync(join(more, path, ".."), { recursive: true });
    writeFileSync(join(more, path), text);
  }
  const group = join(ownGroup() ?? "", folder.slice(folder.lastIndexOf("/") + 1));
  mkdirSync(group);
  const env = { PATH: process.env["PATH"], NEW: root, MORE: more, LIST: join(folder, "list"), GROUP: group };
  const child = spawn("sh", ["-c", BOOT], { cwd: "/", env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const first = () => firstOf(child);
  const run = (...command: readonly string[]) => {
    const enter = ["--target", `${first()}`, "--mount", "--pid", "--ipc", "--uts", "--cgroup", "--root", "--wd"];
    const clean = ["env", "-i", "PATH=/usr/local/bin:/usr/bin:/usr/sbin", "SYSTEMD_PAGER=", "TERM=dumb"];
    const { status, stdout, stderr } = spawnSync("nsenter", [...enter, ...clean, ...command], { encoding: "utf8" });
    return { status, said: `${stdout}${stderr}` };
  };
  const end = async () => {
    child.kill("SIGKILL");
    await ended;
    await until(() => removed(group));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const isUp = () => first() !== undefined && run("systemctl", "is-active", "test.target").said.trim() === "active";
    await until(() => child.exitCode !== null || isUp());
    if (child.exitCode !== null) throw new Error(`systemd did not start: ${said}`);
  } catch (thrown) {
    await end();
    throw thrown;
  }
  return { run, path: (inside) => join("/proc", `${first()}`, "root", inside), [Symbol.asyncDispose]: end };
}

/** The process that is the first in there, once it is systemd. */
function firstOf({ pid }: ChildProcess): number | undefined {
  try {
    const found = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] ?? "";
    return readFileSync(`/proc/${found}/comm`, "utf8").trim() === "systemd" ? Number(found) : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a group of processes that have ended. @returns false while one of them is still there */
function removed(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true, recursive: true })
      .filter((one) => one.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name))
      .toSorted((a, b) => b.length - a.length))
      rmdirSync(entry);
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
