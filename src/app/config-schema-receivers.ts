// The receivers of events in outdial.yaml: webhooks, alarms by e-mail, quiet hours.

import { z } from "zod";
import { isTimeZone } from "../kernel/index.ts";
import { span } from "./config-schema-tenant.ts";

/** Receivers that outdial names, with the types that they take when nothing is said; all others have a name of the company's own. */
export const USUAL_RECEIVERS = ["bi", "analytics", "crm", "alarms"] as const;

/** The name is part of variables such as `OUTDIAL_<NAME>_SECRET`; these are variables of something else. Every object has a constructor. */
const OWN_NAME = /^(?!(?:mail|tenant|crm-records|sign-in|inbound-.*|constructor)$)[a-z][a-z0-9-]{0,39}$/;

const webhook = z.strictObject({
  types: z
    .array(z.string().regex(/^(?:[A-Z][A-Z_]*\*?|\*)$/, "a type such as DISPOSITION_ASSIGNED, FAILOVER_* or * is needed"))
    .min(1)
    .optional()
    .describe(
      "Types of events that it takes (docs/event-types.md): a type, the beginning of some with *, or * for all. Needed for a name of your own; bi, analytics, crm and alarms take their usual ones by default",
    ),
  url: z.url().optional().describe("Where events are posted; https, or http on loopback"),
  urlEnv: z
    .string()
    .optional()
    .describe("Name of the environment variable that holds the address, for one that is secret, as those of chats are"),
  secretEnv: z
    .string()
    .optional()
    .describe("Name of the environment variable that holds the signing secret (Standard Webhooks, whsec_…)"),
  secretFile: z.string().optional().describe("Path of a file that holds the signing secret"),
  previousUntil: z.iso
    .datetime({ offset: true })
    .optional()
    .describe(
      "Until when events carry a second signature by the secret in <secretEnv>_PREVIOUS, while a secret is being changed",
    ),
  allowPrivate: z
    .boolean()
    .optional()
    .describe("Whether the receiver may be in a private network, with http as well; false by default"),
  form: z
    .enum(["cloudevents", "plain", "slack", "teams"])
    .optional()
    .describe(
      "Form of the body: CloudEvents, the flat bodies of the published guides, or a message for a chat (slack, teams), which needs no signing secret; cloudevents by default",
    ),
  headers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "the name of a header is needed")
        .refine(
          (name) => !/^(authorization|host|content-.*|transfer-encoding|connection|webhook-.*)$/i.test(name),
          "this header is outdial's own; a bearer token is named by bearerEnv or bearerFile",
        ),
      z.string().regex(/^[\t\x20-\x7e]{0,1000}$/, "printable ASCII is needed"),
    )
    .optional()
    .describe("Further headers of each request; nothing secret"),
  bearerEnv: z
    .string()
    .optional()
    .describe("Name of the environment variable that holds a token which the receiver wants as Authorization: Bearer"),
  bearerFile: z.string().optional().describe("Path of a file that holds this token"),
  order: z
    .enum(["subject", "none"])
    .optional()
    .describe(
      "subject: an event waits for the earlier ones of its subject (a call, a campaign) until they are delivered or given up; none: each is sent by itself; subject by default",
    ),
  concurrency: z.int().min(1).max(256).optional().describe("Requests that are open at once, at most; 32 by default"),
  quietHours: z
    .boolean()
    .optional()
    .describe(
      "Whether it waits with alarms that are not urgent in alarms.quietHours; true by default for alarms, slack and teams",
    ),
  offAfter: span.optional().describe("A receiver that took nothing for so long is switched off, its events wait; 3d by default"),
});

