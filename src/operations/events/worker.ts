// The delivery worker: one lane per receiver, started and stopped together, or run once until nothing is due.

import { connect, type Socket } from "node:net";
import { type Clock, installCommand, isLoopback, messageOf, missingPackage, type RandomStream } from "../../kernel/index.ts";
import { type ClaimedEvent, MAIL, type StoreLog } from "../../store/index.ts";
import { connectionWords } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { allowedIn, guardedLookup, type Resolve } from "./address.ts";
import { MAIL_TIMEOUT_MS, type Sender, type Sent, TIMEOUT_MS } from "./attempt.ts";
import { type Endpoint, type EndpointConfig, OFF_AFTER_MS, parseEndpoint } from "./endpoint.ts";
import { inForm, inWords, isChat, MOST_IN_CHAT } from "./form.ts";
import { type DeliveryAttempt, Lane } from "./lane.ts";
import type { DeliveryMembers, DeliveryOutbox, DeliverySwitches } from "./outbox-port.ts";
import { type Fetch, fetchPoster, MAX_ERROR, type Poster, poolPoster } from "./post.ts";
import type { QuietHours } from "./quiet-hours.ts";
import type { AttemptEnd } from "./verdict.ts";

/** Recipients of alarms by e-mail. */
export interface MailReceiver extends MailConfig {
  readonly offAfterMs?: number | undefined;
  readonly quiet?: QuietHours | undefined;
}

/** What a delivery worker works with. */
interface DeliveryWorkerOptions {
  /** The store's outbox; its times must be of the same clock. */
  readonly outbox: DeliveryOutbox;
  /** Which receivers fail and which are off; of the same store. */
  readonly switches: DeliverySwitches;
  /** Webhooks by the name that the outbox knows them by. */
  readonly endpoints: Readonly<Record<string, EndpointConfig>>;
  /** Alarms by e-mail: the receiver `mail`. */
  readonly mail?: MailReceiver | undefined;
  /** All waiting is on this clock, including the timeout of an attempt. */
  readonly clock: Clock;
  /** Moves retries and probes a little, so that replicas and events do not act in step. */
  readonly random: RandomStream;
  /**
   * This process among those that deliver from the outbox: its id is written into its claims, and claims of dead processes become
   * due at once.
   */
  readonly members: DeliveryMembers;
  /** Replaces the network. By default each receiver has keep-alive connections of its own, as many as `concurrency`. */
  readonly fetch?: Fetch | undefined;
  /** Replaces the system's name look-up. */
  readonly resolve?: Resolve | undefined;
  /** Time limit of one attempt including connecting, ms. Default 5,000, for mail 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Most concurrent requests to one receiver that says nothing else. Default 32. */
  readonly concurrency?: number | undefined;
  /** Receives warnings for the operator; never a secret, a body or a path. */
  readonly log?: StoreLog | undefined;
  /** Called after each attempt, for metrics. */
  readonly onAttempt?: ((attempt: DeliveryAttempt) => void) | undefined;
}

/** The result of a drain. */
export interface DrainResult {
  /** Events accepted by their receiver. */
  readonly delivered: number;
  /** Attempts that failed and will be made again. */
  readonly failed: number;
  /** Events that became dead letters. */
  readonly dead: number;
  /** Events that are still waiting in the outbox, for all receivers. */
  readonly pending: number;
}

/** Delivers the outbox's events, each at least once and in order per subject. */
export interface DeliveryWorker {
  /** Delivers from now on, as events come. Does nothing when it was started already. */
  start(): void;
  /**
   * Stops claiming, waits for running requests (at most their timeout), returns claims. Ends drains as well. Can be called twice.
   */
  stop(): Promise<void>;
  /**
   * Delivers everything that is due now; it does not wait for future retries or for a receiver with an open circuit. Works with
   * and without `start`. When the signal aborts it ends early with the figures so far. Rejects with the outbox's error.
   */
  drain(signal?: AbortSignal): Promise<DrainResult>;
}

