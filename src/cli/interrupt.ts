// Ctrl-C for commands that read long inputs: reading stops, what is open is closed in order, and the person is told what was
// done.

import { OutdialError } from "../kernel/index.ts";
import type { Io } from "./io.ts";

/** The input of a command, as bytes. */
interface Bytes {
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * A source that ends with an error of code `interrupted` at the first Ctrl-C.
 * @param done the message about what was read before
 */
export function interruptible<Source extends Bytes>(
  { signal }: Pick<Io, "signal">,
  source: Source,
  done: string,
): Source & { readonly breaksOff: true } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  signal.addEventListener("abort", () => reject(new OutdialError("interrupted", `interrupted: ${done}`)));
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
      // Otherwise a pipe to which nobody writes would keep the process waiting.
      if ("destroy" in chunks && typeof chunks.destroy === "function") chunks.destroy();
    }
  }
  return { ...source, bytes, breaksOff: true };
}
