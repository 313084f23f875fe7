// Reads bodies with a size limit: bytes are counted as they arrive, and again when they are decompressed.

import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** Thrown when a body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** Buffer size for a body of unknown length, when its second piece arrives. */
const FIRST_ROOM = 128 * 1024;

/** What is known in advance about a body. */
interface BodyExpectation {
  /** Most bytes, after decompression. */
  readonly limit: number;
  /** Its length in bytes according to its header; used up to the limit. */
  readonly announced?: number | undefined;
  /** Whether nobody else uses a piece after the next one was pushed. */
  readonly ownsPieces?: boolean | undefined;
}

/**
 * Collects the pieces of one body. Pieces are copied at once: kept for longer, they would reach the old generation of the garbage
 * collector. Pieces that belong to the reader are freed explicitly, since the collector gives little weight to memory outside of
 * its heap and lets tens of megabytes accumulate.
 */
export class BodyReader {
  /** The only piece so far. */
  #first: Uint8Array | undefined;
  /** A copied piece; its owner may still use it until the next one arrives. */
  #copied: Uint8Array | undefined;
  /** The buffer, from the second piece on. */
  #room: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  readonly #limit: number;
  readonly #announced: number;
  readonly #ownsPieces: boolean;

  constructor({ limit, announced, ownsPieces }: BodyExpectation) {
    this.#limit = limit;
    this.#announced = Math.min(limit, announced ?? 0);
    this.#ownsPieces = ownsPieces ?? false;
  }

  /** Adds a piece. Throws BodyTooLarge as soon as the limit is exceeded. */
  push(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#limit) throw new BodyTooLarge(`the reply is larger than ${this.#limit} bytes`);
    if (this.#length === 0) this.#first = piece;
    else {
      this.#roomFor(length).set(piece, this.#length);
      this.#free(this.#copied);
      this.#copied = piece;
    }
    this.#length = length;
  }

  /** The whole body as text. Throws BodyTooLarge, or zlib's error for a damaged body. */
  text(contentEncoding: string | undefined): string {
    const plain = this.#plain(this.#view(), contentEncoding);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString("utf8");
  }

  /**
   * The whole body in memory of its own, which can be transferred to another thread. Throws as `text` does; may be called once.
   */
  bytes(contentEncoding: string | undefined): Uint8Array<ArrayBuffer> {
    const plain = this.#plain(this.#view(), contentEncoding);
    const room = this.#room;
    if (room === undefined || plain.buffer !== room.buffer) return new Uint8Array(plain);
    return room.byteLength === this.#length ? room : new Uint8Array(room.buffer.transfer(this.#length));
  }

  #view(): Uint8Array {
    return this.#room?.subarray(0, this.#length) ?? this.#first ?? new Uint8Array();
  }

  #roomFor(length: number): Uint8Array {
    const room = this.#room;
    if (room !== undefined && room.byteLength >= length) return room;
    const larger = new Uint8Array(
      Math.max(length, this.#announced, Math.min(this.#limit, Math.max(FIRST_ROOM, 2 * this.#length))),
    );
    larger.set(this.#view());
    this.#free(this.#first);
    this.#first = undefined;
    this.#room = larger;
    return larger;
  }

  /** Frees a piece that owns all of its buffer; the rest of a shared buffer may be in use. */
  #free(piece: Uint8Array | undefined): void {
    const whole = piece?.buffer instanceof ArrayBuffer && piece.buffer.byteLength === piece.byteLength;
    if (this.#ownsPieces && whole) piece.buffer.transfer(0);
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
