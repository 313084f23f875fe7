// In which form an event reaches its receiver. The outbox holds CloudEvents; a receiver that was written after the published guides gets their flat bodies.

import { z } from "zod";
import { CLOUD_EVENT_TYPE } from "./cloud-event.ts";

/**
 * `cloudevents`: CloudEvents 1.0, structured. `plain`: the event's data alone, with its type where the published guides have it. `slack`, `teams`: a
 * message for people, as the incoming webhooks of Slack and the workflows of Microsoft Teams take it.
 */
export type EventForm = "cloudevents" | "plain" | "slack" | "teams";

/** Whether people read it in a chat: nothing checks a signature there. */
export const isChat = (form: EventForm): boolean => form === "slack" || form === "teams";

const eventSchema = z.looseObject({ type: z.string(), subject: z.string().optional(), data: z.record(z.string(), z.unknown()) });
type StoredEvent = z.output<typeof eventSchema>;

/** Longest message, characters: chats cut or refuse longer ones. */
const LONGEST = 3000;
const JSON_TYPE = "application/json";

/** Where the guides name the type: the first in `event_type`, the outcomes nowhere, everything else in `type`. */
const TYPE_MEMBER: Readonly<Record<string, string | undefined>> = {
  DISPOSITION_ASSIGNED: "event_type",
  OUTCOMES_RETRIEVED: undefined,
};

/** What is posted of a stored event, and its media type. */
export function inForm(form: EventForm, stored: string): { readonly body: string; readonly contentType: string } {
  if (form === "cloudevents") return { body: stored, contentType: CLOUD_EVENT_TYPE };
  const event = eventSchema.parse(JSON.parse(stored));
  if (form === "slack") return { body: JSON.stringify({ text: slackText(messageOf(event)) }), contentType: JSON_TYPE };
  if (form === "teams") return { body: JSON.stringify(teamsCard(messageOf(event))), contentType: JSON_TYPE };
  const { type, data } = event;
  const member = Object.hasOwn(TYPE_MEMBER, type) ? TYPE_MEMBER[type] : "type";
  return { body: JSON.stringify(member === undefined ? data : { [member]: type, ...data }), contentType: JSON_TYPE };
}

/** The event in lines: what it is about, and each figure and text of its data. */
function messageOf({ type, subject, data }: StoredEvent): string {
  const told = Object.entries(data).flatMap(([name, value]) =>
    (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean"
      ? [`${name.replaceAll("_", " ")}: ${value}`]
      : [],
  );
  const text = [`${type}${subject === undefined ? "" : `: ${subject}`}`, ...told].join("\n");
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text;
}

/** Slack's own three signs, so that a name is never a mention or a link. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An adaptive card whose text is taken as it is: no markup, no mentions. */
function teamsCard(text: string) {
  const body = text.split("\n").map((line) => ({ type: "RichTextBlock", inlines: [{ type: "TextRun", text: line }] }));
  return {
    type: "message",
    attachments: [
      { contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard", version: "1.4", body } },
    ],
  };
}
