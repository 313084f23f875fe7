// The documents stay true: the table of parts is the one the build enforces, links lead somewhere, the example runs.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("docs/architecture.md lists the parts and imports that the build enforces", () => {
  const enforced = new Map(
    [...read(".dependency-cruiser.cjs").matchAll(/^ {2}(\w+): \[(.*)\],$/gm)].map(([, part, list]) => [
      part,
      [...(list ?? "").matchAll(/"(\w+)"/g)].map(([, name]) => name),
    ]),
  );
  const parts = [...enforced.keys()];
  const documented = new Map(
    [...read("docs/architecture.md").matchAll(/^\| `(\w+)` +\| .* \| (.*?) +\|$/gm)].map(([, part, list]) => {
      if (list === "–") return [part, []];
      return [part, list === "all above" ? parts.slice(0, parts.indexOf(part)) : list?.split(", ")];
    }),
  );
  expect(documented).toEqual(enforced);
  const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(new Set(folders.map(({ name }) => name))).toEqual(new Set(parts));
});

test("every relative link in the documents leads to a file", () => {
  const files = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync(join(root, "docs"))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];
  for (const file of files) {
    for (const [, target] of read(file).matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(existsSync(join(root, dirname(file), target ?? "")), `${file} → ${target}`).toBe(true);
  }
});

test("pages, commands and documents use the words of docs/glossary.md, and none of those that it refuses", () => {
  const refused = [...read("docs/glossary.md").matchAll(/^\| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)]
    .flatMap(([, not]) => (not ?? "").split(","))
    .map((phrase) => phrase.trim().toLowerCase())
    .filter((phrase) => phrase !== "not" && !/^-*$/.test(phrase));
  expect(refused.length).toBeGreaterThan(3);
  const files = ["src", "docs", "examples"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
    .filter((name) => /\.(tsx?|md)$/.test(name) && !/\.test\.tsx?$/.test(name) && name !== join("docs", "glossary.md"));
  const found = ["README.md", ...files].flatMap((file) => {
    // What the code says, not what is said of it.
    const text = read(file)
      .replaceAll(/^ *(\/\/|\*|\/\*\*).*$/gm, "")
      .toLowerCase();
    return refused.filter((phrase) => text.includes(phrase)).map((phrase) => `${file}: ${phrase}`);
  });
  expect(found).toEqual([]);
});

test("every npm script that the documents name exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, name] of `${read("README.md")}${read("CONTRIBUTING.md")}`.matchAll(/npm run ([\w:]+)/g))
    expect(Object.keys(scripts)).toContain(name);
});

test("the tables and the plot of docs/intervals.md are those of the study that is kept", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/interval-study.ts", "check"], { cwd: root, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
