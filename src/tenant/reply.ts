// Reads replies defensively: JSON or not, of the expected form or not, and the message of a refusal. Pure.

import { type AnyOperation, errorReply } from "../contract/index.ts";
import { issueText } from "../kernel/index.ts";
import { withoutNumbers } from "./kept-body.ts";
import type { AnyInput, BodyOpener } from "./requester.ts";
import type { SecretScrubber } from "./secrets.ts";
import { headerOf, type TransportResponse } from "./transport.ts";

/**
 * The content of a successful reply; `unreadable`: not JSON (cut off, or a proxy's page); `invalid`: JSON of another form than
 * expected.
 */
export type ReplyReading =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "unreadable"; readonly why: string }
  | { readonly kind: "invalid"; readonly why: string };

/** The value of a JSON text, or undefined when it is not JSON. A byte order mark is ignored. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const MAX_ISSUES = 3;

/** Parses the body of a successful reply as the operation demands. */
export function readReply(operation: AnyOperation, response: TransportResponse): ReplyReading {
  const schema = operation.reply;
  if (schema === undefined) return { kind: "value", value: undefined };
  if (response.body === "") {
    if (operation.success.body === "optional") return { kind: "value", value: undefined };
    return { kind: "unreadable", why: "an empty body instead of JSON" };
  }
  return judgeJson(schema, parseJson(response.body), response, `${response.body.length} characters`);
}

/** The same for a body in bytes, read by `open`. */
export async function readOpened(operation: AnyOperation, response: TransportResponse, open: BodyOpener): Promise<ReplyReading> {
  const schema = operation.reply;
  const bytes = response.bytes ?? new Uint8Array(Buffer.from(response.body));
  const size = `${bytes.byteLength} bytes`;
  if (schema === undefined || bytes.byteLength === 0) return readReply(operation, response);
  return judgeJson(schema, await open(bytes), response, size);
}

/** Parses the JSON of a reply by the operation's schema: `unreadable` when there is no JSON, `invalid` when it does not fit. */
export function judgeJson(
  schema: NonNullable<AnyOperation["reply"]>,
  json: unknown,
  { headers }: TransportResponse,
  size: string,
): ReplyReading {
  if (json === undefined) {
    const type = headerOf(headers, "content-type")?.slice(0, 60) ?? "no content type";
    return { kind: "unreadable", why: `a body that is not JSON (${type}, ${size})` };
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: "value", value: parsed.data };
  const issues = parsed.error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => `${issue.path.join(".") || "body"}: ${issueText(issue)}`);
  return { kind: "invalid", why: issues.join("; ") };
}

/**
 * Why a reply cannot be one to this request: it tells of another thing than was asked for, as a cache on the way may give it.
 * Undefined when it names the same, and when it names nothing.
 * @param template the operation's path, such as `/api/v2/omnichannel/campaigns/{id}`
 */
export function otherThing(template: string, path: AnyInput["path"], reply: unknown): string | undefined {
  if (typeof reply !== "object" || reply === null) return undefined;
  for (const [name, asked] of Object.entries(path ?? {})) {
    const fields = name === "id" && template.includes("/campaigns/{id}") ? ["id", "campaignId"] : [name];
    for (const field of fields) {
      const told = (reply as Readonly<Record<string, unknown>>)[field];
      if ((typeof told === "string" || typeof told === "number") && String(told) !== asked)
        return `${field} ${JSON.stringify(told).slice(0, 80)} although ${asked.slice(0, 80)} was asked for`;
    }
  }
  return undefined;
}

/** True when the status is a success of this operation. */
export function isSuccess(operation: AnyOperation, status: number): boolean {
  const { accepts } = operation.success;
  return accepts === "2xx" ? status >= 200 && status < 300 : accepts.includes(status);
}

/** A refusal in the tenant's words. */
export interface VendorWords {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly correlationId: string | undefined;
}

/** Reads the message of a refusal: the documented error body, OAuth's, or any text; without secrets, and bounded. */
export function vendorWords(response: TransportResponse, scrubber: SecretScrubber): VendorWords {
  const json = parseJson(response.body);
  const named = errorReply.safeParse(json);
  const header = headerOf(response.headers, "x-correlation-id");
  const correlationId = header ?? (named.success ? named.data.correlationId : undefined);
  const id = correlationId === undefined ? undefined : scrubber.clean(correlationId.slice(0, 128));
  // A 5xx reply may contain any data that the tenant was working on.
  const said = (message: string) => (response.status >= 500 ? withoutNumbers(message) : message);
  const words = (code: string | undefined, message: string): VendorWords => ({
    code: code === undefined ? undefined : scrubber.clean(code.slice(0, 128)),
    message: message === "" ? undefined : said(scrubber.clean(message)),
    correlationId: id,
  });
  if (named.success) return words(named.data.error.code, named.data.error.message);
  if (typeof json === "object" && json !== null) {
    const code = "error" in json && typeof json.error === "string" ? json.error : undefined;
    if (code !== undefined) {
      const description = "error_description" in json && typeof json.error_description === "string" ? json.error_description : "";
      return words(code, description === "" ? code : `${code}: ${description}`);
    }
    if ("message" in json && typeof json.message === "string") return words(undefined, json.message);
  }
  // An HTML page is cut early: its tags say nothing here.
  return words(undefined, /^\s*</.test(response.body) ? response.body.slice(0, 4000).replace(/<[^>]*>/g, " ") : response.body);
}
