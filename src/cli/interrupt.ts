// Ctrl-C for commands that read long inputs: reading ends, what is open is closed in order, and the reader is told what is done.

import { OutdialError } from "../kernel/index.ts";
import type { Io } from "./io.ts";

/** Where a command reads bytes from. */
interface Bytes {
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Runs `work` on a source that ends with an error of code `interrupted` when SIGINT or SIGTERM comes; a second signal ends the process at once.
 * @param done what the reader is told about what was read before
 */
export async function interruptible<Source extends Bytes, T>(
  io: Pick<Io, "onInterrupt">,
  source: Source,
  done: string,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const interrupt = () => reject(new OutdialError("interrupted", `interrupted: ${done}`));
  using _listening = io.onInterrupt(interrupt);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    const chunks = source.bytes();
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await Promise.race([iterator.next(), promise]);
        if (done === true) return;
        yield value;
      }
    } finally {
      // A pipe that nobody writes to would keep the process waiting.
      if ("destroy" in chunks && typeof chunks.destroy === "function") chunks.destroy();
    }
  }
  return await work({ ...source, bytes });
}
