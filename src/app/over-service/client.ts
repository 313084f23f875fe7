// Requests to a service of outdial: its answers are checked, its problems are errors with their codes.

import { addressOf, type Clock, messageOf, OutdialError } from "../../kernel/index.ts";
import type { Interruption } from "../../operations/index.ts";
import { endOfLines, MOST_JSON_BYTES, type Problem, problem } from "../../operations/views/index.ts";
import type { Answer, ApiRoute, Operation } from "../../server/index.ts";
import { systemClock } from "../../tenant/index.ts";
import { ApiClient, type Asked, type AskedOf, type FileAnswer, type Followed } from "../api/client.ts";
import type { ServiceAddress } from "./address.ts";
import { Silence, type SilenceOptions } from "./silence.ts";

/** Looks are so far apart, ms. */
const LOOK_MS = 1_000;
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
export class ServiceClient extends ApiClient {
  readonly #address: ServiceAddress;
  readonly #signal: AbortSignal | undefined;
  readonly #clock: Clock;
  readonly #silence: Silence;
  /** Ends the following. */
  readonly #interrupt = new AbortController();

  /** @param signal ends every request that has no signal of its own @param told of silence while something is followed */
  constructor(
    address: ServiceAddress,
    signal?: AbortSignal,
    told: SilenceOptions = { clock: systemClock, warn: () => undefined },
  ) {
    super();
    this.#address = address;
    this.#signal = signal;
    this.#clock = told.clock;
    this.#silence = address.silence ?? new Silence(told);
  }

  /** The service goes on with it, whether it is followed or not. Throws OutdialError with the service's code, and advice how it is found again. */
  override async follow<Id extends Operation>(
    id: Id,
    asked: AskedOf<Id>,
    { ended, onLook, again }: Followed<Answer<Id>>,
  ): Promise<Answer<Id>> {
    const { signal } = this.#interrupt;
    let last: Answer<Id> | undefined;
    for (;;) {
      const seen = await this.ask(id, { ...asked, signal, patiently: true }).catch((thrown: unknown) => {
        if (signal.aborted && last !== undefined) return last;
        if (!(thrown instanceof OutdialError) || signal.aborted) throw thrown;
        const { code, message, details } = thrown;
        const advice = `What became of it is not known; the service goes on with it. ${again} shows it.`;
        throw new OutdialError(code, message, { advice, details, cause: thrown });
      });
      last = seen;
      onLook?.(seen, false);
      if (signal.aborted || ended(seen)) return seen;
      await this.#clock.sleep(LOOK_MS, signal).catch(() => undefined);
      if (signal.aborted) return seen;
    }
  }

  override interrupt(): Interruption {
    this.#interrupt.abort();
    return "goes-on";
  }

