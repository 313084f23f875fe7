// Reading bodies: bounded in size and in time, JSON only where JSON is expected.

import { jsonTrouble } from "../../kernel/index.ts";
import { MOST_JSON_BYTES } from "../../operations/views/index.ts";
import { ServerError } from "../error.ts";

/** The bytes of a body, refused beyond `limit`. Throws ServerError `request_too_large`. */
export async function* boundedBytes(body: ReadableStream<Uint8Array> | null, limit: number): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > limit) throw new ServerError("request_too_large", `the body is larger than ${limit} bytes`);
    yield chunk;
  }
}

/** The JSON of a request that comes within `withinMs`; undefined when it has no body. Throws ServerError. */
export async function readJson(request: Request, withinMs: number): Promise<unknown> {
  const bytes = await inTime(collect(boundedBytes(request.body, MOST_JSON_BYTES)), withinMs);
  if (bytes.byteLength === 0) return undefined;
  const type = mediaTypeOf(request.headers);
  if (type !== "application/json")
    throw new ServerError("unsupported_media_type", `the body is ${type || "of no type"}; allowed is application/json`);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return value;
  } catch (thrown) {
    throw new ServerError("invalid_request", `the body is not JSON in UTF-8: ${jsonTrouble(thrown)}`);
  }
}

/** The media type of a body, parameters left out; empty when there is none. */
export function mediaTypeOf(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The media types that an `Accept` names, without their parameters. */
export function mediaTypesIn(headers: Headers): string[] {
  return (headers.get("accept") ?? "").split(",").map((one) => one.split(";")[0]?.trim().toLowerCase() ?? "");
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function inTime<T>(work: Promise<T>, withinMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new ServerError("request_too_slow", `the body did not come within ${withinMs} ms`));
  }, withinMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
