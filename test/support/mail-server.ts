// A mail server on a free loopback port: the real SMTP protocol, with or without TLS, that keeps what it is sent.

import { SMTPServer } from "smtp-server";

export interface Mail {
  readonly to: readonly string[];
  /** The whole message as sent. */
  readonly raw: string;
  /** Who signed in. */
  readonly user: string | undefined;
  readonly encrypted: boolean;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** In order of arrival. */
  readonly mails: readonly Mail[];
  /** Answers a message: undefined takes it. */
  refuse: (mail: Mail) => { readonly code: number; readonly text: string } | undefined;
}

/** @param options.password of the one user that may send, `outdial`; anybody may without one */
export async function startMailServer(
  options: { tls?: { key: string; cert: string } | undefined; secure?: boolean; password?: string; refuseTo?: string } = {},
): Promise<MailServer> {
  const { tls, password } = options;
  const mails: Mail[] = [];
  const made: { refuse: MailServer["refuse"] } = { refuse: () => undefined };
  const failure = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode });
  const server = new SMTPServer({
    secure: options.secure === true,
    ...tls,
    disabledCommands: [...(tls === undefined ? ["STARTTLS"] : []), ...(password === undefined ? ["AUTH"] : [])],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    logger: false,
    onAuth({ username, password: given }, _session, done) {
      // A careless server that repeats what it was sent.
      if (given !== password) done(failure(535, `no such user ${username} with ${given}`));
      else done(null, { user: username });
    },
    onRcptTo({ address }, _session, done) {
      done(address === options.refuseTo ? failure(550, "no such mailbox") : null);
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const mail = {
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(pieces).toString("utf8"),
          user: session.user === undefined ? undefined : String(session.user),
          encrypted: session.secure,
        };
        const refused = made.refuse(mail);
        if (refused === undefined) mails.push(mail);
        done(refused === undefined ? null : failure(refused.code, refused.text));
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the mail server has no port");
  return Object.assign(made, {
    port: address.port,
    mails,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}
