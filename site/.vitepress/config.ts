// The documents as a site: docs/ as it is, in groups by task as docs/index.md has them, with a search that needs no server. Nothing in a page is inline: the
// service's policy for pages holds for them too.

import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { type DefaultTheme, defineConfig, type MarkdownRenderer } from "vitepress";
import { packagesTold } from "../../scripts/bundled.ts";

type Token = ReturnType<MarkdownRenderer["parse"]>[number];

const ROOT = join(import.meta.dirname, "../..");
const DOCS = join(ROOT, "docs");
const BASE = "/docs/";
/** What a page leads to besides pages, and the package contains. */
const FILES = /^(examples|schemas|docs)\/.*\.(ts|yaml|json|csv)$/;

const OUT = process.env["OUTDIAL_DOCS_OUT"] ?? join(ROOT, "dist/docs");
/** Files that pages lead to, by their path in the project. */
const linked = new Set<string>();

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The groups of docs/index.md with the pages that its questions lead to. */
function groups(): DefaultTheme.SidebarItem[] {
  const [, ...parts] = readFileSync(join(DOCS, "index.md"), "utf8").split(/^## /m);
  return parts.map((part) => ({
    text: part.slice(0, part.indexOf("\n")),
    items: [...part.matchAll(/\[([^\]]+)\]\(([^)]+)\.md\)/g)].map(([, text = "", link = ""]) => ({
      text: text.slice(0, 1).toUpperCase() + text.slice(1),
      link: `/${link}`,
    })),
  }));
}

/** Writes what was inline into a file beside the page's scripts. @returns its address */
function asFile(script: string): string {
  const name = `${createHash("sha256").update(script).digest("hex").slice(0, 10)}.js`;
  mkdirSync(join(OUT, "assets"), { recursive: true });
  writeFileSync(join(OUT, "assets", name), script);
  return `${BASE}assets/${name}`;
}

/** Says of the tokens of a text, in order, which are kept: a link to what is neither a page nor a file of the package becomes plain text. */
function withLinks(): (token: Token) => boolean {
  let isDropped = false;
  return (token) => {
    if (token.type === "link_close" && isDropped) {
      isDropped = false;
      return false;
    }
    const href = token.type === "link_open" ? token.attrGet("href") : null;
    if (href === null || /^([a-z]+:|#)/.test(href)) return true;
    if (/README\.md(#.*)?$/.test(href)) token.attrSet("href", "index.md");
    if (/\.md(#.*)?$/.test(href)) return true;
    const path = posix.normalize(`docs/${href}`);
    isDropped = !FILES.test(path);
    if (isDropped) return false;
    linked.add(path);
    token.attrSet("href", `${BASE}files/${path}`);
    token.attrSet("target", "_self");
    return true;
  };
}

export default defineConfig({
  srcDir: "../docs",
  outDir: OUT,
  cacheDir: join(ROOT, "node_modules/.cache/vitepress"),
  base: BASE,
  title: "outdial",
  description: "Outbound dialing campaigns on NICE CXone: documents",
  lang: "en",
  metaChunk: true,
  // Switching the theme without it puts a style into the page.
  appearance: { disableTransition: false },
  head: [["link", { rel: "icon", href: "/favicon.svg" }]],
  vite: { plugins: [packagesTold()], logLevel: "error" },
  markdown: {
    // Colours would be styles inside the page.
    highlight: (code, language) =>
      `<pre v-pre class="plain" data-language="${escape(language)}"><code>${escape(code)}</code></pre>`,
    config(md) {
      for (const cell of ["th_open", "td_open"] as const)
        md.renderer.rules[cell] = (tokens, at, options, _, self) => {
          const token = tokens[at];
          const align = /text-align:(\w+)/.exec(token?.attrGet("style") ?? "")?.[1];
          if (token !== undefined && align !== undefined) {
            token.attrs = (token.attrs ?? []).filter(([name]) => name !== "style");
            token.attrJoin("class", `align-${align}`);
          }
          return self.renderToken(tokens, at, options);
        };
      // VitePress takes links to pages; what is no page is a file of the package, or not there for a reader.
      md.core.ruler.push("files", ({ tokens }) => {
        for (const token of tokens) if (token.children !== null) token.children = token.children.filter(withLinks());
      });
    },
  },
  themeConfig: {
    nav: [
      { text: "Questions", link: "/" },
      { text: "Dashboard", link: "../", target: "_self" },
    ],
    sidebar: groups(),
    outline: { level: [2, 3] },
    search: { provider: "local" },
    externalLinkIcon: true,
  },
  transformHtml: (html) =>
    html
      .replaceAll(
        /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g,
        (_, script: string) => `<script src="${asFile(script)}"></script>`,
      )
      // The stylesheet of the theme has what they say.
      .replaceAll(/(<[^>]+?) style="(position:relative;|--vp-vh:0px;)"/g, "$1"),
  buildEnd() {
    for (const path of linked) {
      mkdirSync(dirname(join(OUT, "files", path)), { recursive: true });
      copyFileSync(join(ROOT, path), join(OUT, "files", path));
    }
  },
});
