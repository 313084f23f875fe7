// Packs the package and checks what a user would install: publint and attw on the tarball, its types in somebody's program and in those of the documents,
// and that the CLI in it starts.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fencesOf } from "../test/support/documents.ts";

const folder = mkdtempSync(join(tmpdir(), "outdial-pack-"));
try {
  run("npm", ["pack", "--silent", "--pack-destination", folder]);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error("npm pack made no tarball");
  const path = join(folder, tarball);
  run("publint", ["run", path, "--strict"]);
  run("attw", [path, "--profile", "esm-only"]);
  run("tar", ["-xzf", path, "-C", folder]);
  // The tarball's dependencies are those of this checkout.
  run("ln", ["-s", join(import.meta.dirname, "../node_modules"), join(folder, "node_modules")]);
  run("node", [join(folder, "package/bin/outdial.mjs"), "--help"], "ignore");
  run("node", [
    "--input-type=module",
    "-e",
    `import(${JSON.stringify(join(folder, "package/dist/index.js"))}).then((m) => { if (!m.createTenant) process.exit(1); })`,
  ]);
  checkTypes();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Somebody's program compiles with every library checked: with the types of Node and without, and with no other package's types than zod's. The programs of
 * the documents compile, too.
 */
function checkTypes(): void {
  const modules = join(import.meta.dirname, "../node_modules");
  const { exports } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8")) as {
    exports: Record<string, unknown>;
  };
  const doors = Object.keys(exports).filter((door) => !door.endsWith(".json"));
  const program = doors.map(
    (door, i) => `import * as door${i} from "${door.replace(/^\./, "outdial")}";\nexport { door${i} };\n`,
  );
  for (const withNode of [false, true]) {
    const consumer = join(folder, withNode ? "with-node" : "without-node");
    mkdirSync(join(consumer, "node_modules/@types"), { recursive: true });
    // A copy: what a link leads to would find the packages of this checkout.
    run("cp", ["-r", join(folder, "package"), join(consumer, "node_modules/outdial")]);
    symlinkSync(join(modules, "zod"), join(consumer, "node_modules/zod"));
    if (withNode) symlinkSync(join(modules, "@types/node"), join(consumer, "node_modules/@types/node"));
    writeFileSync(join(consumer, "package.json"), '{ "type": "module" }');
    const programs = { "program.ts": program.join(""), ...(withNode ? documented() : {}) };
    for (const [name, text] of Object.entries(programs)) writeFileSync(join(consumer, name), text);
    const compilerOptions = {
      noEmit: true,
      strict: true,
      skipLibCheck: false,
      module: "nodenext",
      target: withNode ? "esnext" : "es2024",
      types: withNode ? ["node"] : [],
    };
    writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(programs) }));
    run("node", [join(modules, "typescript-7/bin/tsc"), "-p", consumer]);
  }
}

/** The programs of README.md and docs/*.md, by a name that says where they are. */
function documented(): Record<string, string> {
  const root = join(import.meta.dirname, "..");
  const paths = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)].filter((path) =>
    path.endsWith(".md"),
  );
  const programs = paths.flatMap((path) =>
    fencesOf(readFileSync(join(root, path), "utf8"))
      .filter(({ language }) => language === "ts")
      .map(({ line, text }) => [`${path.replaceAll(/\W/g, "-")}-line-${line}.ts`, `${text}\nexport {};\n`]),
  );
  return Object.fromEntries(programs) as Record<string, string>;
}

function run(command: string, args: string[], stdout: "inherit" | "ignore" = "inherit"): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", stdout, "inherit"] });
  if (error !== undefined) throw error;
  if (status !== 0) {
    process.stderr.write(`${command} ${args.join(" ")} ended with ${status}\n`);
    throw new Error("the package check failed");
  }
}
