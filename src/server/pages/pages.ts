// The files of the dashboard, and under /docs/ the documents. Only files that the build made can be requested; every other path that looks like a page of the
// dashboard gets the application itself.

import { readdir, readFile } from "node:fs/promises";
import { extname, join, posix } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { API } from "../routing/route.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json",
};
/** Compressing smaller files is not worth it. */
const COMPRESS_FROM = 1024;
const COMPRESSIBLE = /^(text|application|image\/svg)/;
/** The build puts the hash of the content into these file names. */
const HASHED = /^(\/docs)?\/assets\//;
/** The documents are beside the dashboard's folder, and link to it and to each other under this path. */
const DOCS = "/docs";
const APPLICATION = "/index.html";

/**
 * What the application requests first on every page, and what its first page shows: the browser requests them in parallel with
 * the scripts.
 */
const ALWAYS_READ = ["/me"];
const FIRST_PAGE = "/";
const FIRST_PAGE_READS = ["/campaigns"];

const compress = promisify(gzip);

interface PageFile {
  readonly path: string;
  readonly type: string;
}

/** The built dashboard. */
export class Pages {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #contents = new Map<string, { readonly plain: Buffer; readonly zipped: Buffer | undefined }>();

  private constructor(files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  /** Reads the file names of a build folder and of the documents beside it. A missing folder has no pages. */
  static async open(root: string | undefined): Promise<Pages> {
    const files = new Map<string, PageFile>();
    if (root !== undefined)
      for (const [at, folder] of [
        ["", root],
        [DOCS, join(root, "../docs")],
      ] as const)
        for await (const { url, path, type } of walk(folder, "")) files.set(`${at}${url}`, { path, type });
    return new Pages(files);
  }

  /** Whether there is a dashboard. */
  get built(): boolean {
    return this.#files.has(APPLICATION);
  }

  /** Whether a path is one of the documents'. */
  static isDocument = (path: string): boolean => path === DOCS || path.startsWith(`${DOCS}/`);

  /** The file at a path, or the application for one of its own paths; undefined for a file that does not exist. */
  async respond(path: string, acceptEncoding: string): Promise<Response | undefined> {
    if (path === DOCS) return new Response(null, { status: 308, headers: { location: `${DOCS}/` } });
    const asked = path === `${DOCS}/` ? `${DOCS}/index.html` : path;
    const url = this.#files.has(asked) ? asked : extname(path) === "" && !Pages.isDocument(path) ? APPLICATION : undefined;
    const file = url === undefined ? undefined : this.#files.get(url);
    if (url === undefined || file === undefined) return undefined;
    const { plain, zipped } = await this.#content(url, file);
    const headers = new Headers({
      "content-type": file.type,
      "cache-control": HASHED.test(url) ? "public, max-age=31536000, immutable" : "no-cache",
      vary: "accept-encoding",
    });
    if (url === APPLICATION) headers.set("link", readAhead(path));
    const zip = zipped !== undefined && /\bgzip\b/.test(acceptEncoding);
    if (zip) headers.set("content-encoding", "gzip");
    const bytes = zip ? zipped : plain;
    headers.set("content-length", String(bytes.byteLength));
    return new Response(new Uint8Array(bytes), { headers });
  }

  async #content(url: string, { path, type }: PageFile) {
    const known = this.#contents.get(url);
    if (known !== undefined) return known;
    const plain = await readFile(path);
    const worth = plain.byteLength >= COMPRESS_FROM && COMPRESSIBLE.test(type);
    const content = { plain, zipped: worth ? await compress(plain) : undefined };
    this.#contents.set(url, content);
    return content;
  }
}

/** A Link header that makes the browser request them early; with the session cookie, like the application's own requests. */
function readAhead(path: string): string {
  const reads = path === FIRST_PAGE ? [...ALWAYS_READ, ...FIRST_PAGE_READS] : ALWAYS_READ;
  return reads.map((read) => `<${API}${read}>; rel=preload; as=fetch; crossorigin`).join(", ");
}

async function* walk(root: string, under: string): AsyncGenerator<PageFile & { readonly url: string }> {
  const entries = await readdir(join(root, under), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const name = posix.join(under, entry.name);
    if (entry.isDirectory()) yield* walk(root, name);
    else if (entry.isFile()) {
      const type = TYPES[extname(entry.name)] ?? "application/octet-stream";
      yield { url: `/${name}`, path: join(root, name), type };
    }
  }
}
