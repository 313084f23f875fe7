// Switches a receiver off that fails for too long, with an audit entry and an alarm in the same transaction.

import { type Clock, type Instant, newId, type RandomStream } from "../../kernel/index.ts";
import type { Endpoints, StoreLog } from "../../store/index.ts";
import type { LaneReceiver } from "./claims.ts";
import { cloudEvent } from "./cloud-event.ts";
import type { DeliveryMembers, DeliverySwitches } from "./outbox-port.ts";
import type { Failed } from "./verdict.ts";

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

/** What a receiver is judged and switched off with. */
export interface SwitchOffOptions {
  readonly receiver: LaneReceiver;
  readonly switches: DeliverySwitches;
  readonly members: DeliveryMembers;
  readonly clock: Clock;
  readonly random: RandomStream;
  /** Name of the receiver of alarms. */
  readonly alarms: string | undefined;
  readonly log: StoreLog;
}

/** Switches off a receiver that failed for too long, or wants no more events. */
export async function switchOffIfDue(options: SwitchOffOptions, { gone, error }: Failed): Promise<void> {
  const { receiver, switches, clock, members, alarms, random, log } = options;
  const { name, offAfterMs } = receiver;
  const failingSince = await switches.failed(name);
  const now = clock.now();
  const days = Number((offAfterMs / 86_400_000).toFixed(2));
  if (gone !== true && now - failingSince < offAfterMs) return;
  const reason =
    gone === true ? "it answered 410: it wants no more events" : `nothing was delivered for ${days} days; last: ${error}`;
  const off = { endpoint: name, reason, failingSince, now, by: members.id, alarms, random };
  if (await switchOff(switches, off)) log("error", `events for ${name}: the receiver was switched off: ${reason}`);
}

/** False when another process was first. */
async function switchOff(endpoints: Pick<Endpoints, "switchOff">, off: SwitchOff): Promise<boolean> {
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
