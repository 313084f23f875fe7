// The alarm that the database is older than a head of its audit log kept outside, or of another history.

import { type Instant, newId, type RandomStream } from "../../kernel/index.ts";
import type { NewEvent, StandingConflict } from "../../store/index.ts";
import { cloudEvent } from "./cloud-event.ts";

/** Its event. */
export function setBackAlarm(
  { place, kind, size, message, foundAt }: StandingConflict,
  { now, random }: { readonly now: Instant; readonly random: RandomStream },
): NewEvent {
  const type = "AUDIT_SET_BACK";
  const subject = "audit";
  const eventId = newId("evt", now, random);
  const data = {
    kind,
    place,
    size,
    foundAt: new Date(foundAt).toISOString(),
    message: `The database was set back or replaced: ${message}`,
    advice:
      "Nothing new is started on it; campaigns that dial continue. Restore the right database, or accept this one: outdial audit accept-head --reason TEXT",
  };
  return {
    eventId,
    subject,
    type,
    body: cloudEvent({ id: eventId, source: "/outdial/audit", type, subject, time: now, data }),
  };
}
