// From a folder upward, the nearest outdial.yaml or store is the workplace.

import { chownSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "./config.ts";
import { findWorkplace } from "./workplace-folder.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "outdial-workplace-"));
  await mkdir(join(root, "a/b/c"), { recursive: true });
});
afterEach(() => rm(root, { recursive: true, force: true }));

const store = async (folder: string) => {
  await mkdir(join(root, folder, ".outdial"));
  await writeFile(join(root, folder, ".outdial/audit.pub"), "key");
};
const config = (folder: string, text = "{}\n") => writeFile(join(root, folder, "outdial.yaml"), text);
const found = async (folder: string) => (await findWorkplace(join(root, folder)))?.folder;

test("the nearest one wins, whichever of the two it has; a folder with notes of a stop alone is none", async () => {
  await config(".");
  expect(await found("a/b/c")).toBe(root);
  await store("a");
  expect(await found("a/b/c")).toBe(join(root, "a"));
  await mkdir(join(root, "a/b/.outdial/stops"), { recursive: true });
  expect(await found("a/b/c")).toBe(join(root, "a"));
  await config("a/b");
  expect(await findWorkplace(join(root, "a/b/c"))).toEqual({
    folder: join(root, "a/b"),
    config: join(root, "a/b/outdial.yaml"),
  });
  expect(await found(".")).toBe(root);
});

test("paths in outdial.yaml are told from that file, wherever it was found from or named", async () => {
  await config("a", "webhooks: { bi: { url: 'https://bi.example.com', secretFile: key } }\n");
  await writeFile(join(root, "a/key"), "whsec_x");
  const below = await loadConfig({ cwd: join(root, "a/b/c") }, {});
  expect(below).toMatchObject({ dir: join(root, "a/.outdial"), folder: join(root, "a"), path: join(root, "a/outdial.yaml") });
  const named = await loadConfig({ cwd: root, config: "a/outdial.yaml" }, {});
  expect(named).toMatchObject({ dir: join(root, "a/.outdial"), folder: join(root, "a") });
  const own = await loadConfig({ cwd: join(root, "a/b"), dir: "own" }, {});
  expect(own).toMatchObject({ dir: join(root, "a/b/own"), dirFrom: "--dir", folder: join(root, "a") });
});

test.skipIf(process.getuid?.() !== 0)("what another user put above is not used, but may be named", async () => {
  await config("a");
  chownSync(join(root, "a/outdial.yaml"), 12_345, 12_345);
  await expect(findWorkplace(join(root, "a/b"))).rejects.toMatchObject({
    code: "invalid_config",
    message: expect.stringContaining("belongs to another user (12345)"),
  });
  expect(await found("a")).toBe(join(root, "a"));
  expect(await loadConfig({ cwd: join(root, "a/b"), config: join(root, "a/outdial.yaml") }, {})).toMatchObject({
    folder: join(root, "a"),
  });
});
