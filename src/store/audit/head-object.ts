// A head's text as an object in object storage, by plain HTTP: GET reads it, PUT writes it. Addresses that carry a signature are secrets: messages
// name the host alone.

import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";
import type { HeadObjectOptions } from "./places.ts";
import type { HeadKeep } from "./stored-head.ts";

const REST_MS = 5_000;
const ANSWER_MS = 5_000;
/** A head has a few hundred bytes. */
const MOST_BYTES = 65_536;

export class HeadObject implements HeadKeep {
  readonly name: string;
  readonly outside = true;
  readonly remote = true;
  readonly restMs = REST_MS;
  readonly #read: URL;
  readonly #write: URL;
  readonly #headers: Readonly<Record<string, string>>;
  /** Of what was read last: only that is replaced. */
  #tag: string | undefined;
  #text: string | undefined;

  /** @param file the object's name in a folder. Throws StoreError `invalid_state` for an address that is none */
  constructor(options: HeadObjectOptions, file: string) {
    const [read, write] = "url" in options ? [options.url, options.url] : [options.readUrl, options.writeUrl];
    this.#read = addressOf(read, file);
    this.#write = addressOf(write, file);
    this.#headers = "url" in options && options.authorization !== undefined ? { authorization: options.authorization } : {};
    this.name = `the object ${this.#read.host}${this.#read.pathname}`;
  }

  async read(): Promise<string | undefined> {
    const response = await this.#ask("GET", this.#read);
    const text = await textOf(response);
    this.#tag = undefined;
    this.#text = undefined;
    if (response.status === 404) return undefined;
    if (response.status !== 200) throw new Error(`reading it was answered with ${response.status}`);
    this.#tag = response.headers.get("etag") ?? undefined;
    this.#text = text;
    return text;
  }

  async write(note: string): Promise<void> {
    // Another process may have written a newer head meanwhile.
    const condition: Record<string, string> =
      this.#tag !== undefined ? { "if-match": this.#tag } : this.#text === undefined ? { "if-none-match": "*" } : {};
    await this.#put(this.#write, note, condition);
  }

  /** With presigned addresses there is no other name: what did not fit stands in the database, among the conflicts. */
  async setAside(mark: string): Promise<void> {
    if (this.#text === undefined || this.#read.href !== this.#write.href) return;
    const beside = new URL(this.#write);
    beside.pathname += `.${mark}`;
    await this.#put(beside, this.#text, {});
  }

  async #put(url: URL, body: string, condition: Readonly<Record<string, string>>): Promise<void> {
    const headers = { ...condition, "content-type": "text/plain; charset=utf-8", "x-ms-blob-type": "BlockBlob" };
    const response = await this.#ask("PUT", url, { headers, body });
    await textOf(response);
    if (response.status === 412) throw new Error("another process wrote it meanwhile");
    if (!response.ok) throw new Error(`writing it was answered with ${response.status}`);
  }

  async #ask(method: string, url: URL, init: { readonly headers?: Record<string, string>; readonly body?: string } = {}) {
    try {
      return await fetch(url, {
        ...init,
        method,
        headers: { ...this.#headers, ...init.headers },
        redirect: "error",
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch (thrown) {
      const { cause } = thrown as { readonly cause?: unknown };
      throw new Error(messageOf(cause ?? thrown).replaceAll(url.search || "?", "?"), { cause: thrown });
    }
  }
}

function addressOf(text: string, file: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw new StoreError(
      "invalid_state",
      "the address of a head in object storage is not an http or https URL, or carries a password",
      {
        advice: "Check audit.heads in outdial.yaml and the variables that it names.",
      },
    );
  if (url.pathname.endsWith("/")) url.pathname += file;
  return url;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error("it answered with more than a head");
  }
  return Buffer.concat(chunks).toString();
}
