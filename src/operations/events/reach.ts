// Whether a receiver could be sent to now: all that a delivery does before it sends, with its time limit, and nothing sent.

import type { Clock } from "../../kernel/index.ts";
import { inTime, MAIL_TIMEOUT_MS, type Sent, TIMEOUT_MS } from "./attempt.ts";
import { type EndpointConfig, parseEndpoint } from "./endpoint.ts";
import { openConnection } from "./post.ts";
import { type MailConfig, mailSender } from "./worker.ts";

const REACHED: Sent = { end: { accepted: 0 } };

/**
 * Opens a connection to a webhook: through the proxy and with TLS where deliveries have them. @returns why there is none; undefined
 * when there is one. Throws OperationError `invalid_input` for a receiver that cannot be used.
 */
export async function reachWebhook(name: string, config: EndpointConfig, clock: Clock): Promise<string | undefined> {
  const endpoint = parseEndpoint(name, config);
  const limit = { clock, timeoutMs: TIMEOUT_MS };
  return troubleIn(
    await inTime(limit, async (signal) => {
      await openConnection(endpoint, TIMEOUT_MS, signal);
      return REACHED;
    }),
  );
}

/**
 * Greets a mail server and signs in to it. @returns why that failed; undefined when it did not. Throws OperationError
 * `invalid_input` for a server that cannot be used.
 */
export async function reachMail(config: MailConfig, clock: Clock): Promise<string | undefined> {
  const sender = mailSender("alarms.mail.server", config, clock);
  return troubleIn(await inTime({ clock, timeoutMs: MAIL_TIMEOUT_MS }, (signal) => sender.greet(signal)));
}

function troubleIn({ end }: Pick<Sent, "end">): string | undefined {
  return "error" in end ? end.error : undefined;
}
