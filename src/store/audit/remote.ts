// Places of heads that are reached over the network: plain HTTP without redirects, with a time limit and a size limit. Addresses
// may contain a signature, so messages never show them.

import { messageOf } from "../../kernel/index.ts";
import { StoreError } from "../error.ts";

const ANSWER_MS = 5_000;
/** A head with its signature has a few hundred bytes. */
const MOST_BYTES = 65_536;

/** What all remote places share. */
export abstract class RemotePlace {
  readonly outside = true;
  readonly remote = true;
}

/** The answer of a remote place. */
export interface RemoteAnswer {
  readonly status: number;
  /** The content type; empty without one. */
  readonly type: string;
  /** The entity tag. */
  readonly tag: string | undefined;
  readonly text: string;
}

/** Sends a request. Rejects when there is no answer in time, or when it is too long. */
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

/**
 * A configured address. @param of what it is the address of, for messages. Throws StoreError `invalid_state` when it cannot be
 * used
 */
export function remoteAddress(text: string, of: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new StoreError("invalid_state", `the address of ${of} is not an http or https URL, or carries a password`, {
    advice: "Check audit.heads in outdial.yaml and the variables that it names.",
  });
}
