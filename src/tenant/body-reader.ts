// Bodies read with a limit: pieces are counted as they come, compressed ones again as they unfold.

import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

/** Thrown when a body exceeds its limit. */
export class BodyTooLarge extends Error {}

/** Room for the second piece of a body whose length was not announced. */
const FIRST_ROOM = 128 * 1024;

/** What a body is expected to be. */
export interface BodyExpectation {
  /** Bytes at most. */
  readonly limit: number;
  /** Its length in bytes as its header says, believed as far as the limit. */
  readonly announced?: number | undefined;
  /** Whether nobody else looks at a piece once the next one is pushed. */
  readonly ownsPieces?: boolean | undefined;
}

/**
 * Collects the pieces of one body. They are copied as they come: pieces kept for longer would outlive the collector's young years. Its own ones it
 * frees by itself: the collector counts what lies outside its heap for little, and lets them add up to tens of megabytes.
 */
export class BodyReader {
  /** The only piece so far. */
  #first: Uint8Array | undefined;
  /** Copied, but its giver may be at work on it until the next one comes. */
  #copied: Uint8Array | undefined;
  /** Holds the body from the second piece on. */
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

  /** Adds a piece; throws BodyTooLarge as soon as the limit is passed. */
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

  /** The whole body as text. Throws BodyTooLarge, or what zlib throws on a damaged body. */
  text(contentEncoding: string | undefined): string {
    const plain = this.#plain(this.#view(), contentEncoding);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString("utf8");
  }

  /** The whole body in memory of its own, which can be handed to another thread. Throws as `text` does; may be called once. */
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

  /** Frees a piece that has all of its memory; of one that is a part of more, others may use the rest. */
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
