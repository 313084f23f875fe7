// One attempt: sends events that belong together, with a time limit.

import type { Clock } from "../../kernel/index.ts";
import type { ClaimedEvent } from "../../store/index.ts";
import { failureText } from "./post.ts";
import type { AttemptEnd } from "./verdict.ts";

/** Sends to one receiver. */
export interface Sender {
  /**
   * Resolves as soon as it is known whether the receiver accepted the events; rejects when there is no answer, or with the
   * signal's reason.
   */
  send(events: readonly [ClaimedEvent, ...ClaimedEvent[]], signal: AbortSignal): Promise<Sent>;
  /** Closes the connections. A later send opens new ones. */
  close(): Promise<void>;
}

/** How a receiver answered. */
export interface Sent {
  readonly end: AttemptEnd;
  /** A warning for the operator. */
  readonly warning?: string | undefined;
  /** Resolves when the connection is free again, with what a refusal said. Never rejects. */
  readonly dropped?: Promise<string | undefined> | undefined;
}

/** Time limit of one attempt including connecting, ms. */
export const TIMEOUT_MS = 5_000;
/** Mail servers respond slowly; a service that is stopping must not wait longer than this, ms. */
export const MAIL_TIMEOUT_MS = 10_000;

/** What an attempt needs. */
export interface AttemptOptions {
  readonly sender: Sender;
  readonly clock: Clock;
  /** Time limit of the whole exchange, from connecting to the end of the answer. */
  readonly timeoutMs: number;
}

/** Sends events once. Never rejects: no answer is a result as well. */
export function attempt(
  { sender, ...limit }: AttemptOptions,
  events: readonly [ClaimedEvent, ...ClaimedEvent[]],
): Promise<Pick<Sent, "end" | "warning">> {
  return inTime(limit, (signal) => sender.send(events, signal));
}

/** An exchange with a receiver, with a time limit. Never rejects. */
export async function inTime(
  { clock, timeoutMs }: Omit<AttemptOptions, "sender">,
  exchange: (signal: AbortSignal) => Promise<Sent>,
): Promise<Pick<Sent, "end" | "warning">> {
  const late = new AbortController();
  const answered = new AbortController();
  const timedOut = clock.sleep(timeoutMs, answered.signal).then((): Sent => {
    late.abort();
    return { end: { error: `no answer within ${timeoutMs} ms` } };
  });
  // It is cancelled as soon as there is an answer; then nobody listens.
  timedOut.catch(ignore);
  try {
    const sent = await Promise.race([exchange(late.signal), timedOut]);
    // The status has decided: a body that stalls or breaks off does not matter, but the connection must be finished.
    const said = sent.dropped === undefined ? undefined : await Promise.race([sent.dropped, timedOut]);
    return typeof said === "string" && "status" in sent.end ? { ...sent, end: { ...sent.end, said } } : sent;
  } catch (thrown) {
    return { end: { error: failureText(thrown) } };
  } finally {
    // With a reason, since the default one, an exception with a stack, costs more than the signature.
    answered.abort("answered");
  }
}

function ignore(): void {}
