// Switches a receiver off, with an audit entry and an alarm in the same transaction.

import { type Instant, newId, type RandomStream } from "../../kernel/index.ts";
import type { Endpoints } from "../../store/index.ts";
import { cloudEvent } from "./cloud-event.ts";

interface SwitchOff {
  readonly endpoint: string;
  readonly reason: string;
  readonly failingSince: Instant | null;
  readonly now: Instant;
  /** Id of the acting replica. */
  readonly by: string;
  /** The receiver of alarms; undefined when only this receiver gets them. */
  readonly alarms: string | undefined;
  readonly random: RandomStream;
}

/** False when another process was first. */
export async function switchOff(endpoints: Pick<Endpoints, "switchOff">, off: SwitchOff): Promise<boolean> {
  const { endpoint, reason, failingSince, now, by, alarms, random } = off;
  const since = failingSince === null ? null : new Date(failingSince).toISOString();
  const audit = { actor: by, action: "webhooks.off", subject: endpoint, time: now, details: { reason, failingSince: since } };
  const events = alarms === undefined ? [] : [alarm(off, alarms, since, newId("evt", now, random))];
  return endpoints.switchOff(endpoint, reason, { audit, events });
}

function alarm({ endpoint, reason, now }: SwitchOff, alarms: string, failingSince: string | null, eventId: string) {
  const type = "WEBHOOK_RECEIVER_OFF";
  const subject = `webhooks/${endpoint}`;
  const data = {
    receiver: endpoint,
    reason,
    failingSince,
    message: `Events for ${endpoint} are no longer sent; they wait.`,
    advice: `Correct the receiver or its address, then switch it on: outdial webhooks on ${endpoint}. Dead letters are sent with outdial webhooks replay.`,
  };
  const body = cloudEvent({ id: eventId, source: "/outdial/webhooks", type, subject, time: now, data });
  return { eventId, endpoint: alarms, subject, type, body };
}
