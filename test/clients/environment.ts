// What the published clients stand on: a fetch, a clock, and the few manners of their language that show on the wire (its JSON text,
// its time format, its strict number parsing). No knowledge of the vendor lives here.

/** The outside of a client. Times are seconds, as the published programs count them. */
export interface Environment {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Seconds since the epoch, with a fraction. */
  readonly now: () => number;
  readonly sleep: (seconds: number) => Promise<void>;
}

/** A client as one credential on one base URL. */
export interface Account {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The reply had a status the client does not handle; carries the status and the body's text. */
export class HttpStatusError extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`HTTP ${status}: ${body}`);
    this.name = "HttpStatusError";
    this.status = status;
    this.body = body;
  }
}

/** Throws `HttpStatusError` unless the status is 2xx. A redirect counts as a failure: half of these clients follow none. */
export async function raiseForStatus(response: Response): Promise<Response> {
  if (response.status < 200 || response.status > 299) throw new HttpStatusError(response.status, await response.text());
  return response;
}

/** Whole number in digits, as a strict parser reads it: a fraction, a date or an empty text throws. */
export function strictInteger(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new TypeError(`invalid literal for an integer: '${text}'`);
  return Number(text);
}

/** Decimal number; anything else (an HTTP date, for example) throws. */
export function strictFloat(text: string): number {
  if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)) throw new TypeError(`could not convert to a number: '${text}'`);
  return Number(text);
}

/** A number that is written with a fraction even when it has none: `new Decimal(12)` becomes `12.0`. */
export class Decimal {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** JSON as the published programs write it: a space after `,` and `:`, everything beyond ASCII escaped, decimals kept. */
export function jsonText(value: unknown): string {
  if (value instanceof Decimal) return Number.isInteger(value.value) ? `${value.value}.0` : String(value.value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${jsonText(key)}: ${jsonText(member)}`).join(", ")}}`;
  }
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** UTC time with six fraction digits and no offset: `2024-05-01T10:00:00.123456`. */
export function naiveUtc(seconds: number): string {
  const whole = Math.floor(seconds);
  const micros = Math.min(999_999, Math.max(1, Math.round((seconds - whole) * 1e6)));
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}.${String(micros).padStart(6, "0")}`;
}

/** `Authorization` value of HTTP Basic: base64 of the raw UTF-8 pair, not form-encoded before. */
export function basicCredentials(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`, "utf8").toString("base64")}`;
}
