// How the dashboard is built: src/web to dist/web, with names that carry a hash of the content, and nothing inline.

import { defineConfig } from "vite";

/**
 * What most pages show, in one file: a browser fetches few at a time, and a dozen of some hundred bytes each keep the page waiting. Pages with curves are
 * heavy enough without the parts of lists.
 */
const PARTS =
  /\/src\/web\/(ui\/(?!plot|confirm|recycled|more|export|save-file|progress|counts|refused)|view\/(?!campaign-list|csv|stop|audit))/;

export default defineConfig({
  root: "src/web",
  base: "/",
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
  worker: { format: "es" },
});
