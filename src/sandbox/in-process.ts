// The sandbox as a function: a fetch without a socket. Connection faults are applied to the promise and the body stream.

import type { SandboxRequest, SandboxResponse } from "./wire.ts";

const NULL_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** An error as the platform's own fetch raises it when the connection breaks. */
function broken(message: string, code: string): TypeError {
  return new TypeError(message, {
    cause: Object.assign(new Error(code === "ECONNRESET" ? "read ECONNRESET" : "other side closed"), { code }),
  });
}

/**
 * Makes a fetch from a handler of plain requests. Rejects like a network: TypeError for a broken connection, the signal's reason
 * when aborted.
 */
export function createFetch(handle: (request: SandboxRequest) => Promise<SandboxResponse>): typeof fetch {
  return async (input, init) => {
    const request = input instanceof Request && init === undefined ? input : new Request(input, init);
    request.signal.throwIfAborted();
    const url = new URL(request.url);
    const headers: Record<string, string> = { host: url.host, "x-forwarded-proto": url.protocol.slice(0, -1) };
    request.headers.forEach((value, name) => {
      headers[name] = value;
    });
    const body = new Uint8Array(await request.arrayBuffer());
    const reply = await untilAborted(
      handle({ method: request.method, target: url.pathname + url.search, headers, body }),
      request.signal,
    );
    if (reply.damage === "reset") throw broken("fetch failed", "ECONNRESET");
    return responseOf(reply);
  };
}

function responseOf({ status, headers, body, damage, declaredLength }: SandboxResponse): Response {
  if (NULL_BODY.has(status)) return new Response(null, { status, headers });
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : Uint8Array.from(body);
  const all = { ...headers, "content-length": String(declaredLength ?? bytes.length) };
  if (damage !== "truncate" || bytes.length === declaredLength) return new Response(bytes, { status, headers: all });
  let sent = false;
  const cut = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent || bytes.length === 0) return controller.error(broken("terminated", "UND_ERR_SOCKET"));
      sent = true;
      controller.enqueue(bytes);
    },
  });
  return new Response(cut, { status, headers: all });
}

/** The reply, unless the signal aborts first; the work goes on then, as it does on a server whose client hung up. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
