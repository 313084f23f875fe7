// Who is asking: a bearer token, or the session cookie of the dashboard.

import type { Access, Principal } from "../../store/index.ts";
import { ServerError } from "../error.ts";
import { sessionCookie, setSessionCookie } from "./cookies.ts";
import type { LoginThrottle } from "./throttle.ts";

/** A recognised caller, and the cookie that replaces the one they sent. */
export interface Recognised {
  readonly who: Principal;
  readonly setCookie: string | undefined;
}

/** Recognises callers. Throws ServerError `not_authenticated`, `too_many_attempts`. */
export async function authenticate(
  request: Request,
  address: string,
  deps: { readonly access: Access; readonly throttle: LoginThrottle; readonly https: boolean; readonly now: () => number },
): Promise<Recognised> {
  const { access, throttle, https } = deps;
  const authorization = request.headers.get("authorization");
  if (authorization !== null) {
    const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization)?.[1];
    // Looked up before the throttle is asked: the lookup costs one row by its key, and a valid token is never refused.
    const found = token === undefined ? undefined : await access.principalOfToken(token);
    if (found === undefined) throw throttle.refusal(address, token ?? "", "the token is unknown, revoked or expired");
    return { who: found, setCookie: undefined };
  }
  const value = sessionCookie(request.headers.get("cookie"), https);
  const session = value === undefined ? undefined : await access.principalOfSession(value);
  if (session === undefined)
    throw new ServerError("not_authenticated", value === undefined ? "no token and no session" : "the session has ended", {
      advice: "Sign in, or send a token of outdial serve token add as Authorization: Bearer.",
    });
  const { principal, renewed } = session;
  const setCookie =
    renewed === undefined ? undefined : setSessionCookie(renewed.value, (renewed.expiresAt - deps.now()) / 1000, https);
  return { who: principal, setCookie };
}
