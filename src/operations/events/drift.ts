// Reports a changed shape of a tenant's replies once, with both shapes, in the audit log and as an alarm.

import { type Instant, newId, type RandomStream } from "../../kernel/index.ts";
import type { ReplyShapes } from "../../store/index.ts";
import { cloudEvent } from "./cloud-event.ts";

/** A changed shape of a tenant's reply. */
interface Drift {
  readonly operation: string;
  readonly before: string;
  readonly after: string;
  readonly profile: string;
  readonly now: Instant;
  /** Id of the replica that saw it. */
  readonly by: string;
  readonly random: RandomStream;
}

const TYPE = "VENDOR_DRIFT";

/** False when another process was first. */
export function recordDrift(shapes: Pick<ReplyShapes, "change">, drift: Drift): Promise<boolean> {
  const { operation, before, after, profile, now, by, random } = drift;
  const audit = { actor: by, action: "vendor.drift", subject: operation, time: now, details: { before, after, profile } };
  const eventId = newId("evt", now, random);
  const subject = `vendor/${operation}`;
  const data = {
    operation,
    profile,
    before,
    after,
    message: `The tenant answers ${operation} with another structure than before.`,
    advice: "outdial smoke --tenant shows which operations the tenant answers as outdial expects.",
  };
  const body = cloudEvent({ id: eventId, source: "/outdial/vendor", type: TYPE, subject, time: now, data });
  return shapes.change(operation, after, { audit, events: [{ eventId, subject, type: TYPE, body }] });
}
