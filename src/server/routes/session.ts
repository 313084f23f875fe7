// Who am I, login and logout, tokens, approvals.

import { z } from "zod";
import type { Clock } from "../../kernel/index.ts";
import { condition, login, me, type Role, role, time, timeText, tokenView } from "../../operations/views/index.ts";
import type { Access, StoreCondition } from "../../store/index.ts";
import { setSessionCookie } from "../access/cookies.ts";
import type { LoginThrottle } from "../access/throttle.ts";
import { rawRoute, route } from "../routing/route.ts";

/** What the service says of itself. */
export interface ServiceFacts {
  readonly version: string;
  readonly fourEyes: boolean;
  /** IANA zone in which the operator's day ends. */
  readonly timeZone: string;
  readonly startedAt: number;
  readonly https: boolean;
  readonly demo?: boolean | undefined;
  readonly profile: string;
  /** What the profile does not offer. */
  readonly lacks: readonly { readonly capability: string; readonly reason: string; readonly alternative: string | null }[];
}

export interface SessionDeps {
  readonly access: Pick<Access, "openWithToken" | "openWithCode" | "endSession" | "listTokens" | "addToken" | "revokeToken">;
  readonly throttle: LoginThrottle;
  readonly clock: Clock;
  readonly facts: ServiceFacts;
  readonly conditions?: (() => readonly StoreCondition[]) | undefined;
}

/** Days a token lives unless said otherwise. */
const TOKEN_DAYS = 90;

export function sessionRoutes({ access, throttle, clock, facts, conditions = () => [] }: SessionDeps) {
  return [
    route({
      id: "session.me",
      method: "get",
      path: "/me",
      summary: "Who is asking, and what this service is",
      role: "viewer",
      reply: me,
      handle: async ({ who }) => ({
        name: who.name,
        role: who.role,
        via: who.via,
        expiresAt: timeText(who.expiresAt),
        service: {
          version: facts.version,
          fourEyes: facts.fourEyes,
          timeZone: facts.timeZone,
          startedAt: timeText(facts.startedAt),
          demo: facts.demo ?? false,
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
      reply: z.strictObject({}),
      async handle({ who }) {
        if (who.sessionId !== null) await access.endSession(who.sessionId, who.name);
        return Response.json(
          {},
          { headers: { "set-cookie": setSessionCookie("", 0, facts.https), "cache-control": "no-store" } },
        );
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
      }),
      replyType: "application/json",
      reply: z.strictObject({ id: z.string(), token: z.string(), expiresAt: time }),
      status: 201,
      async handle({ body, who }) {
        const expiresAt = clock.now() + (body.days ?? TOKEN_DAYS) * 86_400_000;
        const given: { name: string; role: Role } = body;
        const { id, token } = await access.addToken({ name: given.name, role: given.role, expiresAt, by: who.name });
        // Not through the answers that an Idempotency-Key keeps: the text must be kept nowhere.
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
