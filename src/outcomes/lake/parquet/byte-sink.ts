// Collects bytes in a buffer that grows and is reused, so that writing many files leaves no garbage.

const FIRST_SIZE = 64 * 1024;

/** A buffer that grows as bytes are written. */
export class ByteSink {
  #bytes = Buffer.allocUnsafeSlow(FIRST_SIZE);
  #view = viewOf(this.#bytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** The collected bytes; valid until the next change. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
  }

  /** A whole number up to 2^53 as 64 bits. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#view.setInt32(this.#length, (value - high * 0x1_0000_0000) | 0, true);
    this.#view.setInt32(this.#length + 4, high, true);
    this.#length += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** A text after its length in bytes. In `latin1` each character is one byte. */
  text(value: string, encoding: "utf8" | "latin1"): void {
    this.#reserve(4 + value.length * 3);
    const at = this.#length + 4;
    const written = this.#bytes.write(value, at, encoding);
    this.#view.setInt32(this.#length, written, true);
    this.#length += 4 + written;
  }

  /** Overwrites four bytes at `at`. */
  patchInt32(at: number, value: number): void {
    this.#view.setInt32(at, value, true);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
