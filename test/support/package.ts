// The package as users get it: packed once, and installed in two folders, with all that it can use and with what the SDK alone needs.

import { execFile } from "node:child_process";
import { cp, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { bundlePackage } from "../../scripts/bundle.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** A folder as `npm install outdial` leaves it. */
export interface Installation {
  readonly folder: string;
  readonly bin: string;
  /** Bytes of everything in node_modules. */
  weight(): Promise<number>;
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      dev: z.boolean().optional(),
      optional: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** Packs this checkout without touching its own build. @returns the folder of the unpacked package */
async function pack(folder: string): Promise<string> {
  const checkout = join(folder, "checkout");
  await mkdir(checkout);
  const { files } = z
    .object({ files: z.array(z.string()) })
    .parse(JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")));
  const parts = files.map((file) => file.split("/")[0] ?? "").filter((part) => part !== "dist" && !part.startsWith("!"));
  for (const part of new Set(["package.json", "README.md", ...parts]))
    await cp(join(ROOT, part), join(checkout, part), { recursive: true });
  // Types are checked elsewhere: `npm run check:package`.
  await bundlePackage(join(checkout, "dist"));
  await cp(join(ROOT, "dist/web"), join(checkout, "dist/web"), { recursive: true });
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: checkout });
  const tarball = (await readdir(folder)).find((name) => name.endsWith(".tgz"));
  await run("tar", ["-xzf", join(folder, tarball ?? ""), "-C", folder]);
  return join(folder, "package");
}

/** Beside the package what `npm install` puts there, as links to this checkout's packages. */
async function install(unpacked: string, folder: string, withOptional: boolean): Promise<Installation> {
  const modules = join(folder, "node_modules");
  await mkdir(modules, { recursive: true });
  await cp(unpacked, join(modules, "outdial"), { recursive: true });
  const { packages } = lockSchema.parse(JSON.parse(await readFile(join(ROOT, "package-lock.json"), "utf8")));
  const beside: string[] = [];
  for (const [path, { dev, optional, devOptional }] of Object.entries(packages)) {
    const name = path.replace(/^node_modules\//, "");
    if (name === "" || name.includes("node_modules/") || dev === true) continue;
    if ((optional === true || devOptional === true) && !withOptional) continue;
    const there = join(ROOT, path);
    // Packages for other platforms are not installed.
    if ((await stat(there).catch(() => undefined)) === undefined) continue;
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(there, join(modules, name));
    beside.push(there);
  }
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  return {
    folder,
    bin: join(modules, "outdial/bin/outdial.mjs"),
    weight: async () => (await Promise.all([unpacked, ...beside].map(bytesBelow))).reduce((sum, bytes) => sum + bytes, 0),
  };
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => stat(join(parentPath, name)));
  return (await Promise.all(files)).reduce((sum, { size }) => sum + size, 0);
}

/** Packs the package and installs it: as it is, and with `--omit=optional`. */
export async function installPackage(folder: string): Promise<{ readonly whole: Installation; readonly alone: Installation }> {
  const unpacked = await pack(folder);
  return {
    whole: await install(unpacked, join(folder, "whole"), true),
    alone: await install(unpacked, join(folder, "alone"), false),
  };
}
