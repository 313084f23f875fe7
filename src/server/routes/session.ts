// The signed-in person and the service's conditions, login and logout, tokens.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import {
  condition,
  login,
  me,
  type Role,
  role,
  type SetupCheck,
  sessionView,
  setupCheck,
  time,
  timeText,
  tokenView,
} from "../../operations/views/index.ts";
import { type Access, PERSON_PREFIX, type StoreCondition } from "../../store/index.ts";
import { setSessionCookie } from "../access/cookies.ts";
import type { LoginThrottle } from "../access/throttle.ts";
import { ServerError } from "../error.ts";
import { rawRoute, route } from "../routing/route.ts";
import { SIGN_IN } from "../sign-in/index.ts";

/** What the service says about itself. */
export interface ServiceFacts {
  readonly version: string;
  readonly fourEyes: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
  readonly startedAt: number;
  readonly https: boolean;
  readonly demo?: boolean | undefined;
  /** Null where none is configured. */
  readonly tenant: { readonly name: string | null; readonly address: string } | null;
  readonly profile: string;
  /** What the profile lacks. */
  readonly lacks: readonly { readonly capability: string; readonly reason: string; readonly alternative: string | null }[];
}

export interface SessionDeps {
  readonly access: Pick<
    Access,
    "openWithToken" | "openWithCode" | "endSession" | "listSessions" | "listTokens" | "addToken" | "revokeToken"
  >;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly facts: ServiceFacts;
  readonly conditions?: (() => readonly StoreCondition[]) | undefined;
  /** What `outdial doctor` checks, with the service's own settings. */
  readonly setup?: (() => Promise<readonly SetupCheck[]>) | undefined;
  /** The provider that people sign in through, where one is configured. */
  readonly signIn?: { readonly name: string; readonly signOutUrl: () => Promise<string | null> } | undefined;
}

/** Default lifetime of a token, days. */
const TOKEN_DAYS = 90;