/** Receivers by name. */
export const webhooks = z
  .object({
    bi: webhook.optional().describe("Business intelligence: every disposition that was set"),
    analytics: webhook.optional().describe("Corrected dispositions of closed interactions"),
    crm: webhook
      .extend({
        recordsUrl: z
          .url()
          .optional()
          .describe("Where outcomes push crm --records posts batches of records; https, or http on loopback"),
      })
      .optional()
      .describe("Outcomes of each retrieval"),
    alarms: webhook.optional().describe("What a person must look at: failed rollbacks, failovers, overdue revocations"),
  })
  .catchall(webhook)
  .superRefine((named, context) => {
    for (const [name, given] of Object.entries(named)) {
      if (USUAL_RECEIVERS.some((usual) => usual === name)) continue;
      if (!OWN_NAME.test(name))
        context.addIssue({
          code: "custom",
          path: [name],
          message:
            "a name of a receiver has lower-case letters, digits and hyphens, at most 40, and is not mail, tenant, crm-records, sign-in, constructor or inbound-…",
        });
      else if (given?.types === undefined)
        context.addIssue({
          code: "custom",
          path: [name, "types"],
          message: "the types of events that it takes are needed, such as [DISPOSITION_ASSIGNED]",
        });
    }
  });

/** Days of the week as in quiet hours; the index is the number of the day. */
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;

/** Minutes after midnight of a time such as 22:30, or 24:00. */
function minutesOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

const address = z
  .string()
  .regex(
    /^(?:[^<>\r\n"]*<[^\s@<>,;"]+@[^\s@<>,;"]+>|[^\s@<>,;"]+@[^\s@<>,;"]+)$/,
    "an address such as ops@example.com is needed",
  );

/** How people are told of what they must look at, beside webhooks. */
export const alarms = z.strictObject({
  mail: z
    .strictObject({
      server: z
        .string()
        .regex(/^smtps?:\/\/[^\s/@]+\/?$/i, "smtps://HOST:465 or smtp://HOST:587 is needed, without a user or a password")
        .describe(
          "The mail server: smtps://HOST:465 (TLS from the start) or smtp://HOST:587 (TLS by STARTTLS, which must be offered; none on loopback)",
        ),
      from: address.describe("Address of the sender, with or without a name"),
      to: z.array(address).min(1).max(50).describe("Who gets the mail"),
      user: z.string().min(1).optional().describe("User at the mail server; without one outdial does not sign in"),
      passwordEnv: z
        .string()
        .min(1)
        .optional()
        .describe(
          "Environment variable that holds the user's password; OUTDIAL_MAIL_PASSWORD by default. <name>_FILE names a file with it",
        ),
      passwordFile: z.string().min(1).optional().describe("Path of a file that holds the password"),
      offAfter: span
        .optional()
        .describe("A mail server that took nothing for so long is switched off, the alarms wait; 3d by default"),
    })
    .optional()
    .describe("Alarms by e-mail, beside webhooks.alarms"),
  quietHours: z
    .strictObject({
      zone: z.string().refine(isTimeZone, "a time zone such as Europe/Berlin is needed").describe("IANA time zone of the times"),
      periods: z
        .array(
          z.strictObject({
            from: z
              .string()
              .regex(CLOCK, "a time such as 22:00 is needed")
              .describe("Time at which the period begins, such as 22:00"),
            to: z
              .string()
              .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "a time such as 07:00 is needed")
              .describe("Time at which it ends, such as 07:00; of the next day when it is not after from"),
            days: z.array(z.enum(WEEKDAYS)).min(1).optional().describe("Days on which it begins; every day by default"),
          }),
        )
        .min(1)
        .max(20),
    })
    .optional()
    .describe("When receivers of alarms get only what is urgent; the rest is sent together afterwards"),
});

/** A quiet period as numbers. */
export function periodOf({
  from,
  to,
  days,
}: {
  from: string;
  to: string;
  days?: readonly (typeof WEEKDAYS)[number][] | undefined;
}) {
  return { from: minutesOf(from), to: minutesOf(to), days: days?.map((day) => WEEKDAYS.indexOf(day)) };
}
