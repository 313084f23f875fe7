// Bodies read with a limit: pieces are counted as they come, compressed ones again as they unfold.

import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** Thrown when a body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** Collects the pieces of one body. */
export class BodyReader {
  #first: Uint8Array | undefined;
  #rest: Uint8Array[] | undefined;
  #bytes = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a piece; throws BodyTooLarge as soon as the limit is passed. */
  push(piece: Uint8Array): void {
    this.#bytes += piece.byteLength;
    if (this.#bytes > this.#limit) throw new BodyTooLarge(`the reply is larger than ${this.#limit} bytes`);
    if (this.#first === undefined) this.#first = piece;
    else if (this.#rest === undefined) this.#rest = [this.#first, piece];
    else this.#rest.push(piece);
  }

  /** The whole body as text. Throws BodyTooLarge, or what zlib throws on a damaged body. */
  text(contentEncoding: string | undefined): string {
    if (this.#first === undefined) return "";
    const plain = this.#plain(this.#rest === undefined ? this.#first : Buffer.concat(this.#rest, this.#bytes), contentEncoding);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString("utf8");
  }

  /** The whole body in memory of its own, which can be handed to another thread. Throws as `text` does. */
  bytes(contentEncoding: string | undefined): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#bytes);
    let at = 0;
    for (const piece of this.#rest ?? (this.#first === undefined ? [] : [this.#first])) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    const plain = this.#plain(whole, contentEncoding);
    return plain === whole ? whole : new Uint8Array(plain);
  }

  #plain(bytes: Uint8Array, contentEncoding: string | undefined): Uint8Array {
    return contentEncoding === undefined ? bytes : decompress(bytes, contentEncoding.trim().toLowerCase(), this.#limit);
  }
}

function decompress(bytes: Uint8Array, encoding: string, maxOutputLength: number): Uint8Array {
  try {
    if (encoding === "gzip" || encoding === "x-gzip") return gunzipSync(bytes, { maxOutputLength });
    if (encoding === "deflate") return inflateSync(bytes, { maxOutputLength });
    if (encoding === "br") return brotliDecompressSync(bytes, { maxOutputLength });
    return bytes;
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new BodyTooLarge(`the reply unfolds to more than ${maxOutputLength} bytes`);
    throw thrown;
  }
}
