// Sends batches of records to the CRM, signed like every event, over separate connections. The vendor's token is not available
// here.

import type { EndpointConfig } from "../events/endpoint.ts";
import { parseEndpoint } from "../events/endpoint.ts";
import { connectionsOf, failureText } from "../events/post.ts";

/** The result of one request. */
export type CrmAnswer =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfter?: string | undefined;
      readonly text: string;
      /** An HTML page: a sign-in page or a proxy's, whatever its status. */
      readonly isPage: boolean;
    }
  | { readonly kind: "none"; readonly reason: string };

/** Sends signed bodies to the CRM's address. */
export type CrmSender = ReturnType<typeof createCrmSender>;

const TIMEOUT_MS = 30_000;
const CONNECT_MS = 10_000;
/** Characters of an answer that are read, for people. */
const MAX_TEXT = 2_000;
const PAGE = /^\s*(text\/html|application\/xhtml\+xml)\b/i;
const PAGE_BEGINS = /^\s*<(!doctype\s+html|html)\b/i;
const CONTROL = /\p{Cc}+/gu;

/** Opens nothing before the first send. Throws OperationError `invalid_input` for an address or a secret that cannot be used. */
export function createCrmSender(config: EndpointConfig) {
  const endpoint = parseEndpoint("crm.recordsUrl", config);
  const { url, sign, headers: given } = endpoint;
  const pool = connectionsOf(endpoint, { connections: 2, connectTimeoutMs: CONNECT_MS, answerTimeoutMs: TIMEOUT_MS });
  return {
    /**
     * Sends one body.
     * @param id equal for equal bodies, so that the CRM recognises a repetition
     * @param at time of the signature, ms since the epoch
     */
    async send(id: string, body: string, at: number, signal: AbortSignal): Promise<CrmAnswer> {
      const headers = { ...given, "content-type": "application/json", "idempotency-key": id, ...sign?.(id, at, body) };
      try {
        const answer = await pool.request({
          origin: url.origin,
          method: "POST",
          path: url.pathname + url.search,
          headers,
          body,
          signal,
        });
        const retryAfter = answer.headers["retry-after"];
        let text = "";
        answer.body.setEncoding("utf8");
        for await (const piece of answer.body) {
          text += String(piece);
          if (text.length > MAX_TEXT) break;
        }
        return {
          kind: "answered",
          status: answer.statusCode,
          retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
          text: text.slice(0, MAX_TEXT).replaceAll(CONTROL, " ").trim(),
          isPage: PAGE.test(String(answer.headers["content-type"] ?? "")) || PAGE_BEGINS.test(text),
        };
      } catch (thrown) {
        signal.throwIfAborted();
        return { kind: "none", reason: failureText(thrown) };
      }
    },
    close: (): Promise<void> => pool.close(),
  };
}
