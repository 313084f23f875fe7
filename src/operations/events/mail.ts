// Sending alarms by e-mail over SMTP. The password goes to the mail server only, and over TLS unless the server is on this machine.

import { connect, type Socket } from "node:net";
import { type Clock, installCommand, messageOf, missingPackage } from "../../kernel/index.ts";
import type { ClaimedEvent } from "../../store/index.ts";
import { connectionWords } from "../../tenant/port.ts";
import { OperationError } from "../error.ts";
import { allowedIn, guardedLookup, type Resolve } from "./address.ts";
import type { Sender, Sent } from "./attempt.ts";
import { isLoopback } from "./endpoint.ts";
import { inWords } from "./form.ts";
import { MAX_ERROR } from "./post.ts";
import type { AttemptEnd } from "./verdict.ts";

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
