// The lake in object storage with the interface of S3: the same layout as in a folder, and a folder of this machine that keeps what was
// read, since DuckDB reads local files only. A path is never used twice, so what is kept there never has to be asked for again.

import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { chmod, mkdir, open, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ListObject, S3mini } from "s3mini";
import type { RequestInit } from "undici";
import { installCommand, messageOf, missingPackage, OutdialError } from "../../kernel/index.ts";
import { ELSEWHERE, LakeError } from "./error.ts";
import type { LakeFile } from "./lake.ts";
import { AREAS, kindOfFile } from "./layout.ts";
import { type LakePlace, leftovers, STAGING, sweepFolder } from "./place.ts";

/** Where a bucket is. */
export interface BucketOptions {
  /** Address of the service, `https://s3.eu-central-1.amazonaws.com` for example; the bucket is the first part of the path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Of all keys, such as `lake/prod`; empty for the whole bucket. */
  readonly prefix: string;
  /** Asked once, before the first request. */
  readonly keys: () => Promise<{ readonly id: string; readonly secret: string }>;
  /** Folder of this machine for what was read. */
  readonly folder: string;
  /** What that folder may keep beside what is in use, bytes. */
  readonly keptBytes: number;
  /** The present time, ms since the epoch. */
  readonly now: () => number;
}

/** Files that are sent or fetched at the same time. */
const AT_ONCE = 8;
/** A request is given up when nothing goes or comes for so long, ms. */
const SILENT_MS = 30_000;
/** Attempts at a request that may succeed later, and the wait after the first, ms; it doubles. */
const ATTEMPTS = 4;
const WAIT_MS = 200;
/** A file that was asked for so lately is not looked for again, ms. */
const SEEN_MS = 600_000;
/** SHA-256 of the file in hex, beside each object. */
const DIGEST = "x-amz-meta-sha256";

/** A lake in a bucket. Nothing is asked before the first use. */
export function bucketPlace(options: BucketOptions): LakePlace {
  return new Bucket(options);
}

class Bucket implements LakePlace {
  readonly name: string;
  readonly root: string;
  readonly #options: BucketOptions;
  #client: Promise<S3mini> | undefined;
  /** The storage's own time at its last answer, ms since the epoch; 0 when it does not say. */
  #storageTime = 0;
  /** When each path was last known to be in the folder. */
  readonly #seen = new Map<string, number>();
  readonly #coming = new Map<string, Promise<void>>();

  constructor(options: BucketOptions) {
    this.#options = options;
    this.root = options.folder;
    this.name = `s3://${options.bucket}${options.prefix === "" ? "" : `/${options.prefix}`}`;
  }

  async publish(temporary: string, path: string): Promise<number> {
    const digest = await digestOf(temporary);
    const file = await openAsBlob(temporary);
    await this.#ask(`writing ${path}`, (client) =>
      client.putObject(this.#key(path), file, "application/vnd.apache.parquet", undefined, { [DIGEST]: digest }, file.size),
    );
    await this.#keep(temporary, path);
    return file.size;
  }

