// The hash of lines as they come, without keeping them.

import { createHash } from "node:crypto";

/** Characters that are hashed at once. */
const HASH_BLOCK = 65_536;

/** A hash over lines, computed in blocks: calling it for each of a million lines costs more than the hash. */
export class LineHash {
  readonly #hash = createHash("sha256");
  #block = "";

  add(line: string): void {
    this.#block += `${line}\n`;
    if (this.#block.length >= HASH_BLOCK) this.#flush();
  }

  digest(): string {
    this.#flush();
    return `sha256:${this.#hash.copy().digest("hex")}`;
  }

  #flush(): void {
    this.#hash.update(this.#block);
    this.#block = "";
  }
}
