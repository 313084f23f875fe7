// One attempt: sends events that go together, and waits no longer than the time allowed.

import type { Clock } from "../../kernel/index.ts";
import type { ClaimedEvent } from "../../store/index.ts";
import { failureText } from "./post.ts";
import type { AttemptEnd } from "./verdict.ts";

/** Sends to one receiver. */
export interface Sender {
  /** Resolves as soon as it is known whether the receiver has the events; rejects when there is no answer, or with the signal's reason. */
  send(events: readonly [ClaimedEvent, ...ClaimedEvent[]], signal: AbortSignal): Promise<Sent>;
  /** Closes the connections. A later send opens new ones. */
  close(): Promise<void>;
}

/** How a receiver answered. */
export interface Sent {
  readonly end: AttemptEnd;
  /** What an operator should know of it. */
  readonly warning?: string | undefined;
  /** Resolves when the connection is free again. Never rejects. */
  readonly dropped?: Promise<void> | undefined;
}

/** What an attempt needs. */
export interface AttemptOptions {
  readonly sender: Sender;
  readonly clock: Clock;
  /** For the whole exchange, from connecting to the end of the answer. */
  readonly timeoutMs: number;
}

/** Sends events once. Never rejects: having no answer is an end as well. */
export async function attempt(
  { sender, clock, timeoutMs }: AttemptOptions,
  events: readonly [ClaimedEvent, ...ClaimedEvent[]],
): Promise<Pick<Sent, "end" | "warning">> {
  const late = new AbortController();
  const answered = new AbortController();
  const timedOut = clock.sleep(timeoutMs, answered.signal).then((): Sent => {
    late.abort();
    return { end: { error: `no answer within ${timeoutMs} ms` } };
  });
  // Cancelled as soon as there is an answer, and then nobody listens any more.
  timedOut.catch(ignore);
  try {
    const sent = await Promise.race([sender.send(events, late.signal), timedOut]);
    // The status has decided: a body that stalls or breaks off changes nothing, but its connection must be done with it.
    if (sent.dropped !== undefined) await Promise.race([sent.dropped, timedOut]);
    return sent;
  } catch (thrown) {
    return { end: { error: failureText(thrown) } };
  } finally {
    // With a reason of its own, because making the default one, an exception with a stack, costs more than the signature.
    answered.abort("answered");
  }
}

function ignore(): void {}
