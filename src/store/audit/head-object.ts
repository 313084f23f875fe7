// A head of the audit log as an object in object storage, by plain HTTP: GET reads it, PUT writes it.

import type { HeadKeep } from "./heads.ts";
import { askRemote, type HeadObjectOptions, type RemoteAnswer, RemotePlace, remoteAddress } from "./places.ts";

/** A head of the audit log kept as an object in object storage, by HTTP GET and PUT. Errors: StoreError. */
export class HeadObject extends RemotePlace implements HeadKeep {
  readonly name: string;
  readonly restMs = 5_000;
  readonly #read: URL;
  readonly #write: URL;
  readonly #headers: Readonly<Record<string, string>>;
  /** Entity tag of what was read last: only that version is replaced. */
  #tag: string | undefined;
  #text: string | undefined;

  /** @param file the object's name within a folder. Throws StoreError `invalid_state` for a malformed address */
  constructor(options: HeadObjectOptions, file: string) {
    super();
    const [read, write] = "url" in options ? [options.url, options.url] : [options.readUrl, options.writeUrl];
    this.#read = addressOf(read, file);
    this.#write = addressOf(write, file);
    this.#headers = "url" in options && options.authorization !== undefined ? { authorization: options.authorization } : {};
    this.name = `the object ${this.#read.host}${this.#read.pathname}`;
  }

  async read(): Promise<string | undefined> {
    const { status, tag, text } = await this.#ask("GET", this.#read);
    this.#tag = undefined;
    this.#text = undefined;
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`reading it was answered with ${status}${status === 403 ? `: ${FORBIDDEN}` : ""}`);
    this.#tag = tag;
    this.#text = text;
    // An empty object was put there so that the storage answers: no head was kept yet.
    return text === "" ? undefined : text;
  }

  async write(note: string): Promise<void> {
    // Another process may have written a newer head in the meantime.
    const condition: Record<string, string> =
      this.#tag !== undefined ? { "if-match": this.#tag } : this.#text === undefined ? { "if-none-match": "*" } : {};
    await this.#put(this.#write, note, condition);
  }

  /** With presigned addresses no other name is possible: the head that did not fit is among the conflicts in the database. */
  async setAside(mark: string): Promise<void> {
    if (this.#text === undefined || this.#read.href !== this.#write.href) return;
    const beside = new URL(this.#write);
    beside.pathname += `.${mark}`;
    await this.#put(beside, this.#text, {});
  }

  async #put(url: URL, body: string, condition: Readonly<Record<string, string>>): Promise<void> {
    const headers = { ...condition, "content-type": "text/plain; charset=utf-8", "x-ms-blob-type": "BlockBlob" };
    const { status } = await this.#ask("PUT", url, { headers, body });
    // S3 answers 409 when another write was concurrent.
    if (status === 412 || status === 409) throw new Error("another process wrote it meanwhile");
    if (status < 200 || status > 299) throw new Error(`writing it was answered with ${status}`);
  }

  #ask(
    method: string,
    url: URL,
    init: { readonly headers?: Record<string, string>; readonly body?: string } = {},
  ): Promise<RemoteAnswer> {
    return askRemote(url, { ...init, method, headers: { ...this.#headers, ...init.headers } });
  }
}

/** S3 does not tell callers without the right to list whether an object exists. */
const FORBIDDEN = "not allowed, or ended; S3 says so, too, while there is no object: put an empty one there";

function addressOf(text: string, file: string): URL {
  const url = remoteAddress(text, "a head in object storage");
  if (url.pathname.endsWith("/")) url.pathname += file;
  return url;
}
