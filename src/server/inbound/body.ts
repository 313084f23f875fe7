// Reads a request's body within a limit of bytes and of time.

import type { Clock } from "../../kernel/index.ts";

type ReadBody = { readonly text: string } | { readonly problem: "too_large" | "too_slow" | "broken" };

export interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Reads the text of a body. A declared length above the limit is refused before anything is read. */
export async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits, clock: Clock): Promise<ReadBody> {
  const declared = request.headers.get("content-length");
  if (declared !== null && !(Number(declared) <= maxBytes)) return { problem: "too_large" };
  const done = new AbortController();
  const late = clock.sleep(timeoutMs, done.signal).then((): ReadBody => ({ problem: "too_slow" }));
  late.catch(ignore);
  const over = new AbortController();
  // When the length is declared, the server's parser enforces it.
  const reading = declared === null ? counted(request, maxBytes, over.signal) : request.text().then((text) => ({ text }));
  try {
    return await Promise.race([reading.catch((): ReadBody => ({ problem: "broken" })), late]);
  } finally {
    done.abort("read");
    over.abort("over");
  }
}

async function counted(request: Request, maxBytes: number, signal: AbortSignal): Promise<ReadBody> {
  if (request.body === null) return { text: "" };
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const cancel = () => void reader.cancel().catch(ignore);
  signal.addEventListener("abort", cancel, { once: true });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { text: Buffer.concat(pieces).toString("utf8") };
    size += value.byteLength;
    if (size > maxBytes) return { problem: "too_large" };
    pieces.push(value);
  }
}

function ignore(): void {}
