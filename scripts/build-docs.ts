// Builds the documents into dist/docs, which a service has under /docs/: docs/ as it is, nothing inline in a page, nothing from elsewhere.
//
//   node scripts/build-docs.ts            builds them anew whatever there is
//   node scripts/build-docs.ts --changed  only when a source has changed

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withNotices } from "./bundled.ts";
import { sourceHash } from "./sources.ts";

const ROOT = join(import.meta.dirname, "..");
const OUT = join(ROOT, "dist/docs");
const STAMP = join(ROOT, "dist/.docs-source");

const hash = sourceHash(["docs", "examples", "schemas", "site", "package-lock.json"]);
const isFresh = existsSync(join(OUT, "index.html")) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash;
if (!(process.argv.includes("--changed") && isFresh)) {
  process.env["NODE_ENV"] = "production";
  process.env["OUTDIAL_DOCS_OUT"] = OUT;
  rmSync(OUT, { recursive: true, force: true });
  const { build } = await import("vitepress");
  await withNotices("docs", () => build(join(ROOT, "site")));
  refuseInline();
  writeFileSync(STAMP, hash);
}

/** The service's policy for pages lets nothing inline run or colour. */
function refuseInline(): void {
  for (const name of readdirSync(OUT).filter((one) => one.endsWith(".html"))) {
    const [found] =
      /<script(?![^>]* src=)[^>]*>|<[^>]+ style=[^>]*>|<style[^>]*>|<[^>]+ on[a-z]+="[^>]*>/.exec(
        readFileSync(join(OUT, name), "utf8"),
      ) ?? [];
    if (found !== undefined) throw new Error(`${name} has something inline, which the service's policy refuses: ${found}`);
  }
}