const MAIL_CONCURRENCY = 2;
/** Events at most of one e-mail. */
const MOST_IN_MAIL = 100;
const CONCURRENCY = 32;

/** Makes a worker; nothing is opened or sent before `start` or `drain`. Throws OperationError `invalid_input` for an endpoint that cannot be used. */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const log = options.log ?? (() => undefined);
  const lanes = lanesOf(options, log);
  let started = false;
  let drains = 0;
  let ended: Promise<unknown> = Promise.resolve();

  const startLanes = () => {
    for (const lane of lanes) lane.start();
  };
  const stopLanes = async () => {
    ended = Promise.all(lanes.map((lane) => lane.stop()));
    await ended;
  };

  return {
    start() {
      started = true;
      void ended.then(() => started && startLanes());
    },
    async stop() {
      started = false;
      await stopLanes();
    },
    async drain(signal) {
      await ended;
      const before = totals(lanes);
      if (!signal?.aborted) {
        drains += 1;
        startLanes();
        try {
          await unlessAborted(Promise.all(lanes.map((lane) => lane.rest())), signal);
        } finally {
          drains -= 1;
          if (!started && drains === 0) await stopLanes();
        }
      }
      const after = totals(lanes);
      return {
        delivered: after.delivered - before.delivered,
        failed: after.failed - before.failed,
        dead: after.dead - before.dead,
        pending: await pendingIn(options, log),
      };
    },
  };
}

function lanesOf(options: DeliveryWorkerOptions, log: StoreLog): Lane[] {
  const { outbox, switches, clock, random, members, fetch, mail, resolve, onAttempt } = options;
  const timeoutMs = atLeastOne("timeoutMs", options.timeoutMs ?? TIMEOUT_MS);
  const concurrency = atLeastOne("concurrency", options.concurrency ?? CONCURRENCY);
  const lane = (
    name: string,
    config: Pick<EndpointConfig, "offAfterMs" | "quiet" | "order">,
    how: { sender: Sender; together: number; timeoutMs: number; concurrency: number },
  ) => {
    const { together, ...rest } = how;
    const { offAfterMs = OFF_AFTER_MS, quiet, order = "subject" } = config;
    const receiver = { name, offAfterMs, quiet, order, together };
    return new Lane({ receiver, outbox, switches, clock, random, members, log, onAttempt, ...rest });
  };
  const webhooks = Object.entries(options.endpoints).map(([name, config]) => {
    const endpoint = parseEndpoint(name, config, resolve);
    const most = atLeastOne(`webhooks.${name}.concurrency`, config.concurrency ?? concurrency);
    const poster =
      fetch === undefined
        ? poolPoster(endpoint, { connections: most, connectTimeoutMs: timeoutMs })
        : fetchPoster(endpoint.url, fetch);
    const together = isChat(endpoint.form) ? MOST_IN_CHAT : 1;
    return lane(name, config, { sender: webhookSender(endpoint, poster, clock), together, timeoutMs, concurrency: most });
  });
  if (mail === undefined) return webhooks;
  const sender = mailSender("alarms.mail.server", mail, clock, resolve);
  const slow = { timeoutMs: options.timeoutMs ?? MAIL_TIMEOUT_MS, concurrency: Math.min(concurrency, MAIL_CONCURRENCY) };
  return [...webhooks, lane(MAIL, mail, { sender, together: MOST_IN_MAIL, ...slow })];
}

function atLeastOne(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new OperationError("invalid_input", `delivery of events: ${name} is ${value}; allowed are whole numbers from 1`);
}

function totals(lanes: readonly Lane[]): { delivered: number; failed: number; dead: number } {
  const sum = { delivered: 0, failed: 0, dead: 0 };
  for (const { tally } of lanes) {
    sum.delivered += tally.delivered;
    sum.failed += tally.failed;
    sum.dead += tally.dead;
  }
  return sum;
}

