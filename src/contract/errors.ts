// Error replies, and the body of a webhook delivery.

import { z } from "zod";

/** The body of a refusal. Clients must survive any other body, HTML and empty ones included. */
export const errorReply = z.looseObject({
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    details: z.array(z.unknown()).optional(),
  }),
  correlationId: z.string().optional(),
});

/** Body of a webhook delivery (contract §2.4). */
export const vendorEvent = z.looseObject({ id: z.string(), type: z.string(), occurredAt: z.string(), data: z.unknown() });
