// Who is asking: tokens, sessions, roles.

import { z } from "zod";
import { time } from "./common.ts";

/** Each role includes the ones before it. */
export const ROLES = ["viewer", "operator", "admin"] as const;
/** What a person or token may do. */
export const role = z.enum(ROLES).meta({ id: "Role" });
export type Role = z.output<typeof role>;

/** Who is asking, and what this service is. */
export const me = z
  .strictObject({
    name: z.string(),
    label: z.string().nullable().describe("What people call somebody who signed in through the provider; null for others"),
    role,
    via: z.enum(["token", "session"]),
    /** When the session or token ends; null for a token without an end. */
    expiresAt: time.nullable(),
    service: z.strictObject({
      version: z.string(),
      fourEyes: z.boolean().describe("Dangerous verbs wait until another person approves"),
      timeZone: z.string().describe("Where the operator's day ends"),
      startedAt: time,
      demo: z.boolean().describe("A made-up tenant with a story, which the pages tell"),
      tenant: z
        .strictObject({
          name: z.string().nullable().describe("In outdial.yaml; null for one tenant without a name"),
          address: z.string(),
        })
        .nullable()
        .describe("Whose campaigns these are; null where none is configured"),
      profile: z.string().describe("By which of its interfaces the tenant is spoken to: rest, acd"),
      lacks: z
        .array(z.strictObject({ capability: z.string(), reason: z.string(), alternative: z.string().nullable() }))
        .readonly()
        .describe("What this profile does not offer, and what stands in its place"),
    }),
  })
  .meta({ id: "Me" });
export type Me = z.output<typeof me>;

/** A condition of the service that everybody must know about, as long as it lasts. */
export const setupCheck = z
  .strictObject({
    check: z.string(),
    state: z
      .enum(["ok", "warn", "todo", "fail"])
      .describe(
        "`warn`: it works, but somebody should look at it. `todo`: a person has not given it yet, as in a workplace that was just made",
      ),
    text: z.string(),
    mend: z.string().nullable().describe("What to do; null when nothing is to be done"),
  })
  .meta({ id: "SetupCheck" });
export type SetupCheck = Readonly<z.output<typeof setupCheck>>;

export const condition = z
  .strictObject({
    name: z
      .enum([
        "audit_set_back",
        "store_full",
        "lake_unavailable",
        "receiver_unavailable",
        "other_tenant",
        "token_refused",
        "replicas_differ",
      ])
      .describe("Stable: branch on this"),
    message: z.string(),
    advice: z.string(),
    since: time,
  })
  .meta({ id: "Condition" });
export type Condition = z.output<typeof condition>;

/** The body of a login: a token, or the code of a one-time link (`/login#CODE`: the page reads it from the fragment). */
export const login = z
  .union([z.strictObject({ token: z.string().min(1).max(200) }), z.strictObject({ code: z.string().min(1).max(200) })])
  .meta({ id: "Login" });

/** A session as lists show it. */
export const sessionView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    label: z.string().nullable().describe("What people call somebody who signed in through the provider; null for others"),
    role,
    token: z.string().nullable().describe("Id of the token that opened it; null for a link or the provider"),
    own: z.boolean().describe("With which this is asked"),
    createdAt: time.describe("When its holder signed in"),
    lastUsedAt: time,
    expiresAt: time,
  })
  .meta({ id: "Session" });
export type Session = z.output<typeof sessionView>;

/** A token as lists show it; never its secret. */
export const tokenView = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role,
    person: z.string().nullable().describe("Whose it is, as the sign-in provider's subject names them; null when nobody said so"),
    createdAt: time,
    createdBy: z.string(),
    expiresAt: time.nullable(),
    lastUsedAt: time.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: "Token" });
export type Token = z.output<typeof tokenView>;