async function pendingIn({ outbox, endpoints, mail }: DeliveryWorkerOptions, log: StoreLog): Promise<number> {
  let sum = 0;
  for (const { endpoint, pending } of await outbox.counts()) {
    sum += pending;
    if (pending > 0 && !Object.hasOwn(endpoints, endpoint) && (endpoint !== MAIL || mail === undefined)) {
      log("warn", `${pending} events wait for the receiver "${endpoint}", which is not configured here`);
    }
  }
  return sum;
}

/** Waits for the work, or until the signal aborts. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work;
    return;
  }
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    work.catch(() => undefined);
  }
}

// Sending to a webhook: the events in the receiver's form, signed for this instant.

/** Sends events to an endpoint in its form, signed according to Standard Webhooks. */
function webhookSender(endpoint: Endpoint, poster: Poster, clock: Clock): Sender {
  return {
    async send([event, ...others], signal) {
      const { body, contentType } = inForm(
        endpoint.form,
        event.body,
        others.map((one) => one.body),
      );
      const headers = {
        "user-agent": "outdial",
        ...endpoint.headers,
        "content-type": contentType,
        ...endpoint.sign?.(event.eventId, clock.now(), body),
      };
      const { dropped, ...end } = await poster.post(headers, body, signal);
      return { end, dropped };
    },
    close: () => poster.close(),
  };
}

// Sending alarms by e-mail over SMTP. The password goes to the mail server only, and over TLS unless the server is on this machine.

/** A mail server, with the recipients. */
export interface MailConfig {
  /** smtps://HOST:465 (TLS from the start) or smtp://HOST:587 (TLS by STARTTLS; none on loopback). */
  readonly url: string;
  /** Address of the sender, with or without a name. */
  readonly from: string;
  readonly to: readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** A checked mail server. */
interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly tls: "at once" | "by STARTTLS" | "none";
  readonly scope: "loopback" | "any";
}

const PORTS = { "smtps:": 465, "smtp:": 587 } as const;
/** Characters of one message. */
const LONGEST = 200_000;
const CONTROL = /\p{Cc}+/gu;
const ACCEPTED = 250;

/**
 * Checks the address of a mail server. Throws OperationError `invalid_input`.
 * @param where the field, for messages
 */
function parseMailServer(where: string, address: string): MailServer {
  const wrong = (why: string, advice: string) => new OperationError("invalid_input", `${where}: ${why}`, { advice });
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "smtps:" && url.protocol !== "smtp:") || url.hostname === "")
    throw wrong(
      "this is no address of a mail server",
      "Give smtps://HOST:465, which is TLS from the start, or smtp://HOST:587, which begins TLS by STARTTLS.",
    );
  if (url.username !== "" || url.password !== "")
    throw wrong("the address must not carry a user or a password", "Set alarms.mail.user and alarms.mail.passwordEnv instead.");
  if (!/^\/?$/.test(url.pathname) || url.search !== "" || url.hash !== "")
    throw wrong("nothing may follow the port of the address", "Give smtps://HOST:465 or smtp://HOST:587.");
  const host = url.hostname.toLowerCase();
  const scope = isLoopback(host) ? "loopback" : "any";
  const bare = host.replace(/^\[|\]$/g, "");
  if (/^[\d.]+$|:/.test(bare) && !allowedIn(scope, bare))
    throw wrong(`${host} is an address to which mail is not sent`, "Link-local and metadata addresses are never mail servers.");
  const tls = url.protocol === "smtps:" ? "at once" : scope === "loopback" ? "none" : "by STARTTLS";
  return { host: bare, port: url.port === "" ? PORTS[url.protocol] : Number(url.port), tls, scope };
}

/** Sends mail. */
interface MailSender extends Sender {
  /** Connects, greets and signs in as before a mail, and sends none. */
  greet(signal: AbortSignal): Promise<Sent>;
}

