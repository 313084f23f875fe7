// Signing in through the provider: two addresses to which the browser is sent. They answer with redirections, never with data.

import { type Context, Hono } from "hono";
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

export function signInRoutes(deps: SignInDeps): Hono {
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

  const app = new Hono();
  app.get(SIGN_IN, async (c) => {
    try {
      const { url, attempt } = await provider.begin(`${baseOf(c)}${CALLBACK}`);
      const value = { ...attempt, at: clock.now(), to: ownPage(c.req.query("to"), baseOf(c)) };
      return go(url.href, [cookie(Buffer.from(JSON.stringify(value)).toString("base64url"), ATTEMPT_MS / 1000)]);
    } catch (thrown) {
      return troubled(thrown);
    }
  });
  app.get(CALLBACK, async (c) => {
    const attempt = keptIn(c.req.header("cookie"), cookieName);
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

/** The attempt in the browser's cookie; undefined when there is none that can be read. */
function keptIn(header: string | undefined, name: string): z.output<typeof kept> | undefined {
  const part = (header ?? "").split(";").find((one) => one.trim().startsWith(`${name}=`));
  if (part === undefined) return undefined;
  try {
    const text = Buffer.from(part.trim().slice(name.length + 1), "base64url").toString("utf8");
    return kept.safeParse(JSON.parse(text)).data;
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
