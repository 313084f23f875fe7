// Requests to a service of outdial: its answers are checked, its problems are errors with their codes.

import { z } from "zod";
import { messageOf, OutdialError } from "../../kernel/index.ts";
import { type ApprovalView, awaitingApproval, endOfLines, pageOf, problem } from "../../operations/views/index.ts";
import type { ServiceAddress } from "./address.ts";

export interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** What is undefined is left out, a list is repeated. */
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
  /** JSON. */
  readonly body?: object;
  /** A file, sent as it is. */
  readonly file?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  /** How long the service may take on purpose, ms: so much longer it is waited for, and its silence is none. */
  readonly takesMs?: number;
  /** How long an answer is waited for, ms; 60 s for a reading, two minutes for what is sent. A file takes as long as it takes to be checked. */
  readonly withinMs?: number;
}

interface Listed extends Pick<Asked, "query" | "signal"> {
  readonly most?: number | undefined;
  readonly after?: string | undefined;
}

/** What came of something dangerous: it was carried out, or begun, or it waits for another person. */
export type CarriedOut<Result> =
  | { readonly result: Result; readonly approval: null }
  | { readonly result: null; readonly approval: ApprovalView };

/** Items in a page. */
const PAGE = 1000;
const READ_MS = 60_000;
const SENT_MS = 120_000;
/** What surely reached nobody. */
const NOT_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"];
const NOT_KNOWN = "It is not known whether the request was accepted: when the service answers again, outdial jobs list shows it.";
/** So much of an answer that is not the service's own is looked at, characters. */
const SHOWN = 200;

/**
 * A service that is asked. Methods throw OutdialError with the code of the service's problem; `service_unavailable` when nothing came, `answer_cut_off` when
 * its end is missing, `not_a_service` when what came is no answer of outdial.
 */
export class ServiceClient {
  readonly #address: ServiceAddress;

  constructor(address: ServiceAddress) {
    this.#address = address;
  }

  /** The JSON that an operation answers. @param path behind `/api/v1`, its parts encoded */
  async json<Schema extends z.ZodType>(schema: Schema, path: string, asked: Asked = {}): Promise<z.output<Schema>> {
    const text = await this.#text(await this.#ask(path, asked), asked.method);
    return this.#checked(schema, parsed(text));
  }

