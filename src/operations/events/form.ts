// The form in which an event is sent. The outbox contains CloudEvents; receivers written after the published guides get the
// guides' flat bodies.

import { z } from "zod";
import { CLOUD_EVENT_TYPE } from "./cloud-event.ts";

/**
 * `cloudevents`: CloudEvents 1.0, structured. `plain`: the event's data alone, with its type where the published guides have it.
 * `slack`, `teams`: a message for people, for incoming webhooks of Slack and workflows of Microsoft Teams.
 */
export type EventForm = "cloudevents" | "plain" | "slack" | "teams";

/** Whether people read it in a chat, where signatures are not checked. */
export const isChat = (form: EventForm): boolean => form === "slack" || form === "teams";

/** Most events in one message: chats cut longer ones. */
export const MOST_IN_CHAT = 10;

const eventSchema = z.looseObject({
  type: z.string(),
  subject: z.string().optional(),
  time: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});
type StoredEvent = z.output<typeof eventSchema>;

/** Longest message, characters: chats cut or refuse longer ones. */
const LONGEST = 3000;
const JSON_TYPE = "application/json";

/** Where the guides put the type: of the first in `event_type`, of outcomes nowhere, of all others in `type`. */
const TYPE_MEMBER: Readonly<Record<string, string | undefined>> = {
  DISPOSITION_ASSIGNED: "event_type",
  OUTCOMES_RETRIEVED: undefined,
};

/**
 * The body for stored events, and its media type. Only the forms for people take more than one.
 * @param others further events of the same message
 */
export function inForm(
  form: EventForm,
  stored: string,
  others: readonly string[] = [],
): { readonly body: string; readonly contentType: string } {
  if (form === "cloudevents") return { body: stored, contentType: CLOUD_EVENT_TYPE };
  if (form === "slack" || form === "teams") {
    const { subject, text } = inWords([stored, ...others], LONGEST);
    const message = cut([subject, text].filter((part) => part !== "").join("\n"), LONGEST);
    return { body: JSON.stringify(form === "slack" ? { text: slackText(message) } : teamsCard(message)), contentType: JSON_TYPE };
  }
  const event = eventSchema.parse(JSON.parse(stored));
  const { type, data } = event;
  const member = Object.hasOwn(TYPE_MEMBER, type) ? TYPE_MEMBER[type] : "type";
  return { body: JSON.stringify(member === undefined ? data : { [member]: type, ...data }), contentType: JSON_TYPE };
}

/**
 * Events in words: a title, and lines with each figure and text of their data.
 * @param longest most characters of the text, shared by the events; a longer text ends in …
 */
export function inWords(stored: readonly string[], longest: number): { readonly subject: string; readonly text: string } {
  const events = stored.map((one) => eventSchema.parse(JSON.parse(one)));
  const [first] = events;
  if (first !== undefined && events.length === 1) return { subject: titleOf(first), text: linesOf(first).join("\n") };
  const each = Math.floor(longest / events.length) - 2;
  return {
    subject: `${events.length} alarms of quiet hours`,
    text: events
      .map((event) => cut([`${event.time ?? ""} ${titleOf(event)}`.trim(), ...linesOf(event)].join("\n"), each))
      .join("\n\n"),
  };
}

const titleOf = ({ type, subject }: StoredEvent): string => `${type}${subject === undefined ? "" : `: ${subject}`}`;

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text;

function linesOf({ data }: StoredEvent): string[] {
  return Object.entries(data).flatMap(([name, value]) =>
    (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean"
      ? [`${name.replaceAll("_", " ")}: ${value}`]
      : [],
  );
}

/** Escapes Slack's three special characters, so that a name is never a mention or a link. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An adaptive card with plain text: no markup, no mentions. */
function teamsCard(text: string) {
  const body = text.split("\n").map((line) => ({ type: "RichTextBlock", inlines: [{ type: "TextRun", text: line }] }));
  return {
    type: "message",
    attachments: [
      { contentType: "application/vnd.microsoft.card.adaptive", content: { type: "AdaptiveCard", version: "1.4", body } },
    ],
  };
}
