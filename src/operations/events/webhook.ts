// Sending to a webhook: the events in the receiver's form, signed for this instant.

import type { Clock } from "../../kernel/index.ts";
import type { Sender } from "./attempt.ts";
import type { Endpoint } from "./endpoint.ts";
import { inForm } from "./form.ts";
import type { Poster } from "./post.ts";

/** Sends events to an endpoint in its form, signed according to Standard Webhooks. */
export function webhookSender(endpoint: Endpoint, poster: Poster, clock: Clock): Sender {
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