  /** Carries out what was shown: its body has the `confirm` of the preview. @returns what came of it, or the approval that it waits for */
  async carryOut<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    body: { readonly confirm: string },
    signal: AbortSignal,
  ): Promise<CarriedOut<z.output<Schema>>> {
    const text = await this.#text(await this.#ask(path, { method: "POST", body, signal }), "POST");
    const waits = awaitingApproval.safeParse(parsed(text));
    if (waits.success) return { result: null, approval: waits.data.approval };
    return { result: this.#checked(schema, parsed(text)), approval: null };
  }

  /** The items of a list, page by page. @param most so many are wanted, all by default. @param after `next` of a page */
  async *items<Item extends z.ZodType>(
    item: Item,
    path: string,
    { query = {}, most = Number.POSITIVE_INFINITY, after, signal }: Listed = {},
  ): AsyncGenerator<z.output<Item>> {
    let [left, cursor] = [most, after];
    do {
      const page: { items: readonly z.output<Item>[]; next: string | null } = await this.json(pageOf(item), path, {
        query: { ...query, limit: Math.min(PAGE, left), cursor },
        ...(signal === undefined ? {} : { signal }),
      });
      yield* page.items;
      left -= page.items.length;
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && left > 0);
  }

  /** The same as a list. */
  async list<Item extends z.ZodType>(item: Item, path: string, asked?: Listed): Promise<z.output<Item>[]> {
    const found: z.output<Item>[] = [];
    for await (const one of this.items(item, path, asked)) found.push(one);
    return found;
  }

  /** The lines of an NDJSON answer, each checked. Throws `answer_cut_off` when its last line, which says how many they are, is missing. */
  async *lines<Schema extends z.ZodType>(schema: Schema, path: string, asked: Asked = {}): AsyncGenerator<z.output<Schema>> {
    const query = { ...asked.query, end: true };
    const response = await this.#ask(path, { ...asked, query, withinMs: Number.POSITIVE_INFINITY });
    let read = 0;
    let end: number | undefined;
    try {
      for await (const line of linesOf(response)) {
        if (end !== undefined) break;
        const value = parsed(line);
        const last = endOfLines.safeParse(value);
        end = last.data?.end.lines;
        if (last.success) continue;
        read += 1;
        yield this.#checked(schema, value);
      }
    } catch (thrown) {
      if (thrown instanceof OutdialError || asked.signal?.aborted === true) throw thrown;
      throw this.#cutOff(read, thrown);
    }
    if (end !== read) throw this.#cutOff(read);
  }

  async #ask(path: string, { method = "GET", query = {}, body, file, signal, withinMs, takesMs = 0 }: Asked): Promise<Response> {
    // The web's addresses leave such parts out, encoded or not: another operation would be asked.
    const odd = path
      .split("/")
      .slice(1)
      .find((part) => ["", ".", ".."].includes(part));
    if (odd !== undefined) throw new OutdialError("invalid_input", `${JSON.stringify(odd)} is no id`);
    const url = new URL(`${this.#address.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? (value as readonly string[]) : value === undefined ? [] : [String(value)])
        url.searchParams.append(name, one);
    const headers = { authorization: `Bearer ${this.#address.token}`, accept: "application/json, application/x-ndjson" };
    const init: RequestInit =
      file !== undefined
        ? {
            headers: { ...headers, "content-type": "application/octet-stream" },
            body: ReadableStream.from(file),
            duplex: "half",
          }
        : body !== undefined
          ? { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) }
          : { headers };
    const within = takesMs + (withinMs ?? (file !== undefined ? Number.POSITIVE_INFINITY : method === "GET" ? READ_MS : SENT_MS));
    const ends = [...(signal === undefined ? [] : [signal]), ...(Number.isFinite(within) ? [AbortSignal.timeout(within)] : [])];
    const ask = () =>
      fetch(url, { ...init, method, redirect: "error", ...(ends.length === 0 ? {} : { signal: AbortSignal.any(ends) }) });
    const { silence } = this.#address;
    // What may take long is not silence: a file that is checked, a log that is read as a whole.
    const isLong = within - takesMs > SENT_MS;
    const response = await (silence === undefined || isLong ? ask() : silence.during(this.#address.url, ask, takesMs)).catch(
      (thrown: unknown) => {
        if (signal?.aborted !== true) throw this.#silent(thrown, method);
        if (method === "GET") throw thrown;
        throw new OutdialError("interrupted", `interrupted before ${this.#address.url} answered`, {
          advice: NOT_KNOWN,
          cause: thrown,
        });
      },
    );
    const refusal = response.ok ? undefined : this.#refused(response.status, await this.#text(response, method), method);
    if (refusal?.code !== "service_unavailable") silence?.answered();
    if (refusal !== undefined) throw refusal;
    return response;
  }

  async #text(response: Response, method?: Asked["method"]): Promise<string> {
    return response.text().catch((thrown: unknown) => {
      throw this.#silent(thrown, method);
    });
  }

  #checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
    const read = schema.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? "the answer" : issue.path.map(String).join(".");
    throw new OutdialError(
      "not_a_service",
      `${this.#address.url} did not answer as this version of outdial expects: ${where}: ${issue?.message ?? "it cannot be read"}`,
      { advice: "Use the same version of outdial as the service. The request may have been carried out." },
    );
  }

  #silent(thrown: unknown, method = "GET"): OutdialError {
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    const advice = NOT_SENT.includes(code) ? "Nothing was sent." : NOT_KNOWN;
    // Web clients never connect to ports of other protocols, such as 25.
    if (messageOf(cause) === "bad port")
      return new OutdialError(
        "invalid_config",
        `OUTDIAL_URL: no web client connects to the port of ${this.#address.url}: it is blocked`,
        {
          advice: "Let the service listen on another port, such as 8080.",
        },
      );
    const late = thrown instanceof DOMException && thrown.name === "TimeoutError";
    const why = late ? "it said nothing in time" : this.#clean(messageOf(cause));
    return new OutdialError("service_unavailable", `${this.#address.url} does not answer: ${why}`, {
      cause: thrown,
      ...(method === "GET" ? {} : { advice }),
    });
  }

  #cutOff(read: number, cause?: unknown): OutdialError {
    const why =
      cause === undefined ? "" : ` (${this.#clean(messageOf(cause instanceof Error ? (cause.cause ?? cause) : cause))})`;
    const lines = read === 1 ? "1 line" : `${read} lines`;
    return new OutdialError("answer_cut_off", `the answer of ${this.#address.url} was cut off after ${lines}${why}`, {
      advice: "There may be more. Ask again; a proxy in between may have ended the answer.",
      cause,
    });
  }

  /** A proxy may show the request that it refuses. */
  #clean(text: string): string {
    return text.replaceAll(this.#address.token, "[token]");
  }

  #refused(status: number, text: string, method: Asked["method"]): OutdialError {
    const read = problem.safeParse(parsed(text));
    if (read.success) {
      const { code, detail, advice, details } = read.data;
      return new OutdialError(code, this.#clean(detail), {
        ...(advice === undefined ? {} : { advice: this.#clean(advice) }),
        ...(details === undefined ? {} : { details }),
      });
    }
    // A proxy speaks for a service that is not there.
    if ([502, 503, 504].includes(status))
      return new OutdialError(
        "service_unavailable",
        `${this.#address.url} does not answer: its proxy answered ${status}`,
        method === "GET" ? {} : { advice: NOT_KNOWN },
      );
    return new OutdialError(
      "not_a_service",
      `${this.#address.url} answered ${status}, but not like outdial: ${this.#clean(text).slice(0, SHOWN)}`,
      {
        advice: "OUTDIAL_URL is the address of a running outdial serve.",
      },
    );
  }
}

/** The whole lines of an answer; what is behind the last line break was cut off. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  let rest = "";
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${part}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
