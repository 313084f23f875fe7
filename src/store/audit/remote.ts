// Places of heads that are asked through the network: plain HTTP, no redirect followed, time and size of an answer bounded. Addresses may carry a
// signature and are secrets then: messages do not have it.

import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";

const ANSWER_MS = 5_000;
/** A head and a signature have a few hundred bytes. */
const MOST_BYTES = 65_536;

/** What all of them are. */
export abstract class RemotePlace {
  readonly outside = true;
  readonly remote = true;
}

/** The answer of an address that keeps heads. */
export interface RemoteAnswer {
  readonly status: number;
  /** The content type; empty without one. */
  readonly type: string;
  /** The entity tag. */
  readonly tag: string | undefined;
  readonly text: string;
}

/** Sends a request. Rejects when there is no answer in time, or one that is too long. */
export async function askRemote(
  url: URL,
  init: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string },
): Promise<RemoteAnswer> {
  try {
    const response = await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_BYTES) throw new Error("it answered with more than was asked for");
    }
    const { status, headers } = response;
    return {
      status,
      type: headers.get("content-type") ?? "",
      tag: headers.get("etag") ?? undefined,
      text: Buffer.concat(chunks).toString(),
    };
  } catch (thrown) {
    const { cause } = thrown as { readonly cause?: unknown };
    throw new Error(messageOf(cause ?? thrown).replaceAll(url.search || "?", "?"), { cause: thrown });
  }
}

/** An address of the configuration. @param of what it is the address of. Throws StoreError `invalid_state` when it is none that can be asked */
export function remoteAddress(text: string, of: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new StoreError("invalid_state", `the address of ${of} is not an http or https URL, or carries a password`, {
    advice: "Check audit.heads in outdial.yaml and the variables that it names.",
  });
}