  /** Reads, and reads again while the service does not answer: it may be restarted, and what it has begun goes on. */
  async #patiently<T>(read: () => Promise<T>, signal = this.#signal): Promise<T> {
    for (;;) {
      try {
        const answer = await read();
        this.#silence.answered();
        return answer;
      } catch (thrown) {
        if (signal?.aborted === true || !(thrown instanceof OutdialError) || thrown.code !== "service_unavailable") throw thrown;
        this.#silence.tell(`${thrown.message}; looking again until it does`);
      }
      await this.#clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  protected override async value(route: ApiRoute, asked: Asked): Promise<unknown> {
    const ask = async () => parsed(await this.#text(await this.#ask(route, asked), route));
    return asked.patiently === true ? this.#patiently(ask, asked.signal) : ask();
  }

  protected override async *values(route: ApiRoute, asked: Asked): AsyncGenerator {
    const query = { ...asked.query, end: true };
    const response = await this.#ask(route, { ...asked, query, withinMs: Number.POSITIVE_INFINITY });
    let read = 0;
    let end: number | undefined;
    try {
      for await (const line of linesOf(response)) {
        if (end !== undefined) break;
        const value = parsed(line);
        const last = endOfLines.safeParse(value);
        end = last.data?.end.lines;
        if (last.data?.end.problem !== undefined) throw this.#told(last.data.end.problem);
        if (last.success) continue;
        read += 1;
        yield value;
      }
    } catch (thrown) {
      if (thrown instanceof OutdialError || asked.signal?.aborted === true) throw thrown;
      throw this.#cutOff(read, thrown);
    }
    if (end !== read) throw this.#cutOff(read);
  }

  protected override async content(route: ApiRoute, asked: Asked): Promise<FileAnswer> {
    const { headers, body } = await this.#ask(route, { ...asked, withinMs: Number.POSITIVE_INFINITY });
    const cutOff = (bytes: number, thrown: unknown) =>
      asked.signal?.aborted === true ? thrown : this.#cutOff(bytes, thrown, "byte");
    async function* whole() {
      let read = 0;
      try {
        for await (const chunk of body ?? []) {
          read += chunk.byteLength;
          yield chunk;
        }
      } catch (thrown) {
        throw cutOff(read, thrown);
      }
    }
    return { headers, bytes: whole() };
  }

  protected override misread(where: string, why: string): OutdialError {
    return new OutdialError(
      "not_a_service",
      `${this.#address.url} did not answer as this version of outdial expects: ${where}: ${why}`,
      { advice: "Use the same version of outdial as the service. The request may have been carried out." },
    );
  }

  async #ask(
    route: ApiRoute,
    { params = {}, query, body, file, signal = this.#signal, withinMs, takesMs = 0 }: Asked,
  ): Promise<Response> {
    const { method, path } = route;
    // The web's addresses leave such parts out, encoded or not: another operation would be asked.
    const odd = Object.values(params).find((part) => ["", ".", ".."].includes(String(part)));
    if (odd !== undefined) throw new OutdialError("invalid_input", `${JSON.stringify(odd)} is no id`);
    const url = `${this.#address.url}${addressOf(path, params, query)}`;
    const headers = { authorization: `Bearer ${this.#address.token}`, accept: "application/json, application/x-ndjson" };
    const json = body === undefined ? "" : JSON.stringify(body);
    const size = Buffer.byteLength(json);
    if (size > MOST_JSON_BYTES)
      throw new OutdialError(
        "request_too_large",
        `what is asked has ${size} bytes as JSON; a service takes at most ${MOST_JSON_BYTES}`,
      );
    const init: RequestInit =
      file !== undefined
        ? {
            headers: { ...headers, "content-type": "application/octet-stream" },
            body: ReadableStream.from(file.bytes()),
            duplex: "half",
          }
        : body !== undefined
          ? { headers: { ...headers, "content-type": "application/json" }, body: json }
          : { headers };
    const within = takesMs + (withinMs ?? (file !== undefined ? Number.POSITIVE_INFINITY : method === "get" ? READ_MS : SENT_MS));
    const ends = [...(signal === undefined ? [] : [signal]), ...(Number.isFinite(within) ? [AbortSignal.timeout(within)] : [])];
    const ask = () =>
      fetch(url, {
        ...init,
        method: method.toUpperCase(),
        redirect: "error",
        ...(ends.length === 0 ? {} : { signal: AbortSignal.any(ends) }),
      });
    const { silence } = this.#address;
    // What may take long is not silence: a file that is checked, a log that is read as a whole.
    const isLong = within - takesMs > SENT_MS;
    const response = await (silence === undefined || isLong ? ask() : silence.during(this.#address.url, ask, takesMs)).catch(
      (thrown: unknown) => {
        if (signal?.aborted !== true) throw this.#silent(thrown, route);
        if (!changes(route)) throw thrown;
        throw new OutdialError("interrupted", `interrupted before ${this.#address.url} answered`, {
          advice: NOT_KNOWN,
          cause: thrown,
        });
      },
    );
    const refusal = response.ok ? undefined : this.#refused(response.status, await this.#text(response, route), route);
    if (refusal?.code !== "service_unavailable") silence?.answered();
    if (refusal !== undefined) throw refusal;
    return response;
  }

  async #text(response: Response, route: ApiRoute): Promise<string> {
    return response.text().catch((thrown: unknown) => {
      throw this.#silent(thrown, route);
    });
  }

  #silent(thrown: unknown, route: ApiRoute): OutdialError {
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
      ...(changes(route) ? { advice } : {}),
    });
  }

  #cutOff(read: number, cause?: unknown, what = "line"): OutdialError {
    const why =
      cause === undefined ? "" : ` (${this.#clean(messageOf(cause instanceof Error ? (cause.cause ?? cause) : cause))})`;
    const after = read === 1 ? `1 ${what}` : `${read} ${what}s`;
    return new OutdialError("answer_cut_off", `the answer of ${this.#address.url} was cut off after ${after}${why}`, {
      advice: "There may be more. Ask again; a proxy in between may have ended the answer.",
      cause,
    });
  }

  /** A proxy may show the request that it refuses. */
  #clean(text: string): string {
    return text.replaceAll(this.#address.token, "[token]");
  }

  #told({ code, detail, advice, details }: Problem): OutdialError {
    return new OutdialError(code, this.#clean(detail), {
      ...(advice === undefined ? {} : { advice: this.#clean(advice) }),
      ...(details === undefined ? {} : { details }),
    });
  }

  #refused(status: number, text: string, route: ApiRoute): OutdialError {
    const read = problem.safeParse(parsed(text));
    if (read.success) return this.#told(read.data);
    // A proxy speaks for a service that is not there.
    if ([502, 503, 504].includes(status))
      return new OutdialError(
        "service_unavailable",
        `${this.#address.url} does not answer: its proxy answered ${status}`,
        changes(route) ? { advice: NOT_KNOWN } : {},
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

/** Whether it matters that it may have been carried out. */
const changes = ({ method, question }: ApiRoute): boolean => method !== "get" && !question;

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
