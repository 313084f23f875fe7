// POST /webhooks/vendor/omnichannel and /webhooks/vendor/dialer: the event is verified, its size checked, stored durably, then
// answered with 202. The queue interprets events later.

import { type Context, Hono } from "hono";
import type { Clock } from "../../kernel/index.ts";
import {
  AGE_LIMITS,
  type AgeLimits,
  INBOUND_HEADER,
  INBOUND_PATH,
  type InboundRefusal,
  type Intake,
  readInbound,
} from "../../operations/index.ts";
import type { InboundChannel } from "../../store/index.ts";
import { secretCheck } from "./secret.ts";

/** How a delivery was answered, for metrics. */
export interface InboundAnswer {
  readonly channel: InboundChannel;
  readonly result:
    | "accepted"
    | "duplicate"
    | "unauthorized"
    | "too_large"
    | "too_slow"
    | "broken"
    | "busy"
    | "failed"
    | InboundRefusal;
}

export interface InboundRoutesOptions {
  readonly intake: Pick<Intake, "keep" | "full">;
  /** Secrets by channel, as they are now: the current one and, during a rotation, the previous one. A channel without a secret accepts nothing. */
  readonly secrets: () => Readonly<Partial<Record<InboundChannel, readonly string[]>>>;
  readonly clock: Clock;
  readonly ages?: AgeLimits | undefined;
  /** 256 KiB within 10 s by default. */
  readonly body?: BodyLimits | undefined;
  readonly onAnswer?: ((answer: InboundAnswer) => void) | undefined;
}

const BODY: BodyLimits = { maxBytes: 256 * 1024, timeoutMs: 10_000 };

const REFUSALS: Readonly<Record<InboundRefusal, 400 | 422>> = {
  not_json: 400,
  not_an_event: 400,
  too_old: 422,
  from_the_future: 422,
};

const ACCEPTED = JSON.stringify({ accepted: true });
const DUPLICATE = JSON.stringify({ accepted: true, duplicate: true });

/**
 * The two addresses as an app of their own, to be mounted at the root. Status 202: the event is durable (`duplicate` when it
 * already was). 400, 422: no event, or its time is not plausible. 401: not from the vendor. 404: the channel is not set up. 408,
 * 413: the body is too slow or too large. 503: the store does not keep up; try again later.
 */
export function inboundRoutes(options: InboundRoutesOptions): Hono {
  const app = new Hono();
  for (const channel of ["omnichannel", "dialer"] as const) {
    const take = receiver(channel, options);
    app.post(`${INBOUND_PATH}/${channel}`, take);
  }
  return app;
}

function receiver(channel: InboundChannel, options: InboundRoutesOptions): (context: Context) => Promise<Response> {
  const { intake, clock, onAnswer } = options;
  const limits = options.body ?? BODY;
  const ages = options.ages ?? AGE_LIMITS;

  return async ({ req }) => {
    const answer = (result: InboundAnswer["result"], response: Response) => {
      onAnswer?.({ channel, result });
      return response;
    };
    const secrets = options.secrets()[channel] ?? [];
    if (secrets.length === 0) return answer("unauthorized", problem(404, "not_set_up", `no secret is set for ${channel}`));
    if (!secretCheck(INBOUND_HEADER, secrets)(req.raw.headers))
      return answer("unauthorized", problem(401, "unauthorized", "the registered secret is missing or wrong", CHALLENGE));
    // Before the body is read: what cannot be kept need not be received.
    if (intake.full) return answer("busy", problem(503, "busy", "events wait to be written; try again", RETRY));
    const body = await readBody(req.raw, limits, clock);
    if ("problem" in body) return answer(body.problem, bodyProblem(body.problem, limits));
    const read = readInbound(channel, body.text, clock.now(), ages);
    if ("refusal" in read) return answer(read.refusal, problem(REFUSALS[read.refusal], read.refusal, read.message));
    try {
      const isNew = await intake.keep(read.event);
      return answer(isNew ? "accepted" : "duplicate", json(202, isNew ? ACCEPTED : DUPLICATE));
    } catch {
      return answer("failed", problem(503, "store_unavailable", "the event could not be kept; try again", RETRY));
    }
  };
}

const CHALLENGE = { "www-authenticate": "Bearer" };
const RETRY = { "retry-after": "5" };
/** What is left of the body is not waited for. */
const CLOSE = { connection: "close" };

function bodyProblem(what: "too_large" | "too_slow" | "broken", { maxBytes, timeoutMs }: BodyLimits): Response {
  if (what === "too_large") return problem(413, what, `the body is larger than ${maxBytes} bytes`, CLOSE);
  if (what === "too_slow") return problem(408, what, `the body did not arrive within ${timeoutMs} ms`, CLOSE);
  return problem(400, what, "the body broke off", CLOSE);
}

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ type: "about:blank", status, code, detail });
  return new Response(body, { status, headers: { "content-type": "application/problem+json", ...headers } });
}

function json(status: number, body: string): Response {
  return new Response(body, { status, headers: { "content-type": "application/json" } });
}

// Reads a request's body within a limit of bytes and of time.

type ReadBody = { readonly text: string } | { readonly problem: "too_large" | "too_slow" | "broken" };

interface BodyLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

/** Reads the text of a body. A declared length above the limit is refused before anything is read. */
async function readBody(request: Request, { maxBytes, timeoutMs }: BodyLimits, clock: Clock): Promise<ReadBody> {
  const declared = request.headers.get("content-length");
  if (declared !== null && !(Number(declared) <= maxBytes)) return { problem: "too_large" };
  const done = new AbortController();
  const late = clock.sleep(timeoutMs, done.signal).then((): ReadBody => ({ problem: "too_slow" }));
  late.catch(ignore);
  const over = new AbortController();
  // When the length is declared, the server's parser enforces it.
  const reading = declared === null ? counted(request, maxBytes, over.signal) : request.text().then((text) => ({ text }));
  try {
    return await Promise.race([reading.catch((): ReadBody => ({ problem: "broken" })), late]);
  } finally {
    done.abort("read");
    over.abort("over");
  }
}

async function counted(request: Request, maxBytes: number, signal: AbortSignal): Promise<ReadBody> {
  if (request.body === null) return { text: "" };
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const cancel = () => void reader.cancel().catch(ignore);
  signal.addEventListener("abort", cancel, { once: true });
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return { text: Buffer.concat(pieces).toString("utf8") };
    size += value.byteLength;
    if (size > maxBytes) return { problem: "too_large" };
    pieces.push(value);
  }
}

function ignore(): void {}
