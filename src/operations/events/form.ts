// In which form an event reaches its receiver. The outbox holds CloudEvents; a receiver that was written after the published guides gets their flat bodies.

import { z } from "zod";
import { CLOUD_EVENT_TYPE } from "./cloud-event.ts";

/** `cloudevents`: CloudEvents 1.0, structured. `plain`: the event's data alone, with its type where the published guides have it. */
export type EventForm = "cloudevents" | "plain";

const eventSchema = z.looseObject({ type: z.string(), data: z.record(z.string(), z.unknown()) });

/** Where the guides name the type: the first in `event_type`, the outcomes nowhere, everything else in `type`. */
const TYPE_MEMBER: Readonly<Record<string, string | undefined>> = {
  DISPOSITION_ASSIGNED: "event_type",
  OUTCOMES_RETRIEVED: undefined,
};

/** What is posted of a stored event, and its media type. */
export function inForm(form: EventForm, stored: string): { readonly body: string; readonly contentType: string } {
  if (form === "cloudevents") return { body: stored, contentType: CLOUD_EVENT_TYPE };
  const { type, data } = eventSchema.parse(JSON.parse(stored));
  const member = Object.hasOwn(TYPE_MEMBER, type) ? TYPE_MEMBER[type] : "type";
  return { body: JSON.stringify(member === undefined ? data : { [member]: type, ...data }), contentType: "application/json" };
}