export function sessionRoutes({ access, throttle, clock, facts, conditions = () => [], setup, signIn }: SessionDeps) {
  return [
    route({
      id: "session.ways",
      method: "get",
      path: "/sign-in",
      summary: "The provider that people can sign in through, beside tokens",
      role: "public",
      reply: z.strictObject({
        provider: z
          .strictObject({
            name: z.string(),
            path: z.string().describe("Where the browser is sent to sign in; `?to=/PAGE` names the page afterwards"),
          })
          .nullable(),
      }),
      handle: async () => ({ provider: signIn === undefined ? null : { name: signIn.name, path: SIGN_IN } }),
    }),
    route({
      id: "session.me",
      method: "get",
      path: "/me",
      summary: "Who is asking, and what this service is",
      role: "viewer",
      storeless: true,
      reply: me,
      handle: async ({ who }) => ({
        name: who.name,
        role: who.role,
        label: who.label ?? null,
        via: who.via,
        expiresAt: timeText(who.expiresAt),
        service: {
          version: facts.version,
          fourEyes: facts.fourEyes,
          timeZone: facts.timeZone,
          startedAt: timeText(facts.startedAt),
          demo: facts.demo ?? false,
          tenant: facts.tenant,
          profile: facts.profile,
          lacks: facts.lacks,
        },
      }),
    }),
    route({
      id: "service.conditions",
      method: "get",
      path: "/conditions",
      summary:
        "What stands that everybody has to know: a database that was set back, has no room or is another tenant's, a lake or a CRM that jobs wait for",
      role: "viewer",
      reply: z.strictObject({ items: z.array(condition) }),
      handle: async () => ({ items: conditions().map((one) => ({ ...one, since: timeText(one.since) })) }),
    }),
    route({
      id: "service.setup",
      method: "get",
      path: "/setup",
      summary: "What outdial doctor says of this workplace: what is right, doubtful, wrong or left to do, each with what to do",
      description:
        "Asks the tenant for a token and one page of campaigns, and tries receivers and the mail server; sends them nothing.",
      role: "operator",
      reply: z.strictObject({ items: z.array(setupCheck).readonly() }),
      async handle() {
        if (setup === undefined) throw new ServerError("not_found", "this service cannot look at its own workplace");
        return { items: await setup() };
      },
    }),
    rawRoute({
      id: "session.open",
      method: "post",
      path: "/session",
      summary: "Sign in with a token or a one-time code; the answer sets the session cookie",
      role: "public",
      body: login,
      replyType: "application/json",
      reply: z.strictObject({ expiresAt: time }),
      async handle({ body, address }) {
        const opened = "token" in body ? await access.openWithToken(body.token) : await access.openWithCode(body.code);
        if (opened === undefined) {
          const why =
            "token" in body ? "the token is unknown, revoked or expired" : "the login link was used before, or has expired";
          throw throttle.refusal(address, "token" in body ? body.token : body.code, why);
        }
        const seconds = (opened.expiresAt - clock.now()) / 1000;
        const headers = { "set-cookie": setSessionCookie(opened.value, seconds, facts.https), "cache-control": "no-store" };
        return Response.json({ expiresAt: timeText(opened.expiresAt) }, { headers });
      },
    }),
    rawRoute({
      id: "session.close",
      method: "delete",
      path: "/session",
      summary: "Sign out",
      role: "viewer",
      replyType: "application/json",
      reply: z.strictObject({
        signOutUrl: z.string().nullable().describe("Where somebody who signed in through the provider signs out there, too"),
      }),
      async handle({ who }) {
        if (who.sessionId !== null) await access.endSession(who.sessionId, who.name);
        const isThere = who.name.startsWith(PERSON_PREFIX) && signIn !== undefined;
        return Response.json(
          { signOutUrl: isThere ? await signIn.signOutUrl() : null },
          { headers: { "set-cookie": setSessionCookie("", 0, facts.https), "cache-control": "no-store" } },
        );
      },
    }),
    route({
      id: "sessions.list",
      method: "get",
      path: "/sessions",
      summary: "Who is signed in: sessions in force with role, sign-in and last use",
      role: "admin",
      reply: z.strictObject({ items: z.array(sessionView) }),
      handle: async ({ who }) => ({
        items: (await access.listSessions()).map(({ tokenId, ...one }) => ({
          ...one,
          token: tokenId,
          own: one.id === who.sessionId,
          createdAt: timeText(one.createdAt),
          lastUsedAt: timeText(one.lastUsedAt),
          expiresAt: timeText(one.expiresAt),
        })),
      }),
    }),
    route({
      id: "sessions.end",
      method: "delete",
      path: "/sessions/{id}",
      summary: "End a session; its holder has to sign in again",
      role: "admin",
      params: z.strictObject({ id: z.string().min(1).max(200) }),
      reply: z.strictObject({ id: z.string() }),
      async handle({ params, who }) {
        if (await access.endSession(params.id, who.name)) return { id: params.id };
        throw new ServerError("not_found", "this session has ended already, or never was");
      },
    }),
    route({
      id: "tokens.list",
      method: "get",
      path: "/tokens",
      summary: "All tokens, without their secrets",
      role: "admin",
      reply: z.strictObject({ items: z.array(tokenView) }),
      handle: async () => ({
        items: (await access.listTokens()).map((token) => ({
          ...token,
          createdAt: timeText(token.createdAt),
          expiresAt: timeText(token.expiresAt),
          lastUsedAt: timeText(token.lastUsedAt),
          revokedAt: timeText(token.revokedAt),
        })),
      }),
    }),
    rawRoute({
      id: "tokens.add",
      method: "post",
      path: "/tokens",
      summary: "Make a token; its text is in this answer and nowhere else",
      role: "admin",
      body: z.strictObject({
        name: z.string().min(1).max(100).describe("Who will hold it: what the audit says"),
        role,
        days: z.int().min(1).max(3650).optional().describe("How long it is good for; 90 by default"),
        person: z
          .string()
          .max(300)
          .optional()
          .describe("Whose it is: the name of somebody who signs in through the provider, as `GET /me` tells it (sso:…)"),
      }),
      replyType: "application/json",
      reply: z.strictObject({ id: z.string(), token: z.string(), expiresAt: time }),
      status: 201,
      async handle({ body, who }) {
        const expiresAt = clock.now() + (body.days ?? TOKEN_DAYS) * 86_400_000;
        const given: { name: string; role: Role; person?: string | undefined } = body;
        const { name, person } = given;
        const { id, token } = await access.addToken({ name, role: given.role, expiresAt, by: who.name, person });
        // Not through the answers that are stored for an Idempotency-Key: the token must not be stored anywhere.
        return Response.json(
          { id, token, expiresAt: timeText(expiresAt) },
          { status: 201, headers: { "cache-control": "no-store" } },
        );
      },
    }),
    route({
      id: "tokens.revoke",
      method: "delete",
      path: "/tokens/{id}",
      summary: "End a token and the sessions opened with it",
      role: "admin",
      params: z.strictObject({ id: z.string() }),
      reply: z.strictObject({ id: z.string(), name: z.string() }),
      async handle({ params, who }) {
        const { id, name } = await access.revokeToken(params.id, who.name);
        return { id, name };
      },
    }),
  ];
}