  async have(files: readonly LakeFile[]): Promise<void> {
    const since = this.#options.now() - SEEN_MS;
    const left = files.filter(({ path }) => (this.#seen.get(path) ?? 0) < since);
    const bring = async () => {
      for (let file = left.pop(); file !== undefined; file = left.pop()) await this.#bring(file);
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, left.length) }, bring));
  }

  /** One file that several ask for is fetched once. */
  #bring(file: LakeFile): Promise<void> {
    const { path } = file;
    const coming = this.#coming.get(path) ?? this.#fetch(file).finally(() => this.#coming.delete(path));
    this.#coming.set(path, coming);
    return coming;
  }

  async #fetch({ path, bytes }: LakeFile): Promise<void> {
    const at = join(this.root, path);
    const kept = await stat(at).catch(() => undefined);
    if (kept?.size === bytes) {
      // So that it is among the last that go.
      const now = new Date(this.#options.now());
      await utimes(at, now, now).catch(() => undefined);
      this.#seen.set(path, now.getTime());
      return;
    }
    const temporary = join(this.root, STAGING, `${process.pid}-${path.slice(path.lastIndexOf("/") + 1)}`);
    await mkdir(dirname(temporary), { recursive: true, mode: 0o700 });
    try {
      await this.#ask(`reading ${path}`, async (client) => {
        const answer = await client.getObjectResponse(this.#key(path));
        if (answer === null)
          throw new LakeError("lake_files_missing", `a file that the store lists is missing in the lake: ${this.name}/${path}`, {
            advice: ELSEWHERE,
          });
        await using out = await open(temporary, "w", 0o600);
        const hash = createHash("sha256");
        let read = 0;
        for await (const chunk of answer.body ?? []) {
          hash.update(chunk);
          read += chunk.length;
          await out.writeFile(chunk);
        }
        // What is there with the right size is not asked for again: it has to survive a power failure as it came.
        await out.sync();
        const said = answer.headers.get(DIGEST);
        const isWhole = read === bytes && (said === null || said === hash.digest("hex"));
        if (!isWhole) throw new Error(`${read} bytes came, which are not the ${bytes} that were written`);
      });
      await this.#keep(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #keep(temporary: string, path: string): Promise<void> {
    const at = join(this.root, path);
    await mkdir(dirname(at), { recursive: true, mode: 0o700 });
    await chmod(temporary, 0o600);
    await rename(temporary, at);
    this.#seen.set(path, this.#options.now());
  }

  async holds({ path }: LakeFile): Promise<boolean> {
    return (await this.#ask("looking", (client) => client.objectExists(this.#key(path)))) === true;
  }

  async remove(path: string): Promise<void> {
    this.#seen.delete(path);
    await rm(join(this.root, path), { force: true });
    await this.#ask("removing", (client) => client.deleteObject(this.#key(path)));
  }

  async sweep(stays: () => Promise<ReadonlySet<string>>, graceMs: number): Promise<number> {
    const listed: ListObject[] = [];
    for (const area of AREAS) {
      const found = await this.#ask("listing", (client) => client.listObjects("/", this.#key(`${area}/`)));
      if (found === null) throw this.#trouble("listing", "there is no such bucket");
      listed.push(...found);
    }
    const before = this.#storageTime - graceMs;
    const kept = await stays();
    const start = this.#key("").length;
    let removed = 0;
    for (const { Key: key, LastModified: changed } of listed) {
      const path = key.slice(start);
      const isOurs = kindOfFile(path.slice(path.lastIndexOf("/") + 1)) !== undefined;
      if (!isOurs || kept.has(path) || !(new Date(changed).getTime() <= before)) continue;
      await this.remove(path);
      removed += 1;
    }
    const keptBefore = this.#options.now() - graceMs;
    await sweepFolder(this.root, kept, keptBefore);
    await this.#shorten(keptBefore);
    return removed;
  }

  /** Drops what was asked for longest ago, where the folder keeps more than it may. */
  async #shorten(before: number): Promise<void> {
    const kept: { readonly path: string; readonly at: number; readonly bytes: number }[] = [];
    for await (const one of leftovers(this.root, new Set())) kept.push(one);
    let sum = 0;
    for (const { path, at, bytes } of kept.toSorted((a, b) => b.at - a.at)) {
      sum += bytes;
      if (sum > this.#options.keptBytes && at < before) await rm(join(this.root, path), { force: true });
    }
  }

  #key(path: string): string {
    const { prefix } = this.#options;
    return prefix === "" ? path : `${prefix}/${path}`;
  }

  /** Sends a request, again where that may help. Throws LakeError `lake_unavailable` */
  async #ask<T>(doing: string, work: (client: S3mini) => Promise<T>): Promise<T> {
    for (let attempt = 1, wait = WAIT_MS; ; attempt++, wait *= 2) {
      try {
        return await work(await this.#connect());
      } catch (thrown) {
        if (thrown instanceof OutdialError) throw thrown;
        const { status } = thrown as { readonly status?: unknown };
        const mayPass = typeof status !== "number" || status >= 500 || status === 429 || status === 408;
        if (!mayPass || attempt === ATTEMPTS) throw this.#trouble(doing, whyOf(thrown), thrown);
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  #trouble(doing: string, why: string, cause?: unknown): LakeError {
    return new LakeError("lake_unavailable", `the lake cannot be used: ${doing} at ${this.name}: ${why}`, {
      advice: "Repair the storage, or outcomes.lake and outcomes.s3 in outdial.yaml; stopped jobs then continue by themselves.",
      cause,
    });
  }

  #connect(): Promise<S3mini> {
    this.#client ??= this.#make().catch((thrown: unknown) => {
      this.#client = undefined;
      throw thrown;
    });
    return this.#client;
  }

  async #make(): Promise<S3mini> {
    const { endpoint, region, bucket, keys } = this.#options;
    const { S3mini } = await import("s3mini").catch((thrown: unknown) => {
      throw missingPackage(thrown, installCommand(["s3mini"])) ?? thrown;
    });
    const { EnvHttpProxyAgent, fetch } = await import("undici");
    const { id, secret } = await keys();
    const dispatcher = new EnvHttpProxyAgent({
      headersTimeout: SILENT_MS,
      bodyTimeout: SILENT_MS,
      connect: { timeout: SILENT_MS },
    });
    const asked = async (input: string, init: RequestInit) => {
      // The key goes to the storage's own host only.
      const answer = await fetch(input, { ...init, redirect: "error", dispatcher });
      this.#storageTime = Date.parse(answer.headers.get("date") ?? "") || 0;
      return answer;
    };
    return new S3mini({
      accessKeyId: id,
      secretAccessKey: secret,
      region,
      endpoint: `${endpoint.replace(/\/+$/, "")}/${bucket}`,
      fetch: asked as unknown as typeof globalThis.fetch,
    });
  }
}

/** What the storage says; its texts may be long. */
function whyOf(thrown: unknown): string {
  const { cause } = thrown as { readonly cause?: unknown };
  return messageOf(cause instanceof Error && thrown instanceof TypeError ? cause : thrown).slice(0, 200);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
