// One attempt: signs the event for this instant, posts it, and waits no longer than the time allowed.

import type { Clock } from "../../kernel/index.ts";
import type { ClaimedEvent } from "../../store/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { inForm } from "./form.ts";
import { failureText, type Poster } from "./post.ts";
import type { AttemptEnd } from "./verdict.ts";

/** What an attempt needs. */
export interface AttemptOptions {
  readonly endpoint: Endpoint;
  readonly poster: Poster;
  readonly clock: Clock;
  /** For the whole exchange, from connecting to the end of the answer. */
  readonly timeoutMs: number;
}

/** Sends an event once. Never rejects: having no answer is an end as well. */
export async function attempt({ endpoint, poster, clock, timeoutMs }: AttemptOptions, event: ClaimedEvent): Promise<AttemptEnd> {
  const late = new AbortController();
  const answered = new AbortController();
  const timedOut = clock.sleep(timeoutMs, answered.signal).then((): { error: string } => {
    late.abort();
    return { error: `no answer within ${timeoutMs} ms` };
  });
  // Cancelled as soon as there is an answer, and then nobody listens any more.
  timedOut.catch(ignore);
  try {
    const { body, contentType } = inForm(endpoint.form, event.body);
    const headers = {
      "user-agent": "outdial",
      ...endpoint.headers,
      "content-type": contentType,
      ...endpoint.sign?.(event.eventId, clock.now(), body),
    };
    const end = await Promise.race([poster.post(headers, body, late.signal), timedOut]);
    // The status has decided: a body that stalls or breaks off changes nothing, but its connection must be done with it.
    if ("status" in end) await Promise.race([end.dropped, timedOut]);
    return end;
  } catch (thrown) {
    return { error: failureText(thrown) };
  } finally {
    // With a reason of its own, because making the default one, an exception with a stack, costs more than the signature.
    answered.abort("answered");
  }
}

function ignore(): void {}
