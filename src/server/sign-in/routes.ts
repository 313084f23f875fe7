// Signing in through the provider: two addresses to which the browser is sent. They answer with redirections, never with data.

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context, Hono } from "hono";
import { z } from "zod";
import { type Clock, messageOf } from "../../kernel/index.ts";
import { type Access, type AuditInput, PERSON_PREFIX } from "../../store/index.ts";
import { setSessionCookie } from "../access/cookies.ts";
import { type Provider, SignInError, type SignInSettings } from "./provider.ts";
import { recognise } from "./roles.ts";

/** Why the browser is sent back to the login page, as in its address. */
type SignInRefusal = "unavailable" | "refused" | "not_trusted" | "expired" | "no_role";

interface SignInDeps {
  readonly settings: SignInSettings;
  /** Signs what the browser keeps meanwhile; all services of a store have the same. */
  readonly key: Uint8Array;
  readonly provider: Pick<Provider, "begin" | "finish">;
  readonly access: Pick<Access, "openWithSubject">;
  readonly record: (entry: AuditInput) => Promise<void>;
  readonly clock: Clock;
  readonly https: boolean;
  /** The public address; when it is not set, the address of the request, which is one of this service's own. */
  readonly publicUrl: string | undefined;
  readonly log: (level: "info" | "warn", message: string) => void;
}

/** Where signing in begins. */
export const SIGN_IN = "/sign-in";
const CALLBACK = "/sign-in/callback";
/** Time limit for signing in at the provider, second factor included. */
const ATTEMPT_MS = 10 * 60_000;
/** By how much the clock of the service where signing in began may be ahead of this one's. */
const CLOCKS_DIFFER_MS = 30_000;

const kept = z.strictObject({
  state: z.string().max(200),
  nonce: z.string().max(200),
  verifier: z.string().max(200),
  /** When it began. */
  at: z.number(),
  /** The page that was requested. */
  to: z.string().max(2000),
});

export function signInRoutes(app: Hono, deps: SignInDeps): Hono {
  const { settings, provider, access, record, clock, https, log } = deps;
  const cookieName = https ? "__Host-outdial_sign_in" : "outdial_sign_in";
  const cookie = (value: string, seconds: number) =>
    // Lax: the browser sends it also when it comes from the provider's site.
    `${cookieName}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${https ? "; Secure" : ""}`;
  const baseOf = (c: Context) => deps.publicUrl?.replace(/\/$/, "") ?? new URL(c.req.url).origin;
  const go = (to: string, cookies: readonly string[]) => {
    const headers = new Headers({ location: to, "cache-control": "no-store" });
    for (const one of cookies) headers.append("set-cookie", one);
    return new Response(null, { status: 303, headers });
  };
  const refuse = (why: SignInRefusal) => go(`/login?refused=${why}`, [cookie("", 0)]);
  const troubled = (thrown: unknown) => {
    if (!(thrown instanceof SignInError)) throw thrown;
    log("warn", `signing in through ${settings.name}: ${messageOf(thrown)}`);
    return refuse(thrown.code);
  };

  app.get(SIGN_IN, async (c) => {
    try {
      const { url, attempt } = await provider.begin(`${baseOf(c)}${CALLBACK}`);
      const value = { ...attempt, at: clock.now(), to: ownPage(c.req.query("to"), baseOf(c)) };
      return go(url.href, [cookie(signed(JSON.stringify(value), deps.key), ATTEMPT_MS / 1000)]);
    } catch (thrown) {
      return troubled(thrown);
    }
  });
  app.get(CALLBACK, async (c) => {
    const attempt = keptIn(c.req.header("cookie"), cookieName, deps.key);
    if (attempt === undefined || !isFresh(attempt.at, clock.now())) return refuse("expired");
    try {
      const { search } = new URL(c.req.url);
      const claims = await provider.finish(new URL(`${baseOf(c)}${CALLBACK}${search}`), attempt);
      const { subject, label, role } = recognise(claims, settings);
      if (subject === undefined) {
        log("warn", `signing in through ${settings.name}: the claim ${settings.subject} is missing or no name`);
        return refuse("not_trusted");
      }
      if (role === undefined) {
        await record({
          actor: `${PERSON_PREFIX}${subject}`,
          action: "session.refused",
          subject: "no role",
          details: { label, claim: settings.roleClaim },
        });
        return refuse("no_role");
      }
      const opened = await access.openWithSubject({ subject, label, role, issuer: settings.issuer });
      const seconds = (opened.expiresAt - clock.now()) / 1000;
      return go(attempt.to, [setSessionCookie(opened.value, seconds, https), cookie("", 0)]);
    } catch (thrown) {
      return troubled(thrown);
    }
  });
  return app;
}

const macOf = (text: string, key: Uint8Array): Buffer => createHmac("sha256", key).update(text).digest();

/** A text and its signature, as a cookie's value. */
const signed = (text: string, key: Uint8Array): string =>
  `${Buffer.from(text).toString("base64url")}.${macOf(text, key).toString("base64url")}`;

/** The text of a cookie's value; undefined when a service of this store did not sign it. */
function openSigned(value: string, key: Uint8Array): string | undefined {
  const [body = "", signature = "", ...more] = value.split(".");
  const text = Buffer.from(body, "base64url").toString("utf8");
  const [given, own] = [Buffer.from(signature, "base64url"), macOf(text, key)];
  return more.length === 0 && given.length === own.length && timingSafeEqual(given, own) ? text : undefined;
}

/** The attempt in the browser's cookie; undefined when there is none that a service of this store made. */
function keptIn(header: string | undefined, name: string, key: Uint8Array): z.output<typeof kept> | undefined {
  const part = (header ?? "").split(";").find((one) => one.trim().startsWith(`${name}=`));
  if (part === undefined) return undefined;
  try {
    const text = openSigned(part.trim().slice(name.length + 1), key);
    return text === undefined ? undefined : kept.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

const isFresh = (begunAt: number, now: number) => begunAt - now <= CLOCKS_DIFFER_MS && now - begunAt <= ATTEMPT_MS;

/** A page of this service; its first page for any other address. */
function ownPage(asked: string | undefined, base: string): string {
  if (asked === undefined || asked.length > 1000 || !URL.canParse(asked, base)) return "/";
  const { origin, pathname, search } = new URL(asked, base);
  const isPage = origin === new URL(base).origin && pathname !== "/login";
  // A path may begin with two slashes once its dots are resolved; a browser reads those as another host.
  return isPage ? `${pathname.replace(/^\/+/, "/")}${search}` : "/";
}