/**
 * Sends events to people by e-mail; those that belong together in one message. Opens nothing before the first send. Throws
 * OperationError `invalid_input` for an unusable server.
 */
export function mailSender(name: string, config: MailConfig, clock: Clock, resolve?: Resolve): MailSender {
  const server = parseMailServer(name, config.url);
  const lookup = guardedLookup(server.scope, resolve);
  const over = async (signal: AbortSignal, exchange: (transport: Transport) => Promise<Sent>): Promise<Sent> => {
    const transport = await transportTo(server, config, signal, lookup);
    try {
      return await exchange(transport);
    } catch (thrown) {
      return { end: failureOf(thrown, config) };
    } finally {
      transport.close();
    }
  };
  return {
    send: (events, signal) =>
      over(signal, async (transport) => {
        const { accepted, rejected } = await transport.sendMail({ ...mailOf(events, config, clock), signal });
        if (accepted.length === 0) return { end: { error: "no recipient was accepted" } };
        const end = { accepted: ACCEPTED };
        if (rejected.length === 0) return { end };
        return { end, warning: `the mail server refused ${rejected.length} of ${accepted.length + rejected.length} recipients` };
      }),
    greet: (signal) =>
      over(signal, async (transport) => {
        await transport.verify();
        return { end: { accepted: ACCEPTED } };
      }),
    close: () => Promise.resolve(),
  };
}

type Transport = Awaited<ReturnType<typeof transportTo>>;

async function transportTo(
  { host, port, tls }: MailServer,
  { user, password }: MailConfig,
  signal: AbortSignal,
  lookup: ReturnType<typeof guardedLookup>,
) {
  const { createTransport } = await import("nodemailer").catch((thrown: unknown) => {
    throw missingPackage(thrown, installCommand(["nodemailer"])) ?? thrown;
  });
  return createTransport({
    host,
    port,
    secure: tls === "at once",
    requireTLS: tls === "by STARTTLS",
    ignoreTLS: tls === "none",
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_, opened) => {
      openSocket({ host, port, lookup }, signal).then(
        (connection) => opened(null, { connection }),
        (thrown: Error) => opened(thrown, false),
      );
    },
  });
}

/** A connection that the signal ends, at whatever point of the exchange. */
function openSocket(
  to: { host: string; port: number; lookup: ReturnType<typeof guardedLookup> },
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, signal });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.removeListener("error", reject);
      resolve(socket);
    });
  });
}

function mailOf(events: readonly [ClaimedEvent, ...ClaimedEvent[]], { from, to }: MailConfig, clock: Clock) {
  const [first, ...others] = events;
  const { subject, text } = inWords(
    events.map(({ body }) => body),
    LONGEST,
  );
  const domain = /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? "outdial";
  // Equal for each attempt at the same events, so that a mail program shows a repetition once.
  const id = `${first.eventId}${others.length === 0 ? "" : `.${others.at(-1)?.eventId}`}`.replace(/[^A-Za-z0-9._-]/g, "-");
  return {
    from,
    to: [...to],
    subject: `[outdial] ${subject}`,
    text,
    date: new Date(clock.now()),
    messageId: `<${id}@${domain}>`,
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** Why the mail server refused: its own words, without the password in case it repeats it. */
function failureOf(thrown: unknown, { password }: MailConfig): AttemptEnd {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = "code" in error ? `${String(error.code)}: ` : "";
  const status = "responseCode" in error && typeof error.responseCode === "number" ? error.responseCode : undefined;
  const said = `no mail: ${code}${connectionWords(messageOf(error))}`.replaceAll(CONTROL, " ");
  const secrets = password === undefined || password === "" ? [] : [password, Buffer.from(password).toString("base64")];
  const text = secrets.reduce((kept, secret) => kept.replaceAll(secret, "…"), said).slice(0, MAX_ERROR);
  return { error: text, ...(status === undefined || status === 0 ? {} : { code: status }) };
}
