// Bundles programs into a few files in one folder: loading modules is most of what a start costs. What a program imports only later stays in files of its
// own. A bundle lies two folders below its root, as `dist/app`, so that what code looks for beside the package is found: package.json, examples.

import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "vite";

const ROOT = join(import.meta.dirname, "..");

/** What starts a thread or reads in one: modules that the code looks for by name, beside itself. */
function threadModules(): string[] {
  const named = globSync("src/**/*.ts", { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/\bmodule: "(\.\/[\w-]+)"/g)].map(([, module = ""]) =>
      join(file, "..", `${module}.ts`),
    ),
  );
  const missing = named.find((file) => !existsSync(join(ROOT, file)));
  if (missing !== undefined) throw new Error(`${missing} is named as a module of a thread and is not there`);
  return [...new Set(named)];
}

/**
 * @param entries files of programs, by the name that each gets; threads come with them
 * @param packages `beside`: packages of others are installed beside the bundle; else they are bundled too, but for those named
 */
export async function bundle(
  entries: Readonly<Record<string, string>>,
  out: string,
  packages: "beside" | readonly (string | RegExp)[],
): Promise<void> {
  const threads = threadModules().map((file) => [basename(file, ".ts"), file] as const);
  const input = { ...Object.fromEntries(threads), ...entries };
  await build({
    configFile: false,
    root: ROOT,
    logLevel: "error",
    ssr: packages === "beside" ? { external: true } : { noExternal: true },
    build: {
      ssr: true,
      target: "node24",
      outDir: out,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: {
        ...(packages === "beside" ? {} : { external: [...packages] }),
        input: Object.fromEntries(Object.entries(input).map(([name, file]) => [name, join(ROOT, file)])),
        // No module of src does anything but when it is called.
        treeshake: { moduleSideEffects: (id) => packages !== "beside" && id.includes("/node_modules/") },
        output: {
          entryFileNames: "[name].js",
          chunkFileNames: "[name]-[hash].js",
          // Everything uses some of it, and all of it is small: in files of its own it costs more than it is.
          codeSplitting: { groups: [{ name: "kernel", test: /[\\/]src[\\/]kernel[\\/]/ }] },
        },
      },
    },
  });
}

/**
 * Bundles the command line and the doors of package.json into `out`/app, with a file that leads there where package.json and bin/outdial.mjs look for each.
 * @param out the package's dist
 */
export async function bundlePackage(out: string): Promise<void> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    exports: Record<string, string | { default: string }>;
  };
  const doors = Object.values(exports).flatMap((door) => (typeof door === "string" ? [] : [door.default.replace("./dist/", "")]));
  const named = [...doors, "cli/main.js"].map((path) => {
    const parts = path.replace(".js", "").split("/");
    return { path, name: parts.length === 1 ? "index" : parts[0] === "cli" ? "main" : (parts[0] ?? "") };
  });
  const entries = named.map(({ path, name }) => [name, `src/${path.replace(".js", ".ts")}`] as const);
  await bundle(Object.fromEntries(entries), join(out, "app"), "beside");
  for (const { path, name } of named) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), `export * from "${path.includes("/") ? ".." : "."}/app/${name}.js";\n`);
  }
}
