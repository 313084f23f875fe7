// Builds the dashboard into dist/web when its sources have changed since the last build, and fails when a page is heavier than it may be.
//
//   node scripts/build-web.ts            builds anew whatever there is
//   node scripts/build-web.ts --changed  only when a source has changed

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { withNotices } from "./bundled.ts";
import { sourceHash } from "./sources.ts";

const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "dist/web");
/** Beside the folder, whose files are served. */
const STAMP = join(ROOT, "dist/.web-source");
const MANIFEST = join(OUT, ".vite/manifest.json");
/** Everything that ends up in the bundle, besides the versions of the libraries, which the lock file holds. */
const SOURCES = ["src/web", "examples", "src/dialing", "src/kernel", "vite.config.ts", "package-lock.json"];
/** Script of a page with all it loads, compressed, bytes. */
const LIMIT = 60_000;
/** The same of the page that runs the dialer model. */
const SIMULATOR_LIMIT = 98_000;

const hash = sourceHash(SOURCES);
const isFresh = existsSync(join(OUT, "index.html")) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash;
if (!(process.argv.includes("--changed") && isFresh)) {
  // Only now: the question whether anything changed is asked at every start from a checkout.
  // Whoever starts this, a test run too: a build for anything else is heavier, and not what is published.
  process.env["NODE_ENV"] = "production";
  const { build } = await import("vite");
  await withNotices("web", () => build({ configFile: join(ROOT, "vite.config.ts"), logLevel: "warn" }));
  weigh();
  rmSync(join(OUT, ".vite"), { recursive: true });
  writeFileSync(STAMP, hash);
}

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly assets?: readonly string[];
}

/** Every page loads the entry and its own chunk, each with what they import, and workers with the page that starts them. */
function weigh(): void {
  const chunks = JSON.parse(readFileSync(MANIFEST, "utf8")) as Record<string, Chunk>;
  const sizeOf = (file: string) => gzipSync(readFileSync(join(OUT, file)), { level: 9 }).length;
  const withImports = (name: string, seen: Set<string>): Set<string> => {
    const chunk = chunks[name];
    if (chunk === undefined || seen.has(chunk.file)) return seen;
    seen.add(chunk.file);
    for (const other of chunk.imports ?? []) withImports(other, seen);
    // A worker is an asset that the chunk names in its code.
    const code = readFileSync(join(OUT, chunk.file), "utf8");
    for (const file of readdirSync(join(OUT, "assets")))
      if (/^worker-.*\.js$/.test(file) && code.includes(file)) seen.add(`assets/${file}`);
    return seen;
  };
  const entry = Object.keys(chunks).filter((name) => chunks[name]?.isEntry === true);
  const pages = Object.keys(chunks).filter((name) => name.startsWith("pages/"));
  const files = (page: string) => [...entry, page].reduce((seen, name) => withImports(name, seen), new Set<string>());
  const heavy = pages.map((page) => ({ page, bytes: [...files(page)].reduce((sum, file) => sum + sizeOf(file), 0) }));
  for (const { page, bytes } of heavy) process.stderr.write(`${(bytes / 1000).toFixed(1).padStart(6)} kB  ${page}\n`);
  const limitOf = (page: string) => (page.startsWith("pages/simulator/") ? SIMULATOR_LIMIT : LIMIT);
  const over = heavy.filter(({ page, bytes }) => bytes > limitOf(page));
  if (over.length > 0)
    throw new Error(`Too much script: ${over.map(({ page }) => `${page} may have ${limitOf(page) / 1000} kB`).join(", ")}`);
}
