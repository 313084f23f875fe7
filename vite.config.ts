// How the dashboard is built: src/web to dist/web, with names that carry a hash of the content, and nothing inline.

import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import { packagesTold } from "./scripts/bundled.ts";

/**
 * What most pages show, in one file: a browser fetches few at a time, and a dozen of some hundred bytes each keep the page waiting. Pages with curves are
 * heavy enough without the parts of lists.
 */
const PARTS =
  /\/src\/web\/(ui\/(?!plot|film|confirm|recycled|more|export|save-file|progress|counts|refused|saved)|view\/(?!film|campaign-list|csv|stop|audit))/;

/**
 * Every zod schema carries the making of a JSON Schema of itself, and looks for cycles in what it checks: 7 kB, compressed, of the simulator's worker, which
 * writes no schemas and checks a few numbers of the page's own. zod's small variant has neither.
 */
function withoutExtrasOfZod(): Plugin {
  const EXTRAS = /\/zod\/v4\/core\/(to-json-schema|json-schema-processors|memoizer)\.js$/;
  return {
    name: "without-extras-of-zod",
    transform(code, id) {
      if (!EXTRAS.test(id)) return undefined;
      const names = [...code.matchAll(/^export (?:const|function|class) ([\w$]+)/gm)].map(([, name]) => `absent as ${name}`);
      return { code: `const absent = () => undefined;\nexport { ${names.join(", ")} };`, map: null };
    },
  };
}

/** What the fields of a scenario are is told by the published schema and the help; the simulator's worker tells nobody. */
function withoutDescriptions(): Plugin {
  const DESCRIPTION = /\.describe\(\s*(?:"(?:[^"\\]|\\.)*"|`[^`$]*`),?\s*\)/g;
  return {
    name: "without-descriptions",
    transform: (code, id) => (id.includes("/src/dialing/") ? { code: code.replace(DESCRIPTION, ""), map: null } : undefined),
  };
}

export default defineConfig({
  // Whatever folder it is built from.
  root: join(import.meta.dirname, "src/web"),
  base: "/",
  plugins: [packagesTold()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    rollupOptions: { output: { manualChunks: (id: string) => (PARTS.test(id) ? "parts" : undefined) } },
  },
  worker: {
    format: "es",
    plugins: () => [withoutExtrasOfZod(), withoutDescriptions(), packagesTold()],
    // Of the dialer model the parts that nobody asks for have no effects of their own.
    rollupOptions: { treeshake: { moduleSideEffects: (id) => !id.includes("/src/dialing/") } },
  },
});
