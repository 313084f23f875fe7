// The response to a request, from the answer of its route.

import type { Answer } from "./route-types.ts";

export function responseOf(answer: Answer, owned: AsyncDisposableStack | undefined): Response {
  if (answer.kind === "response") return answer.response;
  if (answer.kind === "json") {
    const headers = { "content-type": "application/json", "cache-control": "no-store", ...answer.headers };
    return new Response(JSON.stringify(answer.value), { status: answer.status, headers });
  }
  const headers = new Headers({ "content-type": answer.contentType, "cache-control": "no-store" });
  if (answer.fileName !== undefined)
    headers.set("content-disposition", `attachment; filename="${answer.fileName.replaceAll(/[^\w.-]/g, "_")}"`);
  return new Response(textStream(answer.texts, owned), { headers });
}

/** Texts at the reader's pace; the resources they need are released at the end. */
function textStream(texts: AsyncIterable<string>, owned: AsyncDisposableStack | undefined): ReadableStream<Uint8Array> {
  const iterator = texts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await iterator.next();
        if (done !== true) {
          controller.enqueue(encoder.encode(value));
          return;
        }
        await owned?.disposeAsync();
        controller.close();
      } catch (thrown) {
        await owned?.disposeAsync();
        throw thrown;
      }
    },
    async cancel() {
      await iterator.return?.();
      await owned?.disposeAsync();
    },
  });
}
